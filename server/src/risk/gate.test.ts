import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { Broker } from '../orders/broker.ts';
import { DENIAL_CODES } from '../orders/order.ts';
import type { OrderIntent, RiskDecision } from '../orders/order.ts';
import { pauseOf } from './brakes.ts';
import { assertApproved, evaluate, fieldsHash, isApprovedOrder } from './gate.ts';
import type { ApprovedOrder } from './gate.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from './limits.ts';
import {
  ACME,
  before,
  BROAD,
  bySymbol,
  contextOf,
  intentOf,
  marketOf,
  markOf,
  NOW,
  openOf,
  positionOf,
  profileOf,
} from './sample-account.ts';
import { TRADING_STATES } from './types.ts';
import type { OpenOrderView, RiskContext } from './types.ts';

const codesOf = (intent: OrderIntent, context: RiskContext): readonly string[] => [
  ...new Set(evaluate(intent, context).decision.denials.map((denial) => denial.code)),
];

function approved(intent: OrderIntent = intentOf('10'), context: RiskContext = contextOf()): ApprovedOrder {
  const result = evaluate(intent, context);
  if (result.verdict !== 'approved') throw new Error(result.decision.denials.map((denial) => denial.message).join(' '));
  return result.order;
}

describe('the decision', () => {
  test('says what was seen', () => {
    const { decision } = evaluate(intentOf('10'), contextOf());
    expect(decision).toEqual({
      id: `risk-intent-1-${NOW}`,
      intentId: 'intent-1',
      verdict: 'approved',
      denials: [],
      orderRisk: money('200'),
      orderRiskRatio: ratio('0.002'),
      equity: money('100000'),
      referencePrice: price('100'),
      fieldsHash: fieldsHash(intentOf('10')),
      decidedAt: NOW,
    });
  });

  test('is the same for the same inputs', () => {
    expect(evaluate(intentOf('500'), contextOf())).toEqual(evaluate(intentOf('500'), contextOf()));
  });

  test('holds every violated control at once', () => {
    const symbol = 'ACME231215C00110000';
    const many = Array.from({ length: 20 }, (_, index) => positionOf(`S${index}`, '1000'));
    const origin = { kind: 'strategy', strategyId: 's1', version: 'v1' } as const;
    const intent = intentOf('9000000', { symbol, side: 'sell', limitPrice: price('3'), origin });
    const twin = { ...intent, by: 'strategy:s1', at: NOW, entry: true, approved: true };
    const opposite = openOf('1', { id: 'open-1', symbol, limitPrice: price('5') });
    const context = contextOf({
      tradingState: 'REDUCING',
      mode: 'live',
      clockSkewMs: undefined,
      session: { openAt: NOW, closeAt: NOW },
      positions: bySymbol(...many),
      marks: new Map([...many.map((position) => [position.symbol, markOf('100')] as const), [symbol, markOf('4', 40_000)]]),
      instruments: bySymbol({ ...ACME, symbol, tradable: false }),
      openOrders: Array.from({ length: 60 }, (_, index) => ({ ...opposite, id: `open-${index}`, unknownSince: NOW })),
      activity: {
        requests: Array.from({ length: 99 }, () => twin),
        executed: Array.from({ length: 99 }, () => ({ at: NOW, strategyId: 's1', symbol, side: 'sell' as const })),
      },
      options: {
        contracts: bySymbol({ symbol, underlying: 'NONE', right: 'call', strike: price('110'), expiresOn: '2023-11-14' }),
        deltas: new Map(),
      },
      restrictions: { denied: new Set([symbol]), allowed: new Set(), excepted: new Set() },
      differences: [{ what: 'cash', since: before(90_000) }],
      brakes: [
        { ...pauseOf({ kind: 'symbol', symbol }), effect: 'entries-off', since: NOW, because: 'a rumour', by: 'user:ada', reset: 'person' },
      ],
    });
    // An option is no share that is sold short: OptionStrategy says what bounds it.
    expect(codesOf(intent, context).toSorted()).toEqual(DENIAL_CODES.filter((code) => code !== 'ShortSale').toSorted());
  });

  test('of a malformed intent says only that', () => {
    const intent = { ...intentOf('1'), quantity: Number.NaN } as unknown as OrderIntent;
    const { verdict, decision } = evaluate(intent, contextOf({ equity: undefined }));
    expect(verdict).toBe('denied');
    expect(decision.denials.map((denial) => denial.code)).toEqual(['OrderSanity']);
  });

  test('every denial has a code, a sentence, a limit and a figure', () => {
    const { decision } = evaluate(intentOf('5000', { limitPrice: price('200') }), contextOf({ equity: undefined }));
    expect(decision.denials.length).toBeGreaterThan(4);
    for (const denial of decision.denials) {
      expect(DENIAL_CODES).toContain(denial.code);
      expect(denial.message).toMatch(/^[A-Z].*\.$/);
      expect(denial.limit).not.toBe('');
      expect(denial.actual).not.toBe('');
    }
  });
});

