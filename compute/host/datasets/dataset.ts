import { createHash } from 'node:crypto';
import { hashSeries } from '../backtest.ts';
import { canonicalJson } from '../canonical-json.ts';
import { featureId } from '../features/feature.ts';
import type { Feature } from '../features/feature.ts';
import { computeFeatures, featureNamed } from '../features/registry.ts';
import type { Indicators } from '../indicators.ts';
import type { TrainingData } from '../models/training-data.ts';
import { checkSeries } from '../timeline.ts';
import type { SymbolSeries } from '../timeline.ts';
import { combinatorialPurged } from '../validation/combinatorial.ts';
import type { BacktestPath } from '../validation/combinatorial.ts';
import { at } from '../rows-input.ts';
import { purgedKFold } from '../validation/purged-k-fold.ts';
import type { Spans, Split } from '../validation/spans.ts';
import { walkForward } from '../validation/walk-forward.ts';
import { checkComputed, featuresOfLabel, labelsOf, rowsOfSymbol } from './dataset-rows.ts';
import type { DatasetRow, Dropped } from './dataset-rows.ts';
import { spansOf } from './dataset-spans.ts';
import { DatasetError } from './dataset-spec.ts';
import type { DatasetSpec, SplitSpec } from './dataset-spec.ts';
import { NO_EXTRAS, externalColumns, externalNames } from './external-features.ts';
import type { DatasetExtras } from './external-features.ts';
import { checkNoLeak, trainingDataOf, weighed } from './training-matrix.ts';

/** What a feature was when the dataset was made. */
export type FeatureNote = Readonly<Feature>;

/** What a dataset is made of, enough to make it again. */
export interface DatasetManifest {
  readonly format: 'tidemark-dataset';
  readonly version: 1;
  readonly spec: DatasetSpec;
  readonly symbols: readonly string[];
  /** SHA-256 of the bars, as in a backtest. */
  readonly dataHash: string;
  readonly features: readonly FeatureNote[];
  /** Features that the label is made with: its volatility, and the side of meta-labels. */
  readonly labelFeatures: readonly FeatureNote[];
  /** Names of the columns from elsewhere. */
  readonly external: readonly string[];
  /** Bars of all symbols: rows and dropped bars together. */
  readonly bars: number;
  readonly rows: number;
  readonly dropped: Readonly<Dropped>;
  /** Starts of the bars of the first row and of the last, in milliseconds since 1970. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /**
   * SHA-256 of the features row by row, the labels, the weights (none where rows count alike), and starts and ends of the spans: of each the number of its values as
   * decimal text and a line feed, and then the values as little-endian doubles.
   */
  readonly rowsHash: string;
}

export interface Dataset {
  readonly manifest: DatasetManifest;
  /** SHA-256 of the manifest as canonical JSON: the dataset's id. */
  readonly hash: string;
  /** In the order of time, symbols in their order within a time. The names of columns carry the version of each feature. */
  readonly data: TrainingData;
  /** In numbers of distinct times of bars, over all symbols. A label's end is the last time before its symbol's next bar: it is known by then. */
  readonly spans: Spans;
  readonly splits: readonly Split[];
  /** Whole histories of unseen predictions; empty unless the splits are combinatorial. */
  readonly paths: readonly BacktestPath[];
  readonly rows: readonly DatasetRow[];
}

/** Rows of all symbols, and the columns of each. */
interface Collected {
  readonly rows: readonly DatasetRow[];
  readonly columns: readonly (readonly Float64Array[])[];
  readonly dropped: Dropped;
}

/**
 * Features, labels, weights and splits of bars, with what was dropped and why. The same bars and spec give the same hash. Throws a {@link DatasetError} for a spec that
 * cannot be and for leaks, a ParameterError for series that are none, a TrainingError for rows that nothing can be learnt from, and what features, labels and splits throw.
 */
export function buildDataset(
  series: readonly SymbolSeries[],
  spec: DatasetSpec,
  indicators: Indicators,
  extras: DatasetExtras = NO_EXTRAS,
): Dataset {
  const features = checkSpec(series, spec);
  const { rows: all, columns, dropped } = collect(series, spec, features, indicators, extras);
  const kept = weighed(all, spec.weights);
  const { rows } = kept;
  const names = [...features.map(featureId), ...externalNames(extras)];
  const data = trainingDataOf(names, kept, columns, spec.label);
  checkNoLeak(data, rows);
  const spans = spansOf(series, rows);
  const timeOf = (row: DatasetRow | undefined): number => (row === undefined ? Number.NaN : startOf(series, row.symbol, row.bar));
  const manifest: DatasetManifest = {
    format: 'tidemark-dataset',
    version: 1,
    spec,
    symbols: series.map(({ symbol }) => symbol),
    dataHash: hashSeries(series),
    features: features,
    labelFeatures: featuresOfLabel(spec.label),
    external: externalNames(extras),
    bars: series.reduce((sum, { bars }) => sum + bars.length, 0),
    rows: rows.length,
    dropped: { ...dropped, weightless: kept.weightless },
    firstAtMs: timeOf(rows[0]),
    lastAtMs: timeOf(rows.at(-1)),
    rowsHash: hashOf([data.x.values, data.y, data.weights ?? new Float64Array(), spans.starts, spans.ends]),
  };
  const hash = createHash('sha256').update(canonicalJson(manifest)).digest('hex');
  return { manifest, hash, data, spans, ...splitsOf(spans, spec.split), rows };
}

function checkSpec(series: readonly SymbolSeries[], { features }: DatasetSpec): readonly Feature[] {
  checkSeries(series, 'dataset');
  const twice = features.find((name, index) => features.indexOf(name) !== index);
  if (twice !== undefined) throw new DatasetError(`The feature ${twice} is there twice: leave one out.`);
  return features.map(featureNamed);
}

function collect(
  series: readonly SymbolSeries[],
  spec: DatasetSpec,
  features: readonly Feature[],
  indicators: Indicators,
  extras: DatasetExtras,
): Collected {
  const dropped: Dropped = { warmUp: 0, missing: 0, unlabelled: 0, undecided: 0, weightless: 0 };
  const all = [...features, ...featuresOfLabel(spec.label)];
  const warmUp = all.reduce((most, feature) => Math.max(most, feature.warmUp), 0);
  const columns: (readonly Float64Array[])[] = [];
  const rows = series.flatMap((each, symbol) => {
    const computed = computeFeatures(all, each.bars, indicators);
    checkComputed(each.symbol, all, computed);
    const external = externalColumns(each, extras);
    columns.push([...computed.slice(0, features.length), ...external]);
    const labels = labelsOf(spec.label, each, computed.slice(features.length));
    return rowsOfSymbol(symbol, each, { external, warmUp }, labels, spec.label.kind, dropped);
  });
  const inTime = rows.toSorted((a, b) => startOf(series, a.symbol, a.bar) - startOf(series, b.symbol, b.bar) || a.symbol - b.symbol);
  return { rows: inTime, columns, dropped };
}

const startOf = (series: readonly SymbolSeries[], symbol: number, bar: number): number => at(series[symbol]?.bars.startAtMs ?? [], bar);

function splitsOf(spans: Spans, split: SplitSpec): Pick<Dataset, 'splits' | 'paths'> {
  switch (split.kind) {
    case 'k-fold':
      return { splits: purgedKFold(spans, split), paths: [] };
    case 'combinatorial':
      return combinatorialPurged(spans, split);
    case 'walk-forward':
      return { splits: walkForward(spans, split), paths: [] };
  }
}

function hashOf(columns: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const column of columns) {
    hash.update(`${column.length}\n`);
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
