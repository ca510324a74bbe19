import type { BarOutcome } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import { measureDrift } from './drift.ts';
import type { RecordedDrift } from './drift.ts';
import type { LastAnswer } from './model-runners.ts';
import type { Outcome, Prediction, PredictionKey } from './prediction.ts';
import { outcomesOf, pendingOf, recordOutcomes, recordPredictions, windowOf } from './service.ts';
import type { PredictionTables } from './service.ts';

/** What a decision says of its model. */
export interface DecidedDrift {
  readonly strategyId: string;
  readonly modelId: string;
  /** The output was no number. */
  readonly isNoNumber: boolean;
  /** `undefined` while the window is not full, or where nothing is known of the training's rows. */
  readonly drift: RecordedDrift | undefined;
}

export interface Decided {
  readonly seq: number;
  readonly decision: StrategyDecision;
  readonly answer: LastAnswer;
  /** Whether the module, asked again, decided the same. */
  readonly agrees: boolean;
}

/** Outcomes that are looked for at each decision: those of older predictions stay unknown. */
const PENDING_MAX = 5_000;

/** Writes down what the model said at a decision and what came of earlier ones, and measures its drift. Nothing is written twice. */
export async function recordDecision(db: Kysely<PredictionTables>, decided: Decided): Promise<DecidedDrift> {
  const { decision, answer } = decided;
  const { strategyId, version } = decision;
  await recordPredictions(db, predictionsOf(decided));
  await joinOutcomes(db, answer);
  const { id: modelId, reference } = answer.model;
  const known = { strategyId, modelId, isNoNumber: answer.isNoNumber };
  if (reference === undefined) return { ...known, drift: undefined };
  const window = await windowOf(db, { strategyId, version }, decision.barAt, reference.window);
  const outcomes = await outcomesOf(db, { modelId, strategyId, version }, reference.window);
  const measured = measureDrift(reference, window, outcomes);
  const drift = measured === undefined ? undefined : { strategyId, version, modelId, decidedAt: decision.barAt, ...measured };
  return { ...known, drift };
}

function predictionsOf({ seq, decision, answer, agrees }: Decided): readonly Prediction[] {
  const { strategyId, version, barAt: decidedAt } = decision;
  return answer.predictions.map(({ symbol, row, score, verdict, reason, explanation }) => ({
    strategyId,
    version,
    symbol: symbolAt(answer, symbol),
    barAt: answer.barAt,
    decidedAt,
    modelId: answer.model.id,
    seq,
    score: Number.isFinite(score) ? score : undefined,
    verdict,
    reason,
    features: row,
    explanation,
    agrees,
  }));
}

function symbolAt({ config }: LastAnswer, index: number): string {
  const symbol = config.symbols[index];
  if (symbol === undefined) throw new Error(`Invariant: a prediction's symbol index ${index} is one of ${config.symbols.length} symbols`);
  return symbol;
}

async function joinOutcomes(db: Kysely<PredictionTables>, { config, outcomes }: LastAnswer): Promise<void> {
  const source = { strategyId: config.id, version: config.version };
  const pending = await pendingOf(db, source, PENDING_MAX);
  const asked = pending.flatMap(({ symbol, barAt }) => {
    const index = config.symbols.indexOf(symbol);
    return index < 0 ? [] : [{ symbol: index, startAtMs: barAt }];
  });
  if (asked.length === 0) return;
  const found = await outcomes(asked);
  await recordOutcomes(
    db,
    found.map((each) => outcomeOf(source, config.symbols[each.symbol] ?? '', each)),
  );
}

const outcomeOf = (
  source: Pick<PredictionKey, 'strategyId' | 'version'>,
  symbol: string,
  { startAtMs, label, gained, endsAtMs }: BarOutcome,
): PredictionKey & Outcome => ({
  ...source,
  symbol,
  barAt: instantFromMs(startAtMs),
  label: label ?? undefined,
  gained,
  endsAt: instantFromMs(endsAtMs),
});
