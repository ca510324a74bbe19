import { describe, expect, test } from 'vitest';
import { money } from '../money/fixed.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { tripBreakers } from './breakers.ts';
import {
  isStricter,
  mayMove,
  raisedHighWaterMark,
  readTradingState,
  release,
  stricter,
  transferredHighWaterMark,
} from './trading-state.ts';
import { TRADING_STATES } from './types.ts';

const PAIRS = TRADING_STATES.flatMap((from) => TRADING_STATES.map((to) => ({ from, to })));
const flat = { equity: money('100000'), sessionStartEquity: money('100000'), highWaterMark: money('100000') };

describe('who may move where', () => {
  test.each(PAIRS)('$from to $to', ({ from, to }) => {
    const right = TRADING_STATES.indexOf(to) > TRADING_STATES.indexOf(from);
    expect(mayMove(from, to, 'breaker')).toBe(right);
    expect(mayMove(from, to, 'person')).toBe(from !== to);
    expect(isStricter(to, from)).toBe(right);
    expect(stricter(from, to)).toBe(right ? to : from);
  });
});

test.each([
  { text: 'ACTIVE', state: 'ACTIVE' },
  { text: 'FROZEN', state: 'FROZEN' },
  { text: 'active', state: 'HALTED' },
  { text: '', state: 'HALTED' },
  { text: undefined, state: 'HALTED' },
  { text: 3, state: 'HALTED' },
])('$text reads as $state', ({ text, state }) => {
  expect(readTradingState(text)).toBe(state);
});

describe('release', () => {
  test('takes a reason', () => {
    expect(release('HALTED', '  ', flat, DEFAULT_LIMITS)).toMatchObject({ ok: false });
    expect(release('HALTED', 'feed repaired', flat, DEFAULT_LIMITS)).toEqual({
      ok: true,
      to: 'ACTIVE',
      highWaterMark: money('100000'),
      standing: [],
    });
  });
  test('of nothing is refused', () => {
    expect(release('ACTIVE', 'why not', flat, DEFAULT_LIMITS)).toMatchObject({ ok: false });
  });
  test('after a drawdown measures it anew, or it would trip again at once', () => {
    const figures = { ...flat, equity: money('89000'), sessionStartEquity: money('89000') };
    const released = release('HALTED', 'accepted', figures, DEFAULT_LIMITS);
    expect(released).toEqual({ ok: true, to: 'ACTIVE', highWaterMark: money('89000'), standing: [] });
    expect(tripBreakers({ ...figures, highWaterMark: money('89000') }, DEFAULT_LIMITS, 'ACTIVE')).toBeUndefined();
  });
  test('a daily loss stands until the next session', () => {
    const figures = { ...flat, equity: money('97000') };
    expect(release('REDUCING', 'try again', figures, DEFAULT_LIMITS)).toEqual({
      ok: true,
      to: 'ACTIVE',
      highWaterMark: money('100000'),
      standing: ['DailyLoss'],
    });
  });
  test('without figures keeps what is not known', () => {
    const none = { equity: undefined, sessionStartEquity: undefined, highWaterMark: undefined };
    expect(release('HALTED', 'state read again', none, DEFAULT_LIMITS)).toEqual({
      ok: true,
      to: 'ACTIVE',
      highWaterMark: undefined,
      standing: [],
    });
  });
});

describe('the high-water mark', () => {
  test('rises, and never falls by itself', () => {
    expect(raisedHighWaterMark(money('100'), money('101'))).toBe(money('101'));
    expect(raisedHighWaterMark(money('100'), money('99'))).toBe(money('100'));
  });
  test('moves with a transfer, so that drawdown in dollars stays', () => {
    expect(transferredHighWaterMark(money('100'), money('50'))).toBe(money('150'));
    expect(transferredHighWaterMark(money('100'), money('-50'))).toBe(money('50'));
  });
});
