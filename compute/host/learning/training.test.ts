import { expect, test } from 'vitest';
import { ParameterError, decodeModel, encodeModel, openLearning } from './learning.node.ts';
import { boostingRequest } from './learning.ts';
import { readLearning } from './learning.node.ts';
import { madeSamples } from './made-samples.ts';
import { openTraining, runTraining } from './training.ts';

const module = await WebAssembly.compile(await readLearning());
const learning = await openLearning();

test('a model has no more nodes than a file of it may have: it ends while it grows, with the name of the parameter', () => {
  const samples = madeSamples('class', { rows: 200, features: 3 });
  const train = (nodesMax: number): number =>
    runTraining(openTraining(module, boostingRequest(samples, { objective: 'binary', trees: 50, depthMax: 1 }), 1), undefined, nodesMax)
      .model.features.length;
  expect(train(150)).toBe(150);
  expect(() => train(149)).toThrow(ParameterError);
  expect(() => train(149)).toThrow('Training: trees is 50, but must be fewer: after 50 trees the model has 150 nodes, and at most 149 fit');
  expect(() => train(8)).toThrow('after 3 trees the model has 9 nodes');
});

test('a training that runs away from all numbers is refused: what is trained can always be read', () => {
  const samples = madeSamples('class', { rows: 200, features: 3 });
  // Hessians of nearly zero are let through on purpose, and rows wait long until they are seen again.
  const loose = { objective: 'binary', trees: 400, learningRate: 1, rowShare: 0.02, l2: 0, leafHessianMin: 0, leafSamplesMin: 1 } as const;
  let refused = 0;
  for (let seed = 0; seed < 60; seed += 1) {
    try {
      const { model } = learning.boost(samples, { ...loose, seed });
      expect(decodeModel(encodeModel(model))).toEqual(model);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).toMatch(/no number holds.*raise leafHessianMin/);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(0);
});
