import { expect } from 'vitest';
import { goldenJson, goldenText } from '../golden-statistics.ts';
import type { TrainingData } from './training-data.ts';

/** Features, labels and models of an independent program, for tests only. */
export const GOLDEN_TAGS = ['AAPL', 'SPX'] as const;

export type GoldenFigures = Readonly<Record<string, number>> & {
  readonly coef: readonly number[];
  readonly intercept: number;
  readonly first5_test_prob: readonly number[];
  readonly first5_test_pred: readonly number[];
  readonly confusion_tn_fp_fn_tp: readonly number[];
  /** Rows of each node of a tree. */
  readonly n: readonly number[];
  /** Of models that are trees: the same on the rows that they learnt. */
  readonly train: Readonly<Record<string, number>>;
};

/** Of many seeds. */
export interface GoldenRange {
  readonly mean: number;
  readonly sd: number;
}

export interface GoldenModels {
  readonly features: readonly string[];
  readonly train: number;
  readonly test: number;
  readonly scaler: { readonly mean: readonly number[]; readonly std_ddof0: readonly number[] };
  readonly exact: Readonly<Record<string, GoldenFigures>>;
  readonly ranges: Readonly<Record<string, Readonly<Record<string, GoldenRange>>>>;
  readonly metric_vectors: {
    readonly y: readonly number[];
    readonly p: readonly number[];
    readonly p_rounded_with_ties: readonly number[];
    readonly metrics: GoldenFigures;
    readonly metrics_ties: GoldenFigures;
    readonly roc_curve_ties: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
  };
}

export interface GoldenSplit {
  readonly train: TrainingData;
  readonly test: TrainingData;
}

export const goldenModels = (tag: string): GoldenModels => goldenJson(`ml/models_${tag}.json`) as GoldenModels;

/** The rows before and after the embargo, with one of the columns as the label. */
export function goldenSplit(tag: string, label: 'y_vol' | 'y_dir' | 'y_vol_reg'): GoldenSplit {
  const { features } = goldenModels(tag);
  const [header = '', ...lines] = goldenText(`ml/features_${tag}.csv.gz`).trim().split('\n');
  const names = header.trim().split(',');
  const rows = lines.map((line) => line.trim().split(','));
  const part = (name: string): TrainingData => {
    const own = rows.filter((cells) => cells[names.indexOf('split')] === name);
    const value = (cells: readonly string[], column: string): number => Number(cells[names.indexOf(column)]);
    return {
      features,
      x: {
        rows: own.length,
        columns: features.length,
        values: Float64Array.from(own.flatMap((cells) => features.map((feature) => value(cells, feature)))),
      },
      y: Float64Array.from(own, (cells) => value(cells, label)),
    };
  };
  return { train: part('train'), test: part('test') };
}

/** Within `allowed`, absolutely. */
export function expectWithin(actual: number | null | undefined, expected: number | undefined, allowed: number, name: string): void {
  expect(Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN)), `${name}: ${actual} against ${expected}`).toBeLessThanOrEqual(
    allowed,
  );
}
