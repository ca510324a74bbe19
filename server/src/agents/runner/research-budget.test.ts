import { expect, test } from 'vitest';
import { queuedIn, researchAskedFor, researchProblem, setsAskedFor } from './research-budget.ts';

test.each<[string, string, unknown, number]>([
  ['a tool that tries nothing', 'get_overview', {}, 0],
  ['a backtest', 'run_backtest', { symbol: 'A' }, 1],
  ['a grid', 'run_sweep', { grid: ['fast=2..4', 'slow=5..6'] }, 6],
  ['a walk-forward over a grid of listed values', 'run_sweep', { method: 'grid', grid: ['low=20,25,30'], train: 100, test: 20 }, 3],
  ['samples', 'run_sweep', { method: 'sobol', samples: 500, grid: ['fast=2..4'] }, 500],
  ['a grid whose condition lets less in', 'run_sweep', { grid: ['fast=2..4', 'slow=2..4'], where: 'fast<slow' }, 9],
  ['a grid that is none', 'run_sweep', { grid: ['='] }, 1],
  ['no grid', 'run_sweep', {}, 1],
  ['no arguments', 'run_sweep', undefined, 1],
])('%s', (_name, tool, given, sets) => expect(setsAskedFor(tool, given)).toBe(sets));

const WALK = { symbol: 'A', grid: ['fast=2..6'], train: 100, test: 5 };
test.each<[string, string, unknown, { trials: number; windows: number }]>([
  ['a walk-forward: each set in each window and in hindsight', 'run_sweep', WALK, { trials: 255, windows: 50 }],
  ['the last window is shorter', 'run_sweep', { ...WALK, test: 249 }, { trials: 15, windows: 2 }],
  ['only over the span', 'run_sweep', { ...WALK, from: '2024-01-01', to: '2025-01-01' }, { trials: 15, windows: 2 }],
  ['of a span that is none all bars count', 'run_sweep', { ...WALK, from: 'soon' }, { trials: 255, windows: 50 }],
  ['too few bars', 'run_sweep', { ...WALK, train: 350 }, { trials: 5, windows: 0 }],
  ['a sweep', 'run_sweep', { symbol: 'A', grid: ['fast=2..6'] }, { trials: 5, windows: 0 }],
  ['a backtest', 'run_backtest', WALK, { trials: 1, windows: 0 }],
  ['a tool that tries nothing', 'get_runs', WALK, { trials: 0, windows: 0 }],
])('what would be tried: %s', async (_name, tool, given, asked) => {
  const barsOf = ({ from, to }: { from: unknown; to: unknown }): Promise<number> =>
    Promise.resolve(from === undefined || to === undefined ? 350 : 110);
  expect(await researchAskedFor(tool, given, barsOf)).toMatchObject(asked);
});

const BUDGET = { turnsPerRunMax: 1, secondsPerRunMax: 1, tokensPerDayMax: 1, trialsPerDayMax: 10, workSecondsPerDayMax: 60 };

test.each<[string, number, { trials: number; workSeconds: number }, RegExp | undefined]>([
  ['exactly what is left', 4, { trials: 6, workSeconds: 59 }, undefined],
  ['one more', 5, { trials: 6, workSeconds: 0 }, /would be 5 trials, and 4 of the day’s 10 are left/],
  ['more was counted than there was', 1, { trials: 12, workSeconds: 0 }, /and 0 of the day’s 10/],
  ['the time is used up', 1, { trials: 0, workSeconds: 60 }, /60 seconds of backtests are used up/],
])('%s', (_name, sets, used, says) => {
  const problem = researchProblem({ trials: sets, sets, windows: 0 }, { tokens: 0, ...used }, BUDGET);
  if (says === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(says);
});

test.each<[unknown, string | undefined]>([
  [{ runBacktest: { run: { id: 'r-1', state: 'QUEUED' } } }, 'r-1'],
  [{ startSweep: { sweep: { id: 's-1' } } }, 's-1'],
  [{ startSweep: { message: 'no' } }, undefined],
  [undefined, undefined],
])('what was queued in %j', (content, id) => expect(queuedIn(content)).toBe(id));
