import { expect, test } from 'vitest';
import { price, ratio } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { slippage, slippageOf, withSlippage } from './slippage.ts';

const fills = (count: number, each: string): readonly Ratio[] => Array.from({ length: count }, () => ratio(each));

test.each([
  { name: 'nineteen fills say nothing', seen: fills(19, '0.5'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly', seen: fills(20, '0.0025'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'one unit over in one of them', seen: [...fills(19, '0.0025'), ratio('0.002500001')], limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'gains make up for losses', seen: [...fills(10, '-0.01'), ...fills(10, '0.014')], limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'unlimited', seen: fills(20, '0.5'), limits: UNLIMITED, effect: 'none' },
])('$name', ({ seen, limits, effect }) => {
  expect(slippage(seen, limits).effect).toBe(effect);
});

test('paying more and receiving less are slippage', () => {
  expect(slippageOf('buy', price('100.25'), price('100'))).toBe(ratio('0.0025'));
  expect(slippageOf('sell', price('100.25'), price('100'))).toBe(ratio('-0.0025'));
  expect(withSlippage(fills(20, '0'), ratio('1')).length).toBe(20);
});
