import { describe, expect, test } from 'vitest';
import { openLearning } from '../learning/learning.node.ts';
import { madeSamples } from '../learning/made-samples.ts';
import type { LinearModel } from '../models/model.ts';
import type { AnyModel } from '../model-strategies/any-model.ts';
import { goldenRowsOf, readGoldenRows, writeGoldenRows } from './golden-rows.ts';
import { exportOnnx } from './onnx-export.ts';
import { openOnnx } from './onnx-import.ts';

const learning = await openLearning();
const made = madeSamples('class', { rows: 400, features: 5 });
const boosted: AnyModel = { form: 'trees', model: learning.boost(made, { objective: 'binary', trees: 20 }).model };
const logistic: LinearModel = {
  kind: 'logistic',
  features: ['a', 'b'],
  parameters: { penalty: 1 },
  rows: 100,
  standardisation: { means: [0, 1], deviations: [1, 2] },
  coefficients: [0.5, -0.3],
  intercept: 0.1,
  calibration: null,
};

describe('an exported model', () => {
  test('runs in another program, which is refused where it is not the model of the golden rows', async () => {
    const golden = goldenRowsOf(boosted);
    const session = await openOnnx(exportOnnx(boosted), golden);
    const found = await session.predict(Float64Array.from(golden.rows.flat()));
    await session.close();
    expect(Math.max(...golden.predictions.map((wanted, row) => Math.abs(wanted - (found[row] ?? Number.NaN))))).toBeLessThan(1e-6);
    const linear: AnyModel = { form: 'linear', model: { ...logistic, intercept: logistic.intercept + 1e-4 } };
    await expect(openOnnx(exportOnnx(linear), goldenRowsOf({ form: 'linear', model: logistic }))).rejects.toThrow(
      /^The ONNX model says .* of golden row 0, and .* was recorded/,
    );
  });

  test('has the same bytes each time, and golden rows that are drawn alike', () => {
    expect(Buffer.compare(exportOnnx(boosted), exportOnnx(boosted))).toBe(0);
    expect(readGoldenRows(writeGoldenRows(goldenRowsOf(boosted)))).toEqual(goldenRowsOf(boosted));
    expect(goldenRowsOf(boosted).rows).toHaveLength(100);
  });
});

describe('what is refused', () => {
  test('bytes that are no model', async () => {
    await expect(openOnnx(new TextEncoder().encode('no model'), goldenRowsOf({ form: 'linear', model: logistic }))).rejects.toThrow(
      'The ONNX model cannot be run',
    );
  });

  test.each<{ name: string; text: string; message: string }>([
    { name: 'no JSON', text: '{', message: 'they are not JSON' },
    { name: 'nothing', text: 'null', message: 'they are no object' },
    { name: 'too few', text: '{"features":["a"],"rows":[[1]],"predictions":[1]}', message: 'they are not 100' },
  ])('golden rows: $name', ({ text, message }) => expect(() => readGoldenRows(text)).toThrow(message));

  test('an isotonic calibration, and several classes', () => {
    const calibration = { kind: 'isotonic', scores: [0, 1], probabilities: [0.2, 0.8] } as const;
    expect(() => exportOnnx({ form: 'linear', model: { ...logistic, calibration } })).toThrow('An isotonic calibration is not exported');
    const several = madeSamples('class', { rows: 400, features: 3 }, 3);
    const { model } = learning.boost(several, { objective: 'multiclass', classes: 3, trees: 2 });
    expect(() => exportOnnx({ form: 'trees', model })).toThrow('A model of several classes is not exported');
  });
});
