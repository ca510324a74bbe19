import fc from 'fast-check';
import type { Alert, EquityPoint, Fact } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { ORDER_STATES } from '../orders/order.ts';
import type { Fill, Order, OrderIntent, RiskDecision } from '../orders/order.ts';
import type { Position, Trade } from '../positions/position.ts';
import { TRADING_STATES } from '../risk/types.ts';

// Made-up lives for tests: facts that contradict each other less than their number suggests, over few ids, so that they meet.

const SYMBOLS = ['AAPL', 'SPX', 'SYNA'] as const;
const units = <T extends bigint>(low: bigint, high: bigint) => fc.bigInt({ min: low, max: high }).map((value) => value as T);
const price = units<Price>(1n, 10n ** 15n);
const size = units<Quantity>(1n, 10n ** 14n);
const money = units<Money>(-(10n ** 18n), 10n ** 18n);
const ratio = units<Ratio>(0n, 10n ** 9n);
const at = fc.integer({ min: 1_500_000_000_000, max: 1_500_000_600_000 }).map((ms): Instant => instantFromMs(ms));
const symbol = fc.constantFrom(...SYMBOLS);
const side = fc.constantFrom('buy' as const, 'sell' as const);
const words = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));

export const sampleIntent = (id: string): fc.Arbitrary<OrderIntent> =>
  fc
    .record({
      symbol,
      side,
      quantity: size,
      reason: words,
      createdAt: at,
      reduceOnly: fc.boolean(),
      limit: fc.option(price),
      byStrategy: fc.boolean(),
    })
    .map(({ limit, byStrategy, ...chosen }) => ({
      ...chosen,
      id,
      type: limit === null ? 'market' : 'limit',
      timeInForce: 'day',
      ...(limit === null ? {} : { limitPrice: limit }),
      origin: byStrategy ? { kind: 'strategy', strategyId: 's1', version: 'f'.repeat(64) } : { kind: 'ticket', principal: 'owner' },
    }));

const decision = (intent: OrderIntent): fc.Arbitrary<RiskDecision> =>
  fc
    .record({ orderRisk: money, ratio: fc.option(ratio), equity: money, reference: fc.option(price), denied: fc.boolean() })
    .map((drawn) => ({
      id: `decision-${intent.id}`,
      intentId: intent.id,
      verdict: drawn.denied ? 'denied' : 'approved',
      denials: drawn.denied ? [{ code: 'OrderRisk', message: '3 % is more than 2 %', limit: '0.02', actual: '0.03', unit: 'ratio' }] : [],
      orderRisk: drawn.orderRisk,
      orderRiskRatio: drawn.ratio ?? undefined,
      equity: drawn.equity,
      referencePrice: drawn.reference ?? undefined,
      fieldsHash: 'a'.repeat(64),
      decidedAt: intent.createdAt,
    }));

export const sampleOrder = (id: string): fc.Arbitrary<Order> =>
  sampleIntent(id).chain((intent) =>
    fc
      .record({
        decision: decision(intent),
        state: fc.constantFrom(...ORDER_STATES),
        filledQuantity: units<Quantity>(0n, intent.quantity),
        average: fc.option(price),
        fees: money,
        broker: fc.option(fc.constantFrom('b1', 'b2')),
        closed: fc.option(at),
        updatedAt: at,
        rejection: fc.option(words),
      })
      .map(({ average, broker, closed, rejection, ...drawn }) => ({
        ...drawn,
        id,
        intent,
        ...(average === null
          ? {}
          : { averagePrice: average, arrivalPrice: average, sentAt: drawn.updatedAt, acknowledgedAt: drawn.updatedAt }),
        ...(broker === null ? {} : { brokerOrderId: broker }),
        ...(closed === null ? {} : { closedAt: closed }),
        ...(rejection === null ? {} : { rejection }),
      })),
  );

