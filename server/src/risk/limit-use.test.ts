import { describe, expect, test } from 'vitest';
import { money, ratio } from '../money/fixed.ts';
import { limitUse } from './limit-use.ts';
import { DEFAULT_LIMITS, UNLIMITED } from './limits.ts';
import { bySymbol, contextOf, markOf, openOf, positionOf } from './sample-account.ts';
import type { RiskContext } from './types.ts';

const busy = contextOf({
  positions: bySymbol(positionOf('ACME', '60'), positionOf('BROAD', '-100')),
  openOrders: [openOf('20'), openOf('50', { symbol: 'BROAD', side: 'sell', id: 'open-2' }), openOf('60', { side: 'sell', id: 'exit' })],
  marks: new Map([
    ['ACME', markOf('100', 3_000)],
    ['BROAD', markOf('100', 6_000)],
  ]),
});
const uses = (context: RiskContext): Record<string, unknown> =>
  Object.fromEntries(limitUse(context).map(({ name, actual, use, subject }) => [name, { actual, use, subject }]));

describe('use of limits', () => {
  test('the largest figure of each, named after what it belongs to', () => {
    expect(uses(busy)).toEqual({
      orderRiskRatioMax: { actual: ratio('0.015'), use: 0.75, subject: 'BROAD' },
      orderNotionalUsdMax: { actual: money('5000'), use: 0.2, subject: 'BROAD' },
      orderNotionalRatioMax: { actual: ratio('0.05'), use: 0.5, subject: 'BROAD' },
      concentrationRatioMax: { actual: ratio('0.08'), use: 0.8, subject: 'ACME' },
      concentrationBroadRatioMax: { actual: ratio('0.15'), use: 0.6, subject: 'BROAD' },
      grossExposureRatioMax: { actual: ratio('0.23'), use: 0.23, subject: undefined },
      openPositionsMax: { actual: 2, use: 0.1, subject: undefined },
      // 20 × 100 and 50 × 103
      buyingPowerRatioMax: { actual: ratio('0.0715'), use: 0.0715 / 0.9, subject: undefined },
      // The side with more: 100 short and 50 more, against what is long.
      netExposureRatioMax: { actual: ratio('0.15'), use: 0.1875, subject: undefined },
      capitalDeployedRatioMax: { actual: ratio('0.23'), use: 0.23 / 0.8, subject: undefined },
      sectorExposureRatioMax: { actual: ratio('0.08'), use: 0.08 / 0.3, subject: 'Industrials' },
      // A fifth of what is long, three tenths of what is short.
      portfolioHeatRatioMax: { actual: ratio('0.061'), use: 0.061 / 0.08, subject: undefined },
      valueAtRiskRatioMax: { actual: ratio('0.061'), use: 0.061 / 0.03, subject: undefined },
      expectedShortfallRatioMax: { actual: ratio('0.061'), use: 0.061 / 0.045, subject: undefined },
      shortExposureRatioMax: { actual: ratio('0.15'), use: undefined, subject: undefined },
      openOrdersMax: { actual: 3, use: 0.06, subject: undefined },
      openOrdersSymbolMax: { actual: 2, use: 0.4, subject: 'ACME' },
      orderRateSecondMax: { actual: 0, use: 0, subject: undefined },
      orderRateMinuteMax: { actual: 0, use: 0, subject: undefined },
      staleDataMsMax: { actual: 6_000, use: 0.2, subject: 'BROAD' },
    });
  });

  test('breakers, where equity is given; a gain uses nothing', () => {
    const figures = { equity: money('98000'), sessionStartEquity: money('97000'), highWaterMark: money('100000') };
    const names = limitUse(contextOf(), figures).filter(({ name }) => name.startsWith('daily') || name.startsWith('drawdown'));
    expect(names.map(({ name, actual, use }) => [name, actual, use])).toEqual([
      ['dailyLossHalfRatioMax', 0n, 0],
      ['dailyLossOffRatioMax', 0n, 0],
      ['drawdownHalfRatioMax', ratio('0.02'), 0.4],
      ['drawdownReduceRatioMax', ratio('0.02'), 0.25],
      ['drawdownKillRatioMax', ratio('0.02'), 0.2],
    ]);
  });

  test('a figure that is not known is not listed', () => {
    expect(Object.keys(uses(contextOf({ ...busy, equity: undefined, buyingPower: undefined, marks: new Map() })))).toEqual([
      'orderNotionalUsdMax',
      'openPositionsMax',
      'openOrdersMax',
      'openOrdersSymbolMax',
      'orderRateSecondMax',
      'orderRateMinuteMax',
    ]);
  });

  test('a limit of zero, or none, has no use', () => {
    expect(limitUse({ ...busy, limits: UNLIMITED }).every(({ use }) => use === undefined)).toBe(true);
    expect(uses({ ...busy, limits: { ...DEFAULT_LIMITS, openPositionsMax: 0 } })).toMatchObject({
      openPositionsMax: { actual: 2, use: undefined },
    });
  });
});
