import type { DriftExcess, Verdict } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { DriftMeasures, RecordedDrift } from './drift.ts';
import type { Outcome, Prediction, PredictionKey, ScoredOutcome } from './prediction.ts';
import * as store from './store.ts';
import type { DriftRow, ListedPredictionRow, OutcomeFilter, PredictionFilter, PredictionRow, PredictionTables, Source } from './store.ts';

export type { OutcomeFilter, PredictionFilter, PredictionTables, Source } from './store.ts';

type Db = Kysely<PredictionTables>;

/** A prediction as it is listed: with its outcome, where that is known. */
export interface ListedPrediction extends Prediction {
  readonly outcome: Outcome | undefined;
}

const instantOf = (at: Date): Instant => instantFromMs(at.getTime());

/** Doubles as they lie in memory, so that not one bit is lost. */
function bytesOf(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [place, value] of values.entries()) view.setFloat64(place * 8, value, true);
  return new Uint8Array(view.buffer);
}

function doublesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, place) => view.getFloat64(place * 8, true));
}

const keyOf = ({ strategyId: strategy_id, version, symbol, barAt }: PredictionKey) => ({
  strategy_id,
  version,
  symbol,
  bar_at: new Date(barAt),
});

const rowOf = (prediction: Prediction): PredictionRow => ({
  ...keyOf(prediction),
  decided_at: new Date(prediction.decidedAt),
  model_id: prediction.modelId,
  seq: prediction.seq,
  score: prediction.score ?? null,
  verdict: prediction.verdict,
  reason: prediction.reason,
  features: bytesOf(prediction.features),
  base: prediction.explanation?.base ?? null,
  contributions: prediction.explanation === undefined ? null : bytesOf(prediction.explanation.contributions),
  agrees: prediction.agrees,
});

const predictionOf = (row: PredictionRow): Prediction => ({
  strategyId: row.strategy_id,
  version: row.version,
  symbol: row.symbol,
  barAt: instantOf(row.bar_at),
  decidedAt: instantOf(row.decided_at),
  modelId: row.model_id,
  seq: row.seq,
  score: row.score ?? undefined,
  verdict: row.verdict as Verdict,
  reason: row.reason,
  features: doublesOf(row.features),
  explanation:
    row.base === null || row.contributions === null ? undefined : { base: row.base, contributions: doublesOf(row.contributions) },
  agrees: row.agrees,
});

const listedOf = (row: ListedPredictionRow): ListedPrediction => ({
  ...predictionOf(row),
  outcome:
    row.gained === null || row.ends_at === null
      ? undefined
      : { label: row.label ?? undefined, gained: row.gained, endsAt: instantOf(row.ends_at) },
});

/** Writes what is not there yet, all of it or nothing. */
export async function recordPredictions(db: Db, predictions: readonly Prediction[]): Promise<void> {
  await db.transaction().execute(async (trx) => await store.insertPredictions(trx, predictions.map(rowOf)));
}

export async function recordOutcomes(db: Db, outcomes: readonly (PredictionKey & Outcome)[]): Promise<void> {
  const rows = outcomes.map((each) => ({ ...keyOf(each), label: each.label ?? null, gained: each.gained, ends_at: new Date(each.endsAt) }));
  await db.transaction().execute(async (trx) => await store.insertOutcomes(trx, rows));
}

/** The journal was gone through up to here; with what was measured at its last decision. */
export async function recordProgress(db: Db, seq: number, drift: readonly RecordedDrift[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const each of drift) await store.insertDrift(trx, driftRowOf(each));
    await store.saveProgress(trx, seq);
  });
}

/** The last entry of the journal that was gone through; `undefined` where nobody ever began. */
export const progressOf = store.selectProgress;

/** Predictions whose outcome is not known, newest first. */
export const pendingOf = async (db: Db, source: Source, limit: number): Promise<readonly PredictionKey[]> =>
  (await store.selectPending(db, source, limit)).map((row) => ({
    strategyId: row.strategy_id,
    version: row.version,
    symbol: row.symbol,
    barAt: instantOf(row.bar_at),
  }));

/** The newest predictions with a score up to an instant: in no order that matters. */
export const windowOf = async (
  db: Db,
  source: Source,
  until: Instant,
  rows: number,
): Promise<readonly Pick<Prediction, 'features' | 'score'>[]> =>
  (await store.selectWindow(db, source, new Date(until), rows)).map(({ features, score }) => ({
    features: doublesOf(features),
    score: score ?? undefined,
  }));

/** The newest outcomes of a model, newest first. */
export const outcomesOf = async (db: Db, filter: OutcomeFilter, last: number): Promise<readonly ScoredOutcome[]> =>
  (await store.selectOutcomes(db, filter, last)).flatMap(({ label, gained, ends_at: endsAt, score }) =>
    score === null ? [] : [{ label: label ?? undefined, gained, endsAt: instantOf(endsAt), score }],
  );

const driftRowOf = (drift: RecordedDrift): DriftRow => ({
  strategy_id: drift.strategyId,
  version: drift.version,
  decided_at: new Date(drift.decidedAt),
  model_id: drift.modelId,
  rows: drift.rows,
  outcomes: drift.outcomes,
  health: drift.health,
  worst: drift.worst ?? null,
  stability_index: drift.stabilityIndex,
  measures: JSON.stringify(drift.measures),
});

const driftOf = (row: DriftRow): RecordedDrift => ({
  strategyId: row.strategy_id,
  version: row.version,
  decidedAt: instantOf(row.decided_at),
  modelId: row.model_id,
  rows: row.rows,
  outcomes: row.outcomes,
  health: row.health,
  worst: (row.worst ?? undefined) as keyof DriftExcess | undefined,
  stabilityIndex: row.stability_index,
  measures: JSON.parse(row.measures) as DriftMeasures,
});

/** Newest first. */
export const driftOfModel = async (
  db: Db,
  query: { readonly modelId: string; readonly strategyId: string | undefined; readonly limit: number },
): Promise<readonly RecordedDrift[]> => (await store.selectDrift(db, query)).map(driftOf);

/** Predictions with a score, of each strategy that the model has worked in. */
export const countPredictions = store.countPredictions;

const CURSOR = /^(\d{1,15}):([^:]{1,40})$/;

/** Newest decision first, its symbols in their order. Throws `CursorError`. */
export async function listPredictions(db: Db, filter: PredictionFilter, { first, after }: PageQuery): Promise<Page<ListedPrediction>> {
  const [, seq, symbol = ''] = after === undefined ? [] : (CURSOR.exec(after) ?? []);
  if (after !== undefined && seq === undefined) throw new CursorError();
  const place = seq === undefined ? undefined : { seq: Number(seq), symbol };
  const rows = await store.selectPredictions(db, filter, place, first + 1);
  return pageOfRows(rows, first, (row) => `${row.seq}:${row.symbol}`, listedOf);
}
