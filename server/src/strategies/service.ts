import type { StrategyDescription, StrategyModule } from '@tidemark/compute/types';
import type { Kysely, Transaction } from 'kysely';
import { format, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { firstOfEach } from '../orders/first-of-each.ts';
import { AUTOMATIC } from './execution.ts';
import type { Execution } from './execution.ts';
import * as store from './store.ts';
import type { StrategyRow, StrategyTables, StrategyVersionTables } from './store.ts';
import type { ParameterValues, SizePolicy, StrategyConfig, StrategyState } from './strategy.ts';

export type { StrategyTables, StrategyVersionTables } from './store.ts';

/** A strategy on the account, as the journal last described it. */
export interface RecordedStrategy {
  readonly config: StrategyConfig;
  readonly state: StrategyState;
  readonly pausedBecause?: string;
  readonly lastDecisionAt?: Instant;
  readonly lastDecision?: string;
  /** Absent where its orders leave at once. */
  readonly execution?: Execution;
  readonly seq: number;
}

/** In the order they were created. */
export const listStrategies = async (db: Kysely<StrategyTables>): Promise<readonly RecordedStrategy[]> =>
  (await store.selectStrategies(db)).map(strategyOf);

export async function strategyById(db: Kysely<StrategyTables>, id: string): Promise<RecordedStrategy | undefined> {
  const row = await store.selectStrategy(db, id);
  return row === undefined ? undefined : strategyOf(row);
}

/** A compiled module with the source that it came from. */
export interface StrategyVersion {
  readonly module: StrategyModule;
  readonly name: string;
  readonly source: string;
}

/** Keeps a version for ever; saving it again changes nothing, and answers false. `by` names the person who did it, as the journal does. */
export async function saveVersion(
  db: Kysely<StrategyVersionTables> | Transaction<StrategyVersionTables>,
  { module, name, source }: StrategyVersion,
  at: Instant,
  by?: string,
): Promise<boolean> {
  const description = JSON.stringify(module.description);
  return await store.insertVersion(db, {
    version: module.version,
    name,
    wasm: Buffer.from(module.wasm),
    source,
    description,
    created_at: new Date(at),
    saved_by: by ?? null,
  });
}

/** A version as it is listed, without its bytes. */
export interface KeptVersion extends Kept {
  readonly version: string;
  readonly name: string;
  /** Empty where only the module is kept. */
  readonly source: string;
  readonly description: StrategyDescription;
}

/** Of all that name themselves so, the newest first. */
export async function versionsOf(db: Kysely<StrategyVersionTables>, name: string, limit: number): Promise<readonly KeptVersion[]> {
  return (await store.selectVersionsOf(db, name, limit)).map((row) => ({
    version: row.version,
    name: row.name,
    source: row.source,
    description: row.description as StrategyDescription,
    ...keptOf(row),
  }));
}

/** When and by whom a version was kept first; `undefined` where no person saved it, or before that was written down. */
interface Kept {
  readonly savedAt: Instant;
  readonly savedBy: string | undefined;
}

const keptOf = (row: { readonly created_at: Date; readonly saved_by: string | null }): Kept => ({
  savedAt: instantFromMs(row.created_at.getTime()),
  savedBy: row.saved_by ?? undefined,
});

export async function versionByHash(db: Kysely<StrategyVersionTables>, version: string): Promise<(StrategyVersion & Kept) | undefined> {
  const row = await store.selectVersion(db, version);
  if (row === undefined) return undefined;
  const module = { wasm: new Uint8Array(row.wasm), version: row.version, description: row.description as StrategyDescription };
  return { module, name: row.name, source: row.source, ...keptOf(row) };
}

/** Source of these versions, by version; versions that are not kept are left out. */
export const sourcesOf = async (db: Kysely<StrategyVersionTables>, versions: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await store.selectSources(db, versions)).map(({ version, source }) => [version, source]));

/** Brings the table up to date with strategies in journal order. */
export async function projectStrategies(trx: Transaction<StrategyTables>, changes: readonly RecordedStrategy[]): Promise<void> {
  const firstSeqs = new Map(firstOfEach(changes, ({ config }) => config.id).map(({ config, seq }) => [config.id, seq]));
  const newest = new Map(changes.map((change) => [change.config.id, strategyRow(change, firstSeqs.get(change.config.id) ?? change.seq)]));
  await store.upsertStrategies(trx, [...newest.values()]);
}

export const clearStrategies = store.deleteStrategies;

const strategyRow = (
  { config, state, pausedBecause, lastDecisionAt, lastDecision, execution = AUTOMATIC, seq }: RecordedStrategy,
  firstSeq: number,
): StrategyRow => ({
  id: config.id,
  name: config.name,
  version: config.version,
  source: config.source,
  parameters: JSON.stringify(config.parameters),
  symbols: JSON.stringify(config.symbols),
  timeframe: config.timeframe,
  allocation: format(config.allocation),
  size_kind: config.size.kind,
  size_value: format(config.size.kind === 'units' ? config.size.units : config.size.fraction),
  whole_units: config.wholeUnits,
  state,
  paused_because: pausedBecause ?? null,
  last_decision_at: lastDecisionAt === undefined ? null : new Date(lastDecisionAt),
  last_decision: lastDecision ?? null,
  execution_mode: execution.mode,
  wait_ms: execution.waitMs ?? null,
  first_seq: firstSeq,
  seq,
});

const sizeOf = (row: StrategyRow): SizePolicy =>
  row.size_kind === 'units' ? { kind: 'units', units: quantity(row.size_value) } : { kind: 'equity', fraction: ratio(row.size_value) };

const executionOf = ({ execution_mode: mode, wait_ms: waitMs }: StrategyRow): Pick<RecordedStrategy, 'execution'> =>
  mode === 'automatic' ? {} : { execution: { mode, ...(waitMs === null ? {} : { waitMs }) } };

const strategyOf = (row: StrategyRow): RecordedStrategy => ({
  config: {
    id: row.id,
    name: row.name,
    version: row.version,
    source: row.source,
    parameters: row.parameters as ParameterValues,
    symbols: row.symbols as readonly string[],
    timeframe: row.timeframe,
    allocation: ratio(row.allocation),
    size: sizeOf(row),
    wholeUnits: row.whole_units,
  },
  state: row.state,
  ...(row.paused_because === null ? {} : { pausedBecause: row.paused_because }),
  ...(row.last_decision_at === null ? {} : { lastDecisionAt: instantFromMs(row.last_decision_at.getTime()) }),
  ...(row.last_decision === null ? {} : { lastDecision: row.last_decision }),
  ...executionOf(row),
  seq: row.seq,
});
