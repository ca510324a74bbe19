import { mergeMoments, NO_TRIALS } from '@tidemark/compute';
import type { TrialMoments } from '@tidemark/compute';
import type { Kysely, Transaction } from 'kysely';
import type { Instant } from '../money/instant.ts';
import * as store from './store.ts';
import type { TrialTables } from './store.ts';

export type { TrialTables } from './store.ts';

/** The bars that something was tried on. */
export interface TriedBars {
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** Starts of the first bar and of the last. */
  readonly from: Instant;
  readonly to: Instant;
}

export interface NewTrials {
  /** The run or the sweep that tried them, and which part of it: a part counts once. */
  readonly source: string;
  readonly part: number;
  readonly version: string;
  readonly bars: TriedBars;
  readonly dataHash: string;
  readonly moments: TrialMoments;
  readonly at: Instant;
}

/** Part of the transaction that writes the results down: what has a result was counted. */
export async function recordTrials(trx: Transaction<TrialTables>, trials: NewTrials): Promise<void> {
  const { source, part, version, bars, dataHash, moments, at } = trials;
  await store.insertTrials(trx, {
    source,
    part,
    version,
    timeframe: bars.timeframe,
    symbols: JSON.stringify(bars.symbols),
    data_hash: dataHash,
    from_at: new Date(bars.from),
    to_at: new Date(bars.to),
    at: new Date(at),
    sets: moments.sets,
    sharpes: moments.sharpes,
    sharpe_mean: moments.mean,
    sharpe_squares: moments.squares,
  });
}

/**
 * Everything that was ever tried on these bars: by any strategy, over any span that shares a bar with this one, of any of the symbols. A day
 * more or less does not make a new beginning. `except`: a source whose own trials are left out.
 */
export async function trialsOn(
  db: Kysely<TrialTables> | Transaction<TrialTables>,
  bars: TriedBars,
  except?: string,
): Promise<TrialMoments> {
  const { symbols, timeframe, from, to } = bars;
  const rows = await store.selectOverlapping(db, { symbols, timeframe, from: new Date(from), to: new Date(to), except });
  return rows
    .map(({ sets, sharpes, sharpe_mean, sharpe_squares }) => ({ sets, sharpes, mean: sharpe_mean, squares: sharpe_squares }))
    .reduce(mergeMoments, NO_TRIALS);
}
