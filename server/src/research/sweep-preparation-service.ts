import { createHash } from 'node:crypto';
import { canonicalJson, hashSeries } from '@tidemark/compute';
import type { BacktestRequest, SymbolSeries } from '@tidemark/compute';
import type { BarSeries, StrategyModule } from '@tidemark/compute/types';
import type { BarQuery } from '../market-data/graphql.ts';
import { instantFromMs } from '../money/instant.ts';
import type { TriedBars } from '../trials/service.ts';
import type { RecordedSweep, SweepPlan } from './service.ts';
import { setsAPart, setsOf } from './sweep.ts';
import type { SweepSets } from './sweep.ts';

/** What a sweep is made of, wherever it is worked on. */
export interface SweepSources {
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  readonly moduleOf: (version: string) => Promise<StrategyModule | undefined>;
}

/** Everything that its parts have in common. */
export interface Prepared {
  readonly backtest: BacktestRequest;
  readonly sets: SweepSets;
  readonly bars: TriedBars & { readonly count: number; readonly hash: string };
}

async function seriesOf(sweep: RecordedSweep, { bars }: SweepSources): Promise<readonly SymbolSeries[]> {
  const { symbols, timeframe } = sweep.request;
  // Once it runs, the bars of its first look: later ones would make it another sweep half way.
  const [from, to] = [sweep.from ?? sweep.request.from, sweep.to ?? sweep.request.to];
  return await Promise.all(
    symbols.map(async (symbol) => {
      const found = await bars({ symbol, timeframe, from, to, last: undefined });
      if (found.length === 0) throw new Error(`There are no ${timeframe} bars of ${symbol} in this span.`);
      return { symbol, bars: found };
    }),
  );
}

function triedBars(sweep: RecordedSweep, series: readonly SymbolSeries[]): Prepared['bars'] {
  const { symbols, timeframe } = sweep.request;
  const firsts = series.map(({ bars }) => bars.startAtMs.at(0) ?? Number.NaN);
  const lasts = series.map(({ bars }) => bars.startAtMs.at(-1) ?? Number.NaN);
  const span = { from: instantFromMs(Math.min(...firsts)), to: instantFromMs(Math.max(...lasts)) };
  const count = Math.max(...series.map(({ bars }) => bars.length));
  return { symbols, timeframe, ...span, count, hash: hashSeries(series) };
}

/** Reads its bars and its module. Throws, in a sentence, where it cannot be run. */
export async function prepare(sweep: RecordedSweep, sources: SweepSources): Promise<Prepared> {
  const module = await sources.moduleOf(sweep.version);
  if (module === undefined) throw new Error(`The module ${sweep.version} is not in the database.`);
  const { parameters, options, space } = sweep.request;
  const series = await seriesOf(sweep, sources);
  const bars = triedBars(sweep, series);
  if (sweep.dataHash !== undefined && sweep.dataHash !== bars.hash)
    throw new Error('The bars have changed since the sweep began: its parts would not fit together. Start it again.');
  return { backtest: { module, parameters, series, options }, sets: setsOf(space, parameters, options.seed), bars };
}

/** Of all that the results depend on: equal keys have equal results. */
function contentKey({ version, request }: RecordedSweep, dataHash: string): string {
  const { parameters, options, space } = request;
  return createHash('sha256')
    .update(canonicalJson(['sweep', version, parameters, options, space, dataHash]))
    .digest('hex');
}

/** How it is cut in parts. */
export function planOf(sweep: RecordedSweep, { bars, sets }: Prepared): SweepPlan & { readonly setsAPart: number } {
  const part = setsAPart(sets.size, bars.count * bars.symbols.length);
  return { bars, contentKey: contentKey(sweep, bars.hash), size: sets.size, parts: Math.ceil(sets.size / part), setsAPart: part };
}
