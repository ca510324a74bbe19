import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runBacktestInWorker } from '@tidemark/compute';
import type { BacktestResult } from '@tidemark/compute/types';
import { resultOfRun, runById } from '../../backtests/service.ts';
import { firstDifference } from '../../engine/first-difference.ts';
import type { FieldDifference } from '../../engine/first-difference.ts';
import { ModuleMissing } from '../../engine/redecide/module-life.ts';
import { storedBars } from '../../graphql/capabilities/stored-bars.ts';
import { instant } from '../../money/instant.ts';
import { openDatabase } from '../../platform/database.ts';
import { versionByHash } from '../../strategies/service.ts';
import { UsageError } from '../usage.ts';
import { checkedModule } from './recorded-session.ts';

export interface RunReplayed {
  readonly run: string;
  readonly strategy: { readonly name: string; readonly version: string };
  readonly bars: number;
  readonly decisions: number;
  readonly trades: number;
  readonly difference: FieldDifference | undefined;
}

const text = (value: unknown): string => JSON.stringify(value);

/** Whose bars are others is another backtest: that is said first, whatever follows from it. */
function differenceOf(recorded: BacktestResult, again: BacktestResult): FieldDifference | undefined {
  return firstDifference({ data: recorded.data }, { data: again.data }, text) ?? firstDifference(recorded, again, text);
}

/** Runs a recorded backtest again, over the bars in the database, by its version's bytes. Throws a {@link UsageError} for what cannot be run. */
export async function replayRun(
  id: string,
  place: { readonly dataDir: string; readonly url: string | undefined; readonly deadlineMs: number },
): Promise<RunReplayed> {
  if (place.url === undefined) await stat(join(place.dataDir, 'database'));
  const { db, close } = await openDatabase(place.url === undefined ? { dataDir: place.dataDir } : { url: place.url });
  try {
    const run = await runById(db, id);
    if (run === undefined) throw new UsageError(`There is no run with the id ${id}`);
    const stored = await resultOfRun(db, id);
    if (stored === undefined) throw new UsageError(`The run ${id} has no result: it is ${run.state}`);
    const module = checkedModule((await versionByHash(db, run.version))?.module.wasm, run.version, run.strategyName);
    const [from, to] = [instant(stored.data.from), instant(stored.data.to)];
    const bars = storedBars(db);
    const series = [];
    for (const symbol of run.symbols)
      series.push({ symbol, bars: await bars.read({ symbol, timeframe: '1Day', from, to, last: undefined }) });
    const empty = series.find((each) => each.bars.length === 0);
    if (empty !== undefined) throw new UsageError(`There are no bars of ${empty.symbol} any more: import them again`);
    const request = { module, parameters: run.parameters, series, options: stored.options };
    const again = await runBacktestInWorker(request, { deadlineMs: place.deadlineMs });
    return {
      run: id,
      strategy: { name: run.strategyName, version: run.version },
      bars: again.data.bars,
      decisions: again.decisions.length,
      trades: again.trades.length,
      // As it is stored, so that both sides have been text.
      difference: differenceOf(stored, JSON.parse(JSON.stringify(again)) as BacktestResult),
    };
  } catch (error) {
    if (error instanceof ModuleMissing) throw new UsageError(error.message);
    throw error;
  } finally {
    await close();
  }
}
