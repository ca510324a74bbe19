import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { priceFromNumber, quantity, ratioFromNumber } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { openOptionMath } from '../options/service.ts';
import type { OptionMath } from '../options/valuation.ts';
import { exposureOf } from './exposure.ts';
import { movedBy, optionMovesOf } from './option-moves.ts';
import { bySymbol, contextOf, NOW } from './sample-account.ts';
import { CALL, options, PUT } from './sample-options.ts';

let math: OptionMath;
beforeAll(async () => {
  math = await openOptionMath();
});

const CONTRACTS = 1_000;
/** So that a millionth of it is a cent a share of all contracts. */
const EQUITY = 1_000_000_000;

interface Terms {
  readonly right: 'call' | 'put';
  readonly strike: number;
  readonly days: number;
  readonly volatility: number;
}

/** What the gate counts for a move of the underlying from 100, in dollars a share. */
function counted({ right, strike, days, volatility }: Terms, isLong: boolean, move: number): number {
  const symbol = right === 'call' ? CALL : PUT;
  const {
    price: value,
    delta,
    theta,
  } = math.european({ right, spot: 100, strike, years: days / 365, rate: 0, dividendYield: 0, volatility });
  const figures = {
    delta: ratioFromNumber(delta),
    gamma: ratioFromNumber(0),
    theta: ratioFromNumber(theta / 365),
    vega: ratioFromNumber(0),
  };
  const option = { ...figures, source: 'computed', at: NOW } as const;
  const context = contextOf({
    options,
    positions: bySymbol({ symbol, quantity: quantity(String(isLong ? CONTRACTS : -CONTRACTS)), averagePrice: priceFromNumber(1) }),
    marks: new Map([
      ['ACME', { price: priceFromNumber(100), at: NOW, basis: 'trade' }],
      [symbol, { price: priceFromNumber(Math.max(value, 1e-9)), at: NOW, basis: 'quote', option }],
    ]),
  });
  const of = exposureOf(context).bySymbol.get(symbol);
  const moves = of === undefined ? undefined : optionMovesOf(of, of.position, (BigInt(EQUITY) * 1_000_000_000n) as Money, context);
  if (moves === undefined) throw new Error('its figures are fresh');
  return (movedBy(moves, Math.round(move * 1e6)) / 1e12) * (EQUITY / (CONTRACTS * 100));
}

const revalued = ({ right, strike, days, volatility }: Terms, move: number, later: number): number => {
  const at = { right, strike, rate: 0, dividendYield: 0, volatility };
  const before = math.european({ ...at, spot: 100, years: days / 365 }).price;
  return math.european({ ...at, spot: 100 * (1 + Math.round(move * 1e6) / 1e6), years: (days - later) / 365 }).price - before;
};

const terms = fc.record({
  right: fc.constantFrom('call' as const, 'put' as const),
  strike: fc.integer({ min: 50, max: 200 }),
  days: fc.integer({ min: 2, max: 500 }),
  volatility: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
});
const moves = fc.double({ min: -0.5, max: 0.5, noNaN: true });
/** Shares of equity are whole millionths, and what is multiplied by a move is rounded up. */
const ROUNDING = 0.03;

test('whatever the move, neither a long nor a short option loses more than is counted, by a full revaluation', () => {
  fc.assert(
    fc.property(terms, moves, (option, move) => {
      expect(counted(option, true, move)).toBeLessThanOrEqual(revalued(option, move, 0) + ROUNDING);
      expect(counted(option, false, move)).toBeLessThanOrEqual(-revalued(option, move, 0) + ROUNDING);
    }),
    { numRuns: 2_000 },
  );
});

test('nor does a long one on the day after, as long as it has a week left', () => {
  fc.assert(
    fc.property(terms, moves, (option, move) => {
      const weekly = { ...option, days: option.days + 6 };
      expect(counted(weekly, true, move)).toBeLessThanOrEqual(revalued(weekly, move, 1) + ROUNDING);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  { name: 'one millisecond over', age: 60_001, known: false },
  { name: 'at', age: 60_000, known: true },
  { name: 'one millisecond under', age: 59_999, known: true },
  { name: 'a second ahead', age: -1_000, known: true },
  { name: 'and more', age: -1_001, known: false },
])('the age of its figures: $name', ({ age, known }) => {
  const option = {
    delta: ratioFromNumber(0.5),
    gamma: ratioFromNumber(0),
    theta: ratioFromNumber(0),
    vega: ratioFromNumber(0),
    source: 'feed',
  } as const;
  const context = contextOf({
    options,
    positions: bySymbol({ symbol: CALL, quantity: quantity('1'), averagePrice: priceFromNumber(1) }),
    marks: new Map([
      ['ACME', { price: priceFromNumber(100), at: NOW, basis: 'trade' }],
      [CALL, { price: priceFromNumber(1), at: NOW, basis: 'quote', option: { ...option, at: instantFromMs(NOW - age) } }],
    ]),
  });
  const of = exposureOf(context).bySymbol.get(CALL);
  expect(of === undefined ? undefined : optionMovesOf(of, of.position, (10n ** 14n) as Money, context) !== undefined).toBe(known);
});
