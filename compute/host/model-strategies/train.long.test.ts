import { describe, expect, test } from 'vitest';
import { closeCompiler, compileModelStrategy } from '../compile.ts';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import { openLearning } from '../learning/learning.node.ts';
import { parseTrain, type TrainCommand } from './train-command.ts';
import { trainStrategy, type TrainedStrategy } from './train.ts';

const trainers = { indicators: await openIndicators(), learning: await openLearning(), compile: compileModelStrategy };

async function train(dataset: string, changes: Partial<TrainCommand>): Promise<TrainedStrategy> {
  const request = parseTrain({ csv: '', strategy: 'ml-direction', out: '', ...changes }, '0.0.0');
  const trained = await trainStrategy({ ...request, series: [{ symbol: dataset.slice(0, 4), bars: goldenBars(dataset) }] }, trainers);
  // The next one begins with a fresh compiler.
  await closeCompiler();
  return trained;
}

/** The direction of the next day is noise: who finds more than this on ten years and more of bars has seen it. */
const HONEST_AUC_MAX = 0.54;

describe.each(['AAPL_daily_leanadj_1998_2021', 'SPX_daily_2000_2020'])('%s, whole and with a fresh compiler', (dataset) => {
  test.each<Partial<TrainCommand>>([
    { model: 'boosting' },
    { model: 'forest', modelParam: ['trees=60', 'leavesMax=32'] },
    { model: 'logistic', calibration: 'isotonic' },
  ])('$model finds no direction, and its module is what was trained', async (changes) => {
    const { manifest } = await train(dataset, { label: 'direction:1', ...changes });
    if (manifest.validation.task !== 'classes') throw new Error('Invariant: a direction is two classes');
    const aucs = manifest.validation.folds.map(({ found }) => found.auc ?? Number.NaN);
    expect(aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length).toBeLessThan(HONEST_AUC_MAX);
    expect(manifest.strategy.bytes).toBeLessThan(700_000);
  });
});

test('two compilers give one module', async () => {
  const [first, second] = [
    await train('SPX_daily_2000_2020', { model: 'logistic' }),
    await train('SPX_daily_2000_2020', { model: 'logistic' }),
  ];
  expect(first.module.version).toBe(second.module.version);
});
