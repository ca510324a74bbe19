import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertById, listAlerts, projectAlerts } from '../alerts/service.ts';
import { equitySince, lastEquity, projectEquity } from '../engine/equity-service.ts';
import type { RecordedEquityPoint } from '../engine/equity-service.ts';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import { instant, instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { Position, Trade } from '../positions/position.ts';
import { listPositions, listTrades, projectPositions, realizedTotal } from '../positions/service.ts';
import { lastLimitChanges, listLimits, projectRisk, tradingStateChanges } from '../risk/service.ts';
import { listStrategies, projectStrategies, strategyById } from '../strategies/service.ts';
import type { RecordedStrategy } from '../strategies/service.ts';

const at = instant('2018-05-11T20:00:00Z');
const position = (symbol: string, size: string): Position => ({
  symbol,
  quantity: quantity(size),
  averagePrice: price('190.25'),
  realizedPnl: money('-3.000000001'),
  fees: money('0.5'),
  openedAt: at,
  updatedAt: at,
});
const trade = (id: string, strategyId: string | undefined, gross: string): Trade => ({
  id,
  symbol: 'AAPL',
  direction: 'short',
  quantity: quantity('10'),
  entryPrice: price('1'),
  exitPrice: price('2'),
  entryAt: at,
  exitAt: at,
  grossPnl: money(gross),
  fees: money('0.000000001'),
  ...(strategyId === undefined ? {} : { strategyId }),
});
const point = (minute: number, high: string, atBar: boolean, seq: number): RecordedEquityPoint => ({
  at: instantFromMs(at + minute * 60_000),
  equity: money(high),
  cash: money('1'),
  highWaterMark: money(high),
  sessionStartEquity: money('100'),
  grossExposure: money('2'),
  netExposure: money('-2'),
  unrealizedPnl: money('0'),
  drawdown: ratio('-0.01'),
  atBar,
  seq,
});

withTestDatabases('projected tables', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  test('positions: the newest of each symbol, gone when closed; trades summed to the last unit', async () => {
    const { db } = database;
    const change = (symbol: string, size: string | undefined, seq: number) => ({
      symbol,
      position: size === undefined ? undefined : position(symbol, size),
      seq,
    });
    await db.transaction().execute(async (trx) => {
      await projectPositions(trx, {
        positions: [change('AAPL', '5', 1), change('SPX', '-1', 2), change('AAPL', '7.5', 3)],
        trades: [],
        withdrawn: [],
      });
    });
    expect(await listPositions(db)).toEqual([
      { ...position('AAPL', '7.5'), seq: 3 },
      { ...position('SPX', '-1'), seq: 2 },
    ]);
    const trades = [trade('t1', 's1', '0.1'), trade('t2', undefined, '0.2'), trade('t3', 's1', '-1')];
    await db.transaction().execute(async (trx) => {
      await projectPositions(trx, {
        positions: [change('SPX', '1', 4), change('SPX', undefined, 5)],
        trades: trades.map((closed, index) => ({ trade: closed, seq: 10 + index })),
        withdrawn: [],
      });
    });
    expect((await listPositions(db)).map(({ symbol }) => symbol)).toEqual(['AAPL']);
    expect(await listTrades(db)).toEqual(trades);
    expect(await listTrades(db, { strategyId: 's1' })).toEqual([trades[0], trades[2]]);
    expect(await realizedTotal(db)).toBe(money('-0.700000003'));
  });

  test('equity: points of bars stay, of the others only the newest', async () => {
    const { db } = database;
    expect(await lastEquity(db)).toBeUndefined();
    const project = async (...points: RecordedEquityPoint[]): Promise<void> =>
      await db.transaction().execute(async (trx) => await projectEquity(trx, points));
    await project(point(1, '100', true, 1), point(2, '101', false, 2), point(3, '101', false, 3));
    await project(point(4, '110', true, 4), point(5, '110', true, 5), point(5, '110', false, 6), point(6, '110', false, 7));
    expect((await equitySince(db, undefined)).map(({ seq }) => seq)).toEqual([1, 4, 5, 7]);
    expect(await equitySince(db, point(5, '0', true, 0).at)).toEqual([point(5, '110', true, 5), point(6, '110', false, 7)]);
    expect(await lastEquity(db)).toEqual(point(6, '110', false, 7));
  });

  test('strategies: as created, in their newest form', async () => {
    const { db } = database;
    const strategy = (id: string, seq: number, fast: number): RecordedStrategy => ({
      config: {
        id,
        name: `Crossing ${id}`,
        version: 'b'.repeat(64),
        source: 'sma-crossover',
        parameters: { fast, direction: 'long' },
        symbols: ['AAPL'],
        timeframe: '1Day',
        allocation: ratio('0.25'),
        size: id === 's1' ? { kind: 'units', units: quantity('100') } : { kind: 'equity', fraction: ratio('0.08') },
        wholeUnits: true,
      },
      state: 'paper',
      ...(fast === 9 ? { pausedBecause: 'it failed', lastDecision: 'long', lastDecisionAt: at } : {}),
      seq,
    });
    await db.transaction().execute(async (trx) => await projectStrategies(trx, [strategy('s2', 1, 5), strategy('s1', 2, 5)]));
    await db.transaction().execute(async (trx) => await projectStrategies(trx, [strategy('s2', 9, 9)]));
    expect(await listStrategies(db)).toEqual([strategy('s2', 9, 9), strategy('s1', 2, 5)]);
    expect(await strategyById(db, 's1')).toEqual(strategy('s1', 2, 5));
    expect(await strategyById(db, 's3')).toBeUndefined();
  });

  test('limits and trading states: who changed them, why, and where it is written', async () => {
    const { db } = database;
    expect(await tradingStateChanges(db, 1)).toEqual([]);
    const limit = (value: string, seq: number) => ({
      name: 'orderRiskRatioMax' as const,
      value,
      by: 'user:owner',
      reason: 'smaller',
      at,
      seq,
    });
    const state = (seq: number) => ({ from: 'ACTIVE' as const, to: 'HALTED' as const, because: 'kill switch', by: 'user:owner', at, seq });
    await db
      .transaction()
      .execute(async (trx) => await projectRisk(trx, { limits: [limit('0.02', 1), limit('0.01', 2)], tradingStates: [state(3)] }));
    await db.transaction().execute(async (trx) => await projectRisk(trx, { limits: [limit('0.005', 4)], tradingStates: [state(5)] }));
    expect(await listLimits(db)).toEqual([limit('0.005', 4)]);
    expect((await lastLimitChanges(db)).get('orderRiskRatioMax')).toEqual(limit('0.005', 4));
    expect(await tradingStateChanges(db, 10)).toEqual([state(5), state(3)]);
    expect(await tradingStateChanges(db, 1)).toEqual([state(5)]);
  });

  test('alerts: open until seen to, newest first, open again when raised again', async () => {
    const { db } = database;
    const alert = (id: string) => ({
      id,
      severity: 'critical' as const,
      code: 'DailyLoss',
      title: 'Loss',
      detail: '<script>',
      raisedAt: at,
    });
    const raised = (id: string, seq: number) => ({ kind: 'raised' as const, alert: alert(id), seq });
    await db
      .transaction()
      .execute(
        async (trx) =>
          await projectAlerts(trx, [
            raised('a1', 1),
            raised('a2', 2),
            raised('a3', 3),
            { kind: 'closed', alertId: 'a2', by: 'user:owner', at },
          ]),
      );
    const ids = async (open: boolean | undefined): Promise<string[]> =>
      (await listAlerts(db, { first: 10, open })).nodes.map(({ node }) => node.id);
    expect(await ids(undefined)).toEqual(['a3', 'a2', 'a1']);
    expect(await ids(true)).toEqual(['a3', 'a1']);
    expect(await ids(false)).toEqual(['a2']);
    expect(await alertById(db, 'a2')).toEqual({ ...alert('a2'), seq: 2, acknowledgedAt: at, acknowledgedBy: 'user:owner' });
    const first = await listAlerts(db, { first: 2 });
    expect(first.hasNextPage).toBe(true);
    expect((await listAlerts(db, { first: 2, after: first.nodes.at(-1)?.cursor })).nodes.map(({ node }) => node.id)).toEqual(['a1']);
    await db.transaction().execute(async (trx) => await projectAlerts(trx, [raised('a2', 9)]));
    expect(await ids(true)).toEqual(['a2', 'a3', 'a1']);
  });
});