describe('missing, stale or invalid inputs deny an entry', () => {
  test.each([
    { name: 'no equity', context: { equity: undefined } },
    { name: 'no equity time', context: { equityAt: undefined } },
    { name: 'no buying power', context: { buyingPower: undefined } },
    { name: 'no mark', context: { marks: new Map() } },
    { name: 'no instrument', context: { instruments: new Map() } },
    {
      name: 'nothing',
      context: {
        equity: undefined,
        equityAt: undefined,
        buyingPower: undefined,
        marks: new Map(),
        instruments: new Map(),
        profiles: new Map(),
      },
    },
  ])('$name', ({ context }) => {
    expect(evaluate(intentOf('1'), contextOf(context)).verdict).toBe('denied');
  });
});

describe('a genuine exit is never trapped', () => {
  const worst = {
    equity: undefined,
    equityAt: undefined,
    buyingPower: undefined,
    marks: new Map(),
    profiles: new Map(),
    instruments: new Map(),
    marketOpen: false,
    limits: DEFAULT_LIMITS,
  };
  const cases = TRADING_STATES.flatMap((tradingState) =>
    (['10', '-10'] as const).flatMap((units) => [true, false].map((reduceOnly) => ({ tradingState, units, reduceOnly }))),
  );
  test.each(cases)('$tradingState, $units held, reduce-only $reduceOnly, nothing else known', ({ tradingState, units, reduceOnly }) => {
    const context = contextOf({ ...worst, tradingState, positions: bySymbol(positionOf('ACME', units)) });
    const intent = marketOf('10', units === '10' ? 'sell' : 'buy', { reduceOnly });
    expect(evaluate(intent, context).verdict).toBe(tradingState === 'FROZEN' ? 'denied' : 'approved');
  });

  test('nor an exit of a position far beyond every limit', () => {
    const context = contextOf({ positions: bySymbol(positionOf('ACME', '1000000')), equity: money('1') });
    expect(evaluate(marketOf('1000000', 'sell'), context).verdict).toBe('approved');
    expect(evaluate(marketOf('1000000.000000001', 'sell'), context).verdict).toBe('denied');
  });
});

describe('only the gate makes an approved order', () => {
  const order = approved();
  const Constructor = order.constructor as unknown as new (...args: unknown[]) => ApprovedOrder;

  test('it is frozen, and does not follow the intent it came from', () => {
    const intent = { ...intentOf('10') };
    const made = approved(intent);
    intent.quantity = quantity('1000');
    expect(made.intent.quantity).toBe(quantity('10'));
    expect(
      Object.isFrozen(made) && Object.isFrozen(made.intent) && Object.isFrozen(made.decision) && Object.isFrozen(made.decision.denials),
    ).toBe(true);
    expect(() => assertApproved(made)).not.toThrow();
  });

  test('its constructor is closed, even when found', () => {
    expect(() => new Constructor(Symbol('risk gate'), order.intent, order.decision)).toThrow('Invariant');
    expect(() => new Constructor(undefined, order.intent, order.decision)).toThrow('Invariant');
    expect(() => Reflect.construct(Constructor, [])).toThrow('Invariant');
  });

  test.each([
    { name: 'a literal', fake: { intent: order.intent, decision: order.decision } },
    { name: 'a copy', fake: Object.assign({}, order) as unknown },
    { name: 'a clone', fake: structuredClone({ intent: order.intent, decision: order.decision }) },
    { name: 'the prototype', fake: Object.create(Object.getPrototypeOf(order) as object) as unknown },
    { name: 'an heir', fake: Object.create(order) as unknown },
    { name: 'a proxy', fake: new Proxy(order, {}) },
    { name: 'nothing', fake: undefined },
  ])('$name is not one', ({ fake }) => {
    expect(isApprovedOrder(fake)).toBe(false);
    expect(() => assertApproved(fake as ApprovedOrder)).toThrow('Invariant');
  });

  test('and the type checker says so', () => {
    const submit: (sent: Parameters<Broker['submit']>[0]) => boolean = isApprovedOrder;
    const decision: RiskDecision = order.decision;
    expect(submit(order)).toBe(true);
    // @ts-expect-error a literal with the same fields is not an approved order
    expect(submit({ intent: order.intent, decision })).toBe(false);
    const { intent, decision: seen } = order;
    // @ts-expect-error nor is a copy of its parts
    expect(submit({ intent, decision: seen, constructor: order.constructor })).toBe(false);
    // @ts-expect-error nor is an intent
    expect(submit(order.intent)).toBe(false);
  });
});

