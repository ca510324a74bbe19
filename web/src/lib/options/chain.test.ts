import { describe, expect, test } from 'vitest';
import type { OptionPartsFragment } from '@tidemark/schema/documents';
import { expirationLabel, inTheMoney, noFigure, originOf } from './chain.ts';

const option = (quote: Partial<NonNullable<OptionPartsFragment['quote']>> | null): OptionPartsFragment => ({
  symbol: 'AAPL180615C00190000',
  name: 'AAPL',
  tradable: true,
  multiplier: 100,
  openInterest: null,
  quote:
    quote === null
      ? null
      : {
          bid: null,
          ask: null,
          quotedAt: null,
          impliedVolatility: null,
          volatilitySource: null,
          noVolatility: null,
          greeks: null,
          greeksSource: null,
          receipt: null,
          ...quote,
        },
});

describe('a figure says where it is from', () => {
  test('or why there is none', () => {
    expect(noFigure(null)).toBe('No such contract');
    expect(noFigure(option(null))).toBe('None: nobody quotes it');
    expect(noFigure(option({ noVolatility: 'BelowIntrinsic' }))).toContain('intrinsic');
    expect(noFigure(option({ noVolatility: 'SomethingNew' }))).toBe('None: SomethingNew');
  });

  test('with what was taken for granted', () => {
    const receipt = {
      model: 'black-scholes-merton',
      spot: '190.035',
      spotBasis: 'quote',
      years: 35 / 365,
      rate: 0.04,
      dividendYield: 0.013,
    };
    expect(originOf(option({ receipt }), 'feed')).toBe('From the feed');
    const told = originOf(option({ receipt }), 'computed');
    for (const part of ['190.035', 'quote', '35.0 days', '4.0', '1.3']) expect(told).toContain(part);
  });
});

test.each([
  ['call', '100', '100.01', true],
  ['call', '100', '100', false],
  ['put', '100', '100', false],
  ['put', '100', '99.99', true],
  ['put', '100', null, false],
] as const)('a %s of %s at %s is in the money: %s', (right, strike, spot, expected) =>
  expect(inTheMoney(right, strike, spot)).toBe(expected),
);

test('expirations with the days to them', () => {
  expect(expirationLabel('2018-06-15', '2018-05-11')).toBe('15 Jun 2018, 35 days');
  expect(expirationLabel('2018-05-11', '2018-05-11')).toBe('11 May 2018, today');
  expect(expirationLabel('2018-03-12', '2018-03-11')).toBe('12 Mar 2018, 1 day');
  expect(expirationLabel('soon', '2018-03-11')).toBe('n/a');
});