const orderId = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const fill: fc.Arbitrary<Fill> = fc.record({
  executionId: fc.integer({ min: 1, max: 12 }).map((n) => `x${n}`),
  orderId,
  symbol,
  side,
  quantity: size,
  price,
  fee: money,
  filledAt: at,
});
const position: fc.Arbitrary<Position> = fc.record({
  symbol,
  quantity: size.map((value) => -value as Quantity),
  averagePrice: price,
  realizedPnl: money,
  fees: money,
  openedAt: at,
  updatedAt: at,
});
const trade: fc.Arbitrary<Trade> = fc.record({
  id: fc.integer({ min: 1, max: 9 }).map((n) => `t${n}`),
  symbol,
  direction: fc.constantFrom('long' as const, 'short' as const),
  quantity: size,
  entryPrice: price,
  exitPrice: price,
  entryAt: at,
  exitAt: at,
  grossPnl: money,
  fees: money,
  strategyId: fc.constantFrom('s1', 's2'),
});
const equityPoint: fc.Arbitrary<EquityPoint> = fc.record({
  at: fc.integer({ min: 1, max: 5 }).map((n) => instantFromMs(1_500_000_000_000 + n * 60_000)),
  equity: money,
  cash: money,
  highWaterMark: money,
  sessionStartEquity: money,
  grossExposure: money,
  netExposure: money,
  unrealizedPnl: money,
  drawdown: ratio,
  atBar: fc.boolean(),
});
const alert: fc.Arbitrary<Alert> = fc.record({
  id: fc.constantFrom('a1', 'a2', 'a3'),
  severity: fc.constantFrom('info' as const, 'critical' as const),
  code: fc.constant('OrderDenied'),
  title: words,
  detail: words,
  raisedAt: at,
});
const strategy: fc.Arbitrary<Extract<Fact, { kind: 'StrategyChanged' }>['strategy']> = fc
  .record({
    id: fc.constantFrom('s1', 's2'),
    fast: fc.integer({ min: 1, max: 99 }),
    allocation: ratio,
    byUnits: fc.boolean(),
    size,
    paused: fc.option(words),
  })
  .map(({ id, fast, allocation, byUnits, size, paused }) => ({
    config: {
      id,
      name: `Strategy ${id}`,
      version: 'e'.repeat(64),
      source: 'sma-crossover',
      parameters: { fast, direction: 'long' },
      symbols: ['AAPL', 'SPX'],
      timeframe: '1Day',
      allocation,
      size: byUnits ? { kind: 'units', units: size } : { kind: 'equity', fraction: allocation },
      wholeUnits: byUnits,
    },
    state: paused === null ? 'paper' : 'paused',
    ...(paused === null ? {} : { pausedBecause: paused }),
  }));

const tradingState = fc.constantFrom(...TRADING_STATES);

export const sampleFact: fc.Arbitrary<Fact> = fc.oneof(
  orderId.chain(sampleOrder).map((order) => ({ kind: 'OrderChanged' as const, order })),
  fc.record({ kind: fc.constant('FillBooked' as const), fill, strategyId: fc.constant('s1'), late: fc.boolean() }),
  position.map((drawn) => ({ kind: 'PositionChanged' as const, position: drawn })),
  fc.record({ kind: fc.constant('PositionClosed' as const), symbol, at, realizedPnl: money }),
  trade.map((drawn) => ({ kind: 'TradeClosed' as const, trade: drawn })),
  equityPoint.map((point) => ({ kind: 'EquityMarked' as const, point })),
  equityPoint.map((point) => ({ kind: 'EquityMarked' as const, point })),
  strategy.map((drawn) => ({ kind: 'StrategyChanged' as const, strategy: drawn })),
  fc.record({
    kind: fc.constant('TradingStateChanged' as const),
    from: tradingState,
    to: tradingState,
    because: words,
    by: fc.constant('user:owner'),
    at,
  }),
  fc.record({
    kind: fc.constant('LimitChanged' as const),
    name: fc.constantFrom('orderRiskRatioMax' as const, 'openPositionsMax' as const),
    from: fc.constant('0.02'),
    to: fc.constantFrom('0.01', '0.015'),
    by: fc.constant('user:owner'),
    reason: words,
    at,
  }),
  alert.map((drawn) => ({ kind: 'AlertRaised' as const, alert: drawn })),
  fc.record({ kind: fc.constant('AlertClosed' as const), alertId: fc.constantFrom('a1', 'a2', 'a3'), by: fc.constant('user:owner'), at }),
);

export const sampleEvent: fc.Arbitrary<EngineEvent> = fc.oneof(
  orderId.chain(sampleIntent).map((intent) => ({ kind: 'OrderRequested' as const, at: intent.createdAt, by: 'user:owner', intent })),
  fc.record({ kind: fc.constant('CancelRequested' as const), at, by: fc.constant('user:owner'), orderId }),
  fc.record({ kind: fc.constant('ClockTicked' as const), at }),
);
