import { afterAll, describe, expect, test } from 'vitest';
import { openLearning } from '../learning/learning.node.ts';
import { madeSamples } from '../learning/made-samples.ts';
import { trainRidge } from '../models/least-squares.ts';
import { trainLogistic } from '../models/logistic.ts';
import type { TrainingData } from '../models/training-data.ts';
import { predictAny, type AnyModel } from '../model-strategies/any-model.ts';
import { goldenRowsOf } from './golden-rows.ts';
import { exportOnnx } from './onnx-export.ts';
import { openOnnx, type OnnxModelSession } from './onnx-import.ts';

const learning = await openLearning();
const made = madeSamples('class', { rows: 400, features: 5, missing: 0.1 });
const valued = madeSamples('value', { rows: 400, features: 5 });
const whole = madeSamples('class', { rows: 400, features: 4 });

const rows: TrainingData = {
  features: whole.names,
  x: { rows: 400, columns: 4, values: Float64Array.from({ length: 1600 }, (_, place) => whole.columns[place % 4]?.[place >> 2] ?? 0) },
  y: whole.target,
};
const logistic = trainLogistic(rows);

const MODELS: readonly { readonly name: string; readonly known: AnyModel }[] = [
  { name: 'boosted trees', known: { form: 'trees', model: learning.boost(made, { objective: 'binary', trees: 40 }).model } },
  { name: 'a forest', known: { form: 'trees', model: learning.growForest(made, { objective: 'binary', trees: 15 }).model } },
  { name: 'boosted values', known: { form: 'trees', model: learning.boost(valued, { objective: 'regression', trees: 30 }).model } },
  { name: 'logistic regression', known: { form: 'linear', model: logistic } },
  {
    name: 'logistic regression with Platt’s sigmoid',
    known: { form: 'linear', model: { ...logistic, calibration: { kind: 'platt', slope: 0.7, intercept: 0.1 } } },
  },
  { name: 'ridge regression', known: { form: 'linear', model: trainRidge(rows) } },
];

const open: OnnxModelSession[] = [];
afterAll(async () => {
  for (const session of open) await session.close();
});

describe('an exported model in another program', () => {
  test.each(MODELS)('$name says what the host says, of missing values too', async ({ known }) => {
    const golden = goldenRowsOf(known);
    const session = await openOnnx(exportOnnx(known), golden);
    open.push(session);
    expect(session.features).toEqual(golden.features);
    const columns = golden.features.length;
    const others = Array.from({ length: 200 }, (_, row) =>
      Float64Array.from({ length: columns }, (_value, column) =>
        known.form === 'trees' && (row + column) % 7 === 0 ? Number.NaN : Math.sin(row * 7 + column * 3),
      ),
    );
    const found = await session.predict(Float64Array.from(others.flatMap((row) => [...row])));
    for (const [row, values] of others.entries())
      expect(Math.abs((found[row] ?? Number.NaN) - predictAny(known, values))).toBeLessThan(1e-6);
  });
});
