import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { ACME, bySymbol, contextOf, intentOf, markOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { CALL, options } from '../sample-options.ts';
import type { RiskContext } from '../types.ts';
import { buyingPower } from './buying-power.ts';
import { capitalDeployed } from './capital-deployed.ts';
import { concentration } from './concentration.ts';
import { grossExposure } from './gross-exposure.ts';
import { marketHours } from './market-hours.ts';
import { minimumLiquidity } from './minimum-liquidity.ts';
import { minimumPrice } from './minimum-price.ts';
import { orderNotional } from './order-notional.ts';
import { orderRiskControl } from './order-risk.ts';
import { orderVolume } from './order-volume.ts';
import { portfolioHeat } from './portfolio-heat.ts';
import { restrictedSymbol } from './restricted-symbol.ts';
import { shortSale } from './short-sale.ts';
import { valueAtRisk } from './value-at-risk.ts';

/** What a control says of one contract bought at a price, where it is marked. */
function says(
  control: Control,
  at: string,
  fields: Partial<RiskContext> = {},
  side: 'buy' | 'sell' = 'buy',
  size = '1',
): readonly string[] {
  const context = contextOf({
    options,
    instruments: bySymbol(ACME, { ...ACME, symbol: CALL, assetClass: 'us_option' }),
    marks: new Map([
      ['ACME', markOf('100')],
      [CALL, markOf(at)],
    ]),
    ...fields,
  });
  return saysOf(control, intentOf(size, { symbol: CALL, limitPrice: price(at), side }), context);
}
const limits = (change: Partial<RiskContext['limits']>): Partial<RiskContext> => ({ limits: { ...DEFAULT_LIMITS, ...change } });

describe('a contract is counted as a hundred shares: one unit under, at, and one over the limit', () => {
  test.each<readonly [string, Control, string, string, string, Partial<RiskContext>]>([
    ['OrderNotional', orderNotional, '99.999999999', '100', '100.000000001', {}],
    ['OrderRisk', orderRiskControl, '19.999999999', '20', '20.000000001', {}],
    ['Concentration', concentration, '99.999999999', '100', '100.000000001', {}],
    ['PortfolioHeat', portfolioHeat, '79.999999999', '80', '80.000000001', {}],
    ['CapitalDeployed', capitalDeployed, '799.999999999', '800', '800.000000001', {}],
    ['GrossExposure', grossExposure, '999.999999999', '1000', '1000.000000001', {}],
    ['BuyingPower', buyingPower, '899.999999999', '900', '900.000000001', {}],
    ['BuyingPower, of cash', buyingPower, '17.999999999', '18', '18.000000001', { cash: money('2000') }],
    ['BuyingPower, of what is lent where cash is more', buyingPower, '899.999999999', '900', '900.000000001', { cash: money('500000') }],
    ['ValueAtRisk', valueAtRisk, '29.99', '30', '30.000000001', limits({ expectedShortfallRatioMax: ratio('0.1') })],
  ])('%s', (_code, control, under, at, over, fields) => {
    expect(says(control, under, fields)).toEqual([]);
    expect(says(control, at, fields)).toEqual([]);
    expect(says(control, over, fields)).toHaveLength(1);
  });

  test('what is held counts so too', () => {
    const positions = bySymbol(positionOf(CALL, '1'));
    // 1 contract held and 1 bought at 50 are 10,000 of 100,000.
    expect(says(concentration, '50', { positions })).toEqual([]);
    expect(says(concentration, '50.000000001', { positions })).toEqual(['0.1 < 0.100000001']);
    // Each may lose all of its 4,000.
    expect(says(portfolioHeat, '40', { positions })).toEqual([]);
    expect(says(portfolioHeat, '40.000000001', { positions })).toEqual(['0.08 < 0.080000001']);
  });
});

describe('an option is judged by what it is written on', () => {
  const profiles = (volume: string, dollars: string): Partial<RiskContext> => ({
    profiles: bySymbol(profileOf('ACME', { averageVolume20: quantity(volume), averageDollarVolume20: money(dollars) })),
  });
  test.each<readonly [string, Control, Partial<RiskContext>, readonly string[]]>([
    ['its volume: at', orderVolume, profiles('10000', '1000000'), []],
    ['its volume: over', orderVolume, profiles('9999.999999999', '1000000'), ['0.01 < 0.010000001']],
    ['its liquidity: at', minimumLiquidity, profiles('1', '500000'), []],
    ['its liquidity: under', minimumLiquidity, profiles('1', '499999.999999999'), ['500000 < 499999.999999999']],
    [
      'the deny list',
      restrictedSymbol,
      { restrictions: { denied: new Set(['ACME']), allowed: new Set(), excepted: new Set() } },
      ['not on the deny list < ACME'],
    ],
    [
      'the allow list: there',
      restrictedSymbol,
      { restrictions: { denied: new Set(), allowed: new Set(['ACME']), excepted: new Set() } },
      [],
    ],
    [
      'the allow list: not there',
      restrictedSymbol,
      { restrictions: { denied: new Set(), allowed: new Set(['BROAD']), excepted: new Set() } },
      [`on the allow list < ${CALL}`],
    ],
    ['leverage', restrictedSymbol, { instruments: bySymbol({ ...ACME, leveraged: true }) }, ['no leverage < a leveraged fund']],
    ['a halt', marketHours, { halted: new Set(['ACME']) }, ['not halted < halted']],
  ])('%s', (_name, control, fields, expected) => {
    expect(says(control, '0.5', fields)).toEqual(expected);
  });

  test.each([
    ['5', []],
    ['4.999999999', ['5 < 4.999999999']],
  ])('its price of %s, not its own', (at, expected) => {
    const marks = new Map([
      ['ACME', markOf(at)],
      [CALL, markOf('0.5')],
    ]);
    expect(says(minimumPrice, '0.5', { marks })).toEqual(expected);
  });

  test('and sold, it is no share that is sold short', () => {
    expect(says(shortSale, '2', {}, 'sell')).toEqual([]);
  });
});
