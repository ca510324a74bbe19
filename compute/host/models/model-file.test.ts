import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainLogistic } from './logistic.ts';
import { ModelFileError, modelId, readModel, writeModel } from './model-file.ts';
import { predict } from './model.ts';
import type { LinearModel } from './model.ts';

const model: LinearModel = {
  kind: 'logistic',
  features: ['return_1', 'rsi_14'],
  parameters: { penalty: 1 },
  rows: 500,
  standardisation: { means: [0.001, 51.25], deviations: [0.02, 11] },
  coefficients: [-0.1, 1 / 3],
  intercept: 5e-324,
  calibration: { kind: 'isotonic', scores: [-1, 0, 2], probabilities: [0.25, 0.25, 0.75] },
};
const bytes = writeModel(model);
const text = new TextDecoder().decode(bytes);
const [line = ''] = text.split('\n');

/** The line with its right checksum. */
const sealed = (changed: string): Uint8Array =>
  new TextEncoder().encode(`${changed}\n${createHash('sha256').update(`${changed}\n`).digest('hex')}\n`);
const altered = (change: (fields: Record<string, unknown>) => void): Uint8Array => {
  const fields = JSON.parse(line) as Record<string, unknown>;
  change(fields);
  return sealed(JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))));
};

test('two lines, the same each time, whose SHA-256 is the id', () => {
  expect(line).toMatchInlineSnapshot(
    `"{"calibration":{"kind":"isotonic","probabilities":[0.25,0.25,0.75],"scores":[-1,0,2]},"coefficients":[-0.1,0.3333333333333333],"features":["return_1","rsi_14"],"format":"tidemark-model","intercept":5e-324,"kind":"logistic","parameters":{"penalty":1},"rows":500,"standardisation":{"deviations":[0.02,11],"means":[0.001,51.25]},"version":1}"`,
  );
  expect(text).toBe(`${line}\n${createHash('sha256').update(`${line}\n`).digest('hex')}\n`);
  expect(modelId(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(readModel(bytes, modelId(bytes))).toEqual(model);
  expect(writeModel(readModel(bytes))).toEqual(bytes);
});

test('the order in which the fields of a model were given does not matter', () => {
  const turned = Object.fromEntries(Object.entries(model).toReversed()) as unknown as LinearModel;
  expect(writeModel(turned)).toEqual(bytes);
});

test('any changed, missing or further byte is found', () =>
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const changed = bytes.slice();
      changed[place] = (changed[place] ?? 0) ^ change;
      expect(() => readModel(changed)).toThrow(ModelFileError);
      expect(() => readModel(bytes.slice(0, place))).toThrow(ModelFileError);
      expect(() => readModel(Uint8Array.of(...bytes, change))).toThrow(ModelFileError);
    }),
    { numRuns: 500 },
  ));

describe('foreign and damaged files are refused with the reason', () => {
  test.each<{ name: string; given: Uint8Array; message: string }>([
    { name: 'nothing', given: new Uint8Array(), message: 'is cut off' },
    { name: 'half of it', given: bytes.slice(0, 100), message: 'is cut off' },
    { name: 'an image', given: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), message: 'is not UTF-8' },
    { name: 'a digit', given: new TextEncoder().encode(text.replace('51.25', '51.26')), message: 'is damaged' },
    { name: 'text', given: sealed('a model'), message: 'its first line is not JSON' },
    { name: 'other JSON', given: sealed('{"kind":"logistic"}'), message: 'its format is not tidemark-model' },
    { name: 'a list', given: sealed('[1]'), message: 'its format is not tidemark-model' },
    {
      name: 'a later version',
      given: altered((fields) => (fields['version'] = 2)),
      message: 'version of the model file is 2, and this program reads 1',
    },
    { name: 'another kind', given: altered((fields) => (fields['kind'] = 'oracle')), message: 'the kind "oracle", which there is not' },
    { name: 'a field more', given: altered((fields) => (fields['author'] = 'x')), message: 'the field author, which there is not' },
    { name: 'a field less', given: altered((fields) => delete fields['intercept']), message: 'no field intercept' },
    { name: 'a text for a number', given: altered((fields) => (fields['intercept'] = '1')), message: 'in intercept no finite number' },
    {
      name: 'a coefficient less',
      given: altered((fields) => (fields['coefficients'] = [1])),
      message: 'in coefficients another number of values than features',
    },
    {
      name: 'a deviation of 0',
      given: altered((fields) => (fields['standardisation'] = { deviations: [0, 1], means: [0, 0] })),
      message: 'in standardisation in deviations no number above 0 at place 0',
    },
    {
      name: 'a version that cannot be a text',
      given: altered((fields) => (fields['version'] = { toString: null })),
      message: 'The version of the model file is {"toString":null}, and this program reads 1',
    },
    {
      name: 'a calibration that falls',
      given: altered((fields) => (fields['calibration'] = { kind: 'isotonic', probabilities: [0.5, 0.4], scores: [0, 1] })),
      message: 'in probabilities values that fall',
    },
    { name: 'spaces', given: sealed(line.replace('"kind":', '"kind": ')), message: 'is written in another way' },
    { name: 'a longer number', given: sealed(line.replace('51.25', '51.250')), message: 'is written in another way' },
    { name: 'a field twice', given: sealed(line.replace('{', '{"rows":1,')), message: 'is written in another way' },
  ])('$name', ({ given, message }) => expect(() => readModel(given)).toThrow(message));

  test('another model than the one asked for', () =>
    expect(() => readModel(bytes, '0'.repeat(64))).toThrow(`The model file is ${modelId(bytes)}, and not 0000`));
});

test('a calibrated model predicts by its calibration', () => {
  const rows = { features: model.features, x: { rows: 2, columns: 2, values: Float64Array.of(0.001, 51.25, 0.001, 51.25 + 33) } };
  const found = predict(readModel(bytes), rows);
  expect(found[0]).toBe(0.25);
  expect(found[1]).toBeCloseTo(0.5, 15);
});

test('what is trained can be written', () => {
  const values = Float64Array.from({ length: 40 }, (_, index) => ((index * 7919) % 97) / 97);
  const y = Float64Array.from({ length: 20 }, (_, row) => ((row * 5) % 7 > 2 ? 1 : 0));
  const trained = trainLogistic({ features: ['a', 'b'], x: { rows: 20, columns: 2, values }, y });
  expect(readModel(writeModel(trained))).toEqual(trained);
});
