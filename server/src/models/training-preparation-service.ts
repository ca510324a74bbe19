import { createHash } from 'node:crypto';
import { canonicalJson, hashSeries } from '@tidemark/compute';
import type { SymbolSeries } from '@tidemark/compute';
import { modelToolchain } from '@tidemark/compute/models';
import type { TrainRequest } from '@tidemark/compute/models';
import type { BarSeries } from '@tidemark/compute/types';
import type { BarQuery } from '../market-data/graphql.ts';
import { instantFromMs } from '../money/instant.ts';
import type { TriedBars } from '../trials/service.ts';
import { trainRequestOf } from './training.ts';
import type { TrainingRequest } from './training.ts';

export interface TrainingSources {
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  /** Of the program: part of a manifest. */
  readonly version: string;
}

/** A training with its bars. */
export interface PreparedTraining {
  readonly request: TrainRequest;
  readonly bars: TriedBars;
  readonly dataHash: string;
  /** Of all that the model depends on: equal keys have equal models. */
  readonly contentKey: string;
}

async function seriesOf({ symbols, timeframe, from, to }: TrainingRequest, { bars }: TrainingSources): Promise<readonly SymbolSeries[]> {
  return await Promise.all(
    symbols.map(async (symbol) => {
      const found = await bars({ symbol, timeframe, from, to, last: undefined });
      if (found.length === 0) throw new Error(`There are no ${timeframe} bars of ${symbol} in this span.`);
      return { symbol, bars: found };
    }),
  );
}

function spanOf({ symbols, timeframe }: TrainingRequest, series: readonly SymbolSeries[]): TriedBars {
  const firsts = series.map(({ bars }) => bars.startAtMs.at(0) ?? Number.NaN);
  const lasts = series.map(({ bars }) => bars.startAtMs.at(-1) ?? Number.NaN);
  return { symbols, timeframe, from: instantFromMs(Math.min(...firsts)), to: instantFromMs(Math.max(...lasts)) };
}

/** Notes and parent say where a model comes from, and change nothing of it. */
function contentKeyOf(
  { series: _series, parent: _parent, notes: _notes, version: _version, ...rest }: TrainRequest,
  dataHash: string,
  timeframe: string,
): string {
  return createHash('sha256')
    .update(canonicalJson(['model', rest, timeframe, dataHash, modelToolchain()]))
    .digest('hex');
}

/** Reads its bars. Throws, in a sentence, where there are none. */
export async function prepareTraining(training: TrainingRequest, sources: TrainingSources): Promise<PreparedTraining> {
  const series = await seriesOf(training, sources);
  const request = { ...trainRequestOf(training, sources.version), series };
  const dataHash = hashSeries(series);
  return { request, bars: spanOf(training, series), dataHash, contentKey: contentKeyOf(request, dataHash, training.timeframe) };
}
