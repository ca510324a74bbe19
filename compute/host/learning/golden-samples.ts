import { goldenSplit } from '../models/golden-models.ts';
import type { GoldenSplit } from '../models/golden-models.ts';
import type { TrainingData } from '../models/training-data.ts';
import type { Samples } from './samples.ts';

/** Rows of the golden file, to train with and to test with, column by column. */
export interface GoldenSamples {
  readonly train: Samples;
  readonly test: Samples;
}

export function goldenSamples(tag: string, target: Parameters<typeof goldenSplit>[1]): GoldenSamples {
  const { train, test }: GoldenSplit = goldenSplit(tag, target);
  return { train: samplesOf(train), test: samplesOf(test) };
}

const samplesOf = ({ features, x, y }: TrainingData): Samples => ({
  names: features,
  columns: features.map((_, column) => Float64Array.from(y, (_label, row) => x.values[row * x.columns + column] ?? Number.NaN)),
  target: y,
});
