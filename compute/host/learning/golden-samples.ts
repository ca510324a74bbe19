import { goldenJson, goldenText } from '../golden-statistics.ts';
import type { Samples } from './samples.ts';

/** Rows of the golden file, to train with and to test with. */
export interface GoldenSamples {
  readonly train: Samples;
  readonly test: Samples;
}

const FEATURES = ['ret1', 'ret2', 'ret5', 'ret10', 'ret21', 'vol5', 'vol21', 'vol63', 'range5', 'sma_gap', 'volume_z'];

export function goldenSamples(tag: string, target: 'y_dir' | 'y_vol' | 'y_vol_reg'): GoldenSamples {
  const [header = '', ...lines] = goldenText(`ml/features_${tag}.csv.gz`).trim().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) => line.split(','));
  const split = names.indexOf('split');
  const of = (part: string): Samples => {
    const chosen = rows.filter((cells) => cells[split] === part);
    const column = (name: string): Float64Array => Float64Array.from(chosen, (cells) => Number(cells[names.indexOf(name)]));
    return { names: FEATURES, columns: FEATURES.map(column), target: column(target) };
  };
  return { train: of('train'), test: of('test') };
}

export interface Range {
  readonly mean: number;
  readonly sd: number;
}

export interface GoldenModels {
  readonly exact: Readonly<Record<string, Readonly<Record<string, number>> & { readonly train: Readonly<Record<string, number>> }>>;
  readonly ranges: Readonly<Record<string, Readonly<Record<string, Range>>>>;
  readonly metric_vectors: readonly MetricVector[];
}

interface MetricVector {
  readonly [name: string]: unknown;
}

export const goldenModels = (tag: string): GoldenModels => goldenJson(`ml/models_${tag}.json`) as GoldenModels;

/** The part of pairs of rows of both classes in which the one of class 1 has the higher score; ties count half. */
export function areaUnderCurve(target: Float64Array, scores: Float64Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let ranks = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to += 1;
    for (let place = from; place < to; place += 1) if (target[order[place] ?? 0] === 1) ranks += (from + to + 1) / 2;
  }
  const ones = target.reduce((sum, value) => sum + value, 0);
  return (ranks - (ones * (ones + 1)) / 2) / (ones * (target.length - ones));
}

export function logLoss(target: Float64Array, probabilities: Float64Array): number {
  const losses = target.map((value, row) => -Math.log(value === 1 ? (probabilities[row] ?? 0) : 1 - (probabilities[row] ?? 0)));
  return meanOf(losses);
}

/** Mean of (probability - target)², which is also the squared error. */
export function squaredError(target: Float64Array, predictions: Float64Array): number {
  return meanOf(target.map((value, row) => ((predictions[row] ?? 0) - value) ** 2));
}

export function rSquared(target: Float64Array, predictions: Float64Array): number {
  const mean = meanOf(target);
  return 1 - squaredError(target, predictions) / meanOf(target.map((value) => (value - mean) ** 2));
}

export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
