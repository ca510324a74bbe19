import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomBars } from '../random-bars.ts';
import { runWalkForwardCommand, type WalkForwardCommand } from './walk-forward-command.ts';
import { formatWalkForward } from './walk-forward-table.ts';

const [bars] = fc.sample(randomBars(300, 300), { numRuns: 1, seed: 11 });
if (bars === undefined) throw new Error('Invariant: a sample of one');

const COMMAND: WalkForwardCommand = {
  strategy: 'sma-crossover',
  series: [{ symbol: 'AAA', bars }],
  grid: ['fast=2..8:2', 'slow=5..20:5'],
  where: 'fast<slow',
  train: '120',
  test: '60',
  threads: '1',
};

test('the table says what was traded when, and what is left of it', async () => {
  const told: string[] = [];
  const { result } = await runWalkForwardCommand(COMMAND, { onProgress: ({ folds, foldsTotal }) => told.push(`${folds}/${foldsTotal}`) });
  expect(told.at(-1)).toBe('3/3');
  const table = formatWalkForward(result);
  expect(table).toContain('rolling windows: 120 bars to choose in by sharpe (peak), then 60 to trade in');
  for (const { test: tested, selection } of result.folds) {
    const line = table.split('\n').find((text) => text.startsWith(tested.from));
    expect(line).toContain(`fast=${selection.chosen?.parameters['fast']} slow=${selection.chosen?.parameters['slow']}`);
  }
  expect(table).toContain('Windows traded                  3 of 3');
  expect(JSON.parse(JSON.stringify(result))).toMatchObject({ windows: { train: 120, test: 60, mode: 'rolling' }, traded: 3 });
});

test('samples are searched too', async () => {
  const { result } = await runWalkForwardCommand({ ...COMMAND, method: 'sobol', samples: '8' });
  expect(result.folds.map(({ selection }) => selection.trials.sets)).toEqual([8, 8, 8]);
  expect(result.folds[0]?.selection.chosen?.plateau).toBeNull();
});

test.each<readonly [Partial<WalkForwardCommand>, string]>([
  [{ train: undefined }, '--train and --test must say how many bars'],
  [{ train: 'many' }, '--train is "many"; it must be a whole number from 2'],
  [{ test: '0' }, '--test is "0"; it must be a whole number from 1'],
  [{ train: '300' }, 'there are 300 bars; after 300 to choose in, none is left to test'],
  [{ mode: 'expanding' }, '--mode is "expanding"; it must be rolling or anchored'],
  [{ choose: 'middle' }, '--choose is "middle"; it must be peak or plateau'],
  [{ choose: 'plateau', method: 'random', samples: '5' }, 'a plateau is counted in steps of a grid'],
  [{ objective: 'luck' }, 'there is no figure or parameter luck'],
  [{ constraint: 'trades>' }, 'the constraint "trades>" is wrong at character 8'],
  [{ where: 'fast>slow', grid: ['fast=2..3', 'slow=5..6'] }, 'No set meets --where'],
  [{ trialsBefore: '-1' }, '--trials-before is "-1"'],
])('%j is wrong usage', async (change, message) => {
  const failing = runWalkForwardCommand({ ...COMMAND, ...change });
  await expect(failing).rejects.toThrow(message);
  await expect(failing).rejects.toMatchObject({ name: 'UsageError' });
});
