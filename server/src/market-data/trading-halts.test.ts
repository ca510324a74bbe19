import { describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { SymbolStanding } from './trading-status.ts';
import { SILENCE_MS, TradingHalts } from './trading-halts.ts';

/** Seconds after an opening. */
const at = (seconds: number): Instant => instantFromMs(1_000_000_000_000 + seconds * 1_000);
const OPEN = at(0);
const status = (seconds: number, trading: boolean) => ({ symbol: 'AAA', at: at(seconds), trading, words: trading ? 'T' : 'H' });
const standing = (change: Partial<SymbolStanding>): SymbolStanding => ({ symbol: 'AAA', tradable: true, ...change });
const halted = (since: number): TradingHalts => new TradingHalts([['AAA', at(since)]]);

describe('a halt that the exchange told', () => {
  test('is told once, and ends by the exchange’s word', () => {
    const halts = new TradingHalts();
    expect(halts.told(status(100, false))).toEqual({ symbol: 'AAA', halted: true, reason: 'H' });
    expect(halts.told(status(101, false))).toBeUndefined();
    expect(halts.told(status(400, true))).toEqual({ symbol: 'AAA', halted: false, reason: 'T' });
    expect(halts.told(status(401, true))).toBeUndefined();
    expect(halts.isAny).toBe(false);
  });

  test('does not end by a word of before it', () => {
    expect(halted(100).told(status(99, true))).toBeUndefined();
    expect(halted(100).told(status(100, true))).toMatchObject({ halted: false });
  });

  test.each([
    { name: 'a trade just before it can be one of after the halt', seconds: 109.999, basis: 'trade', ends: false },
    { name: 'a trade of after the halt', seconds: 110, basis: 'trade', ends: true },
    { name: 'a quote: quotes come back first', seconds: 200, basis: 'quote', ends: false },
  ] as const)('$name', ({ seconds, basis, ends }) => {
    expect(halted(100).priced('AAA', { at: at(seconds), basis })?.halted).toBe(ends ? false : undefined);
  });

  test.each([
    { name: 'a trade that was missed ends it', change: { tradedAt: at(110) }, ends: true },
    { name: 'an earlier one does not', change: { tradedAt: at(109.999), quotedAt: at(150) }, ends: false },
    { name: 'nor where the broker takes no orders', change: { tradedAt: at(150), tradable: false }, ends: false },
  ])('the broker is asked: $name', ({ change, ends }) => {
    expect(halted(100).compared(standing(change), at(151), OPEN)?.halted).toBe(ends ? false : undefined);
  });

  test('prices of a symbol that is not halted say nothing', () => {
    expect(halted(100).priced('BBB', { at: at(500), basis: 'trade' })).toBeUndefined();
  });
});

describe('a halt that nobody told', () => {
  test('the broker takes no orders: halted until it does, whatever prices and words come', () => {
    const halts = new TradingHalts();
    expect(halts.compared(standing({ tradable: false }), at(1), undefined)).toMatchObject({ halted: true });
    expect(halts.priced('AAA', { at: at(50), basis: 'trade' })).toBeUndefined();
    expect(halts.told(status(60, true))).toBeUndefined();
    expect(halts.compared(standing({ tradable: undefined }), at(61), undefined)).toBeUndefined();
    expect(halts.compared(standing({}), at(62), undefined)).toMatchObject({ halted: false });
  });

  test.each([
    { name: 'no price for just under five minutes', quoted: 0.001, now: 300, silent: false },
    { name: 'for five minutes', quoted: 0, now: 300, silent: true },
    { name: 'of a session that has not been open so long', quoted: -500, now: 299.999, silent: false },
  ])('$name', ({ quoted, now, silent }) => {
    const halts = new TradingHalts();
    expect(halts.compared(standing({ quotedAt: at(quoted) }), at(now), OPEN)?.halted).toBe(silent ? true : undefined);
    expect(halts.priced('AAA', { at: at(now), basis: 'quote' })?.halted).toBe(silent ? false : undefined);
  });

  test('outside of a session silence is natural', () => {
    expect(new TradingHalts().compared(standing({}), instantFromMs(OPEN + 10 * SILENCE_MS), undefined)).toBeUndefined();
  });
});
