import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, price, priceFromNumber, quantity, ratio, ratioFromNumber } from '../money/fixed.ts';
import { abs, negate } from '../money/money.ts';
import type { SizePolicy, StrategyConfig } from '../strategies/strategy.ts';
import { desiredUnits } from './sizing.ts';
import { NOON, STRATEGY } from './test/desk.ts';

describe('units of a target', () => {
  const signal = { at: NOON, equity: money('100000'), closes: new Map([['ALDR', price('33')]]), holdings: new Map() };
  const sized = (size: SizePolicy, wholeUnits = true): StrategyConfig => ({ ...STRATEGY, size, wholeUnits });
  test.each([
    { name: 'fixed', config: sized({ kind: 'units', units: quantity('100') }), exposure: 1, units: '100' },
    { name: 'fixed, short', config: sized({ kind: 'units', units: quantity('100') }), exposure: -1, units: '-100' },
    { name: 'fixed, a third, toward zero', config: sized({ kind: 'units', units: quantity('100') }), exposure: 1 / 3, units: '33' },
    { name: 'fixed, a short third, toward zero', config: sized({ kind: 'units', units: quantity('100') }), exposure: -1 / 3, units: '-33' },
    { name: 'a tenth of equity', config: sized({ kind: 'equity', fraction: ratio('0.1') }), exposure: 1, units: '303' },
    {
      name: 'a tenth of equity, half exposed, short',
      config: sized({ kind: 'equity', fraction: ratio('0.1') }),
      exposure: -0.5,
      units: '-151',
    },
    { name: 'flat', config: sized({ kind: 'equity', fraction: ratio('0.1') }), exposure: 0, units: '0' },
    { name: 'in parts of a share', config: sized({ kind: 'equity', fraction: ratio('0.1') }, false), exposure: 1, units: '303.03' },
  ])('$name: $units', ({ config, exposure, units }) => {
    const target = { symbol: 'ALDR', measure: 'exposure', amount: exposure } as const;
    expect(desiredUnits(config, target, signal, quantity('0.01'))).toBe(quantity(units));
  });

  test.each([
    { name: 'a weight is a fraction of equity', measure: 'weight', amount: 0.5, units: '1515' },
    { name: 'a weight above all of it', measure: 'weight', amount: -2, units: '-6060' },
    { name: 'units are units', measure: 'units', amount: -7.9, units: '-7' },
    { name: 'money at the close', measure: 'notional', amount: 1000, units: '30' },
    { name: 'money, short', measure: 'notional', amount: -1000, units: '-30' },
    { name: 'too little money for a unit', measure: 'notional', amount: 32.99, units: '0' },
    { name: 'nothing', measure: 'weight', amount: 0, units: '0' },
  ] as const)('$name: $units', ({ measure, amount, units }) => {
    const config = sized({ kind: 'units', units: quantity('100') });
    expect(desiredUnits(config, { symbol: 'ALDR', measure, amount }, signal, quantity('1'))).toBe(quantity(units));
  });

  test('a weight is an exposure of all equity, is worth no more than it, and its opposite is its mirror', () => {
    const all = sized({ kind: 'equity', fraction: ratio('1') }, false);
    const lot = quantity('0.01');
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: 1, max: 10_000_000 }), (amount, cents) => {
        const at = { ...signal, closes: new Map([['ALDR', priceFromNumber(cents / 100)]]) };
        const units = (measure: 'weight' | 'exposure', size: number) =>
          desiredUnits(all, { symbol: 'ALDR', measure, amount: size }, at, lot);
        const weighted = units('weight', amount);
        if (typeof weighted === 'string') throw new Error(weighted);
        expect(units('exposure', amount)).toBe(weighted);
        expect(units('weight', -amount)).toBe(negate(weighted));
        expect(abs(weighted) * priceFromNumber(cents / 100)).toBeLessThanOrEqual(abs(ratioFromNumber(amount)) * signal.equity);
      }),
    );
  });

  test.each([
    { measure: 'weight', unsizable: 'no equity at the signal' },
    { measure: 'notional', unsizable: quantity('0') },
    { measure: 'units', unsizable: quantity('1') },
  ] as const)('without equity, $measure', ({ measure, unsizable }) => {
    const poor = { ...signal, equity: money('0') };
    const config = sized({ kind: 'units', units: quantity('100') });
    expect(desiredUnits(config, { symbol: 'ALDR', measure, amount: 1 }, poor, quantity('1'))).toBe(unsizable);
  });

  test('more units than a quantity can count are no size', () => {
    const tiny = { ...signal, closes: new Map([['ALDR', price('0.000000001')]]) };
    const wanted = { symbol: 'ALDR', measure: 'notional', amount: -1e15 } as const;
    expect(desiredUnits(sized({ kind: 'units', units: quantity('1') }), wanted, tiny, quantity('1'))).toBe(
      'no account that could hold so many units',
    );
  });

  test('without a close at the signal there is no size', () => {
    const target = { symbol: 'OTHR', measure: 'exposure', amount: 1 } as const;
    expect(desiredUnits(sized({ kind: 'equity', fraction: ratio('0.1') }), target, signal, quantity('1'))).toBe('no close at the signal');
  });
});
