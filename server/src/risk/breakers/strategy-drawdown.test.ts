import { expect, test } from 'vitest';
import { money } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { strategyDrawdown } from './strategy-drawdown.ts';

test.each([
  { name: 'one unit under', equity: '9000.000000001', top: '10000', limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly', equity: '9000', top: '10000', limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'one unit over', equity: '8999.999999999', top: '10000', limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'above the mark', equity: '11000', top: '10000', limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'nothing to fall from', equity: '0', top: '0', limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'unlimited', equity: '1', top: '10000', limits: UNLIMITED, effect: 'none' },
])('$name', ({ equity, top, limits, effect }) => {
  expect(strategyDrawdown(money(equity), money(top), limits).effect).toBe(effect);
});
