import { expect, test } from 'vitest';
import { money } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { strategyDailyLoss } from './strategy-daily-loss.ts';

test.each([
  { name: 'one unit under', equity: '10800.000000001', limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly, of the allocation and not of the equity', equity: '10800', limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'one unit over', equity: '10799.999999999', limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'a gain', equity: '12000', limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'unlimited', equity: '1', limits: UNLIMITED, effect: 'none' },
])('$name', ({ equity, limits, effect }) => {
  expect(strategyDailyLoss(money(equity), money('11000'), money('10000'), limits).effect).toBe(effect);
});
