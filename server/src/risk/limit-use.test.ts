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
    ]);
  });

  test('a limit of zero, or none, has no use', () => {
    expect(limitUse({ ...busy, limits: UNLIMITED }).every(({ use }) => use === undefined)).toBe(true);
    expect(uses({ ...busy, limits: { ...DEFAULT_LIMITS, openPositionsMax: 0 } })).toMatchObject({
      openPositionsMax: { actual: 2, use: undefined },
    });
  });
});