describe('the hash of the fields', () => {
  const base = intentOf('10');
  test.each<{ name: string; other: OrderIntent }>([
    { name: 'id', other: { ...base, id: 'intent-2' } },
    { name: 'symbol', other: { ...base, symbol: 'BROAD' } },
    { name: 'side', other: { ...base, side: 'sell' } },
    { name: 'quantity', other: { ...base, quantity: quantity('10.000000001') } },
    { name: 'type', other: { ...base, type: 'stop_limit' } },
    { name: 'time in force', other: { ...base, timeInForce: 'gtc' } },
    { name: 'limit', other: { ...base, limitPrice: price('100.01') } },
    { name: 'stop', other: { ...base, stopPrice: price('100') } },
    { name: 'protective stop', other: { ...base, protectiveStop: price('90') } },
    { name: 'reduce-only', other: { ...base, reduceOnly: true } },
  ])('changes with $name', ({ other }) => {
    expect(fieldsHash(other)).not.toBe(fieldsHash(base));
  });
  test('is SHA-256 in hex, and does not depend on why the order is wanted', () => {
    expect(fieldsHash(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(fieldsHash({ ...base, reason: 'other' })).toBe(fieldsHash(base));
  });
});

test('without limits only nonsense and a closed gate are denied', () => {
  const empty = {
    equity: undefined,
    equityAt: undefined,
    buyingPower: undefined,
    marks: new Map(),
    profiles: new Map(),
    limits: UNLIMITED,
  };
  expect(evaluate(marketOf('1000000', 'buy'), contextOf(empty)).verdict).toBe('approved');
  expect(evaluate(marketOf('1000000', 'sell'), contextOf(empty)).verdict).toBe('approved');
  expect(codesOf(intentOf('1', { symbol: 'NOPE' }), contextOf(empty))).toEqual(['OrderSanity']);
  expect(codesOf(marketOf('1', 'buy'), contextOf({ ...empty, tradingState: 'HALTED' }))).toEqual(['TradingState']);
});

test('a cap is reached by exactly as many orders as fit, each reserving its worst case', () => {
  const size = { limitPrice: price('100') };
  const passed: OpenOrderView[] = [];
  for (let index = 0; index < 100; index += 1) {
    const intent = intentOf('30', { id: `intent-${index}`, symbol: 'BROAD', ...size });
    const limits = withLimit(withLimit(DEFAULT_LIMITS, 'openOrdersSymbolMax', 100), 'valueAtRiskRatioMax', ratio('0.1'));
    const context = contextOf({
      openOrders: passed,
      profiles: bySymbol(profileOf('BROAD')),
      instruments: bySymbol(BROAD),
      limits: withLimit(limits, 'expectedShortfallRatioMax', ratio('0.1')),
    });
    if (evaluate(intent, context).verdict === 'approved') passed.push({ id: intent.id, intent, remaining: intent.quantity });
  }
  // 25 % of $100,000 in one broad fund is eight orders of $3,000.
  expect(passed).toHaveLength(8);
});
