import { createHash } from 'node:crypto';
import { buildTimeline, canonicalJson, hashSeries } from '@tidemark/compute';
import type { BacktestRequest, SymbolSeries } from '@tidemark/compute';
import type { BarSeries, StrategyModule } from '@tidemark/compute/types';
import type { BarQuery } from '../market-data/graphql.ts';
import { instantFromMs } from '../money/instant.ts';
import type { StudyPlan } from './service.ts';
import type { RecordedStudy } from './study-record.ts';
import { kindOf } from './study.ts';
import type { StudyKind } from './study.ts';
import { setsOf } from './sweep.ts';
import type { SweepSets } from './sweep.ts';

/** What a study is made of, wherever it is worked on. */
export interface StudySources {
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  readonly moduleOf: (version: string) => Promise<StrategyModule | undefined>;
}

/** Everything that its parts have in common. */
export interface Prepared {
  readonly backtest: BacktestRequest;
  readonly sets: SweepSets;
  readonly bars: StudyPlan['bars'];
  /** Distinct instants of all symbols, in milliseconds since 1970 UTC. */
  readonly times: Float64Array;
}

async function seriesOf(study: RecordedStudy<StudyKind>, { bars }: StudySources): Promise<readonly SymbolSeries[]> {
  const { symbols, timeframe } = study.request;
  // Once it runs, the bars of its first look: later ones would make it another study half way.
  const [from, to] = [study.from ?? study.request.from, study.to ?? study.request.to];
  return await Promise.all(
    symbols.map(async (symbol) => {
      const found = await bars({ symbol, timeframe, from, to, last: undefined });
      if (found.length === 0) throw new Error(`There are no ${timeframe} bars of ${symbol} in this span.`);
      return { symbol, bars: found };
    }),
  );
}

function triedBars(study: RecordedStudy<StudyKind>, series: readonly SymbolSeries[], times: Float64Array): Prepared['bars'] {
  const { symbols, timeframe } = study.request;
  const span = { from: instantFromMs(times.at(0) ?? Number.NaN), to: instantFromMs(times.at(-1) ?? Number.NaN) };
  const count = Math.max(...series.map(({ bars }) => bars.length));
  return { symbols, timeframe, ...span, count, hash: hashSeries(series) };
}

/** Reads its bars and its module. Throws, in a sentence, where it cannot be run. */
export async function prepare(study: RecordedStudy<StudyKind>, sources: StudySources): Promise<Prepared> {
  const module = await sources.moduleOf(study.version);
  if (module === undefined) throw new Error(`The module ${study.version} is not in the database.`);
  const { parameters, options, space } = study.request;
  const series = await seriesOf(study, sources);
  const { times } = buildTimeline(series);
  const bars = triedBars(study, series, times);
  if (study.dataHash !== undefined && study.dataHash !== bars.hash)
    throw new Error('The bars have changed since it began: its parts would not fit together. Start it again.');
  return { backtest: { module, parameters, series, options }, sets: setsOf(space, parameters, options.seed), bars, times };
}

/** Of all that the results depend on: equal keys have equal results. */
export function contentKey({ version, request }: RecordedStudy<StudyKind>, dataHash: string): string {
  const { parameters, options, space, walk } = request;
  const content = [kindOf(request), version, parameters, options, space, dataHash, ...(walk === undefined ? [] : [walk])];
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
