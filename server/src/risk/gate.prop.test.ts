import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { evaluate } from './gate.ts';
import { DEFAULT_LIMITS, LIMIT_DEFINITIONS, limitDefinition, UNLIMITED, withLimit } from './limits.ts';
import type { LimitName, Limits } from './limits.ts';
import { expectedCodes } from './oracle.ts';
import { ACME, before, bySymbol, contextOf, NOW } from './sample-account.ts';
import { TRADING_STATES } from './types.ts';
import type { InstrumentProfile, Mark, OpenOrderView, PositionView, RiskContext } from './types.ts';

/** Many cases on a machine that may be busy. */
const PATIENCE_MS = 300_000;
const SYMBOLS = ['ACME', 'BROAD', 'CORP', 'DUST'];
/** No steps: the oracle knows nothing of tick and lot. */
const INSTRUMENTS = bySymbol(...SYMBOLS.map((symbol) => ({ ...ACME, symbol, broad: symbol === 'BROAD', tick: price('0.000000001') })));

const among = <const T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 40, arbitrary }, { weight: 1, arbitrary: fc.constant(undefined) });
/** Figures on the limits of a $100,000 account, then steps of one unit around them, then anything. */
const around = (units: bigint): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -2n, max: 2n }).map((step) => (units + step > 0n ? units + step : 1n));
const sizes = fc.oneof(
  among('1', '10', '20', '40', '50', '60', '66.666666666', '80', '90', '95', '100', '125', '250').chain((text) => around(quantity(text))),
  fc.bigInt({ min: 1n, max: 400_000_000_000n }),
);
const prices = fc.oneof(
  { weight: 6, arbitrary: among('100', '100', '100', '103', '105', '97', '95', '90').chain((text) => around(price(text))) },
  { weight: 1, arbitrary: among('4', '5', '0.01', '500').chain((text) => around(price(text))) },
  { weight: 2, arbitrary: fc.bigInt({ min: 80_000_000_000n, max: 120_000_000_000n }) },
);

const marks: fc.Arbitrary<Mark> = fc
  .record({
    price: prices,
    bid: fc.option(prices, { nil: undefined }),
    ask: fc.option(prices, { nil: undefined }),
    basis: among('quote', 'trade', 'bar'),
    age: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 9_000 }) },
      { weight: 2, arbitrary: among(-1_001, -1_000, 10_000, 10_001, 30_000, 30_001) },
    ),
  })
  .map(({ age, bid, ask, ...mark }) => {
    const tidy = bid !== undefined && ask !== undefined && bid > ask && age % 10 !== 0;
    return {
      price: mark.price as Mark['price'],
      basis: mark.basis,
      at: before(age),
      ...(bid === undefined ? {} : { bid: (tidy ? ask : bid) as Mark['price'] }),
      ...(ask === undefined ? {} : { ask: (tidy ? bid : ask) as Mark['price'] }),
    };
  });

const intents = (id: string): fc.Arbitrary<OrderIntent> =>
  fc
    .record({
      symbol: among(...SYMBOLS),
      side: among('buy', 'sell'),
      size: sizes,
      type: among('limit', 'limit', 'limit', 'market', 'stop', 'stop_limit'),
      limit: prices,
      stop: prices,
      guard: prices,
      guarded: fc.boolean(),
      reduceOnly: fc.nat(5).map((roll) => roll === 0),
    })
    .map(({ symbol, side, size, type, limit, stop, guard, guarded, reduceOnly }): OrderIntent => ({
      id,
      symbol,
      side,
      quantity: size as OrderIntent['quantity'],
      type,
      timeInForce: 'day',
      ...(type === 'limit' || type === 'stop_limit' ? { limitPrice: limit as Mark['price'] } : {}),
      ...(type === 'stop' || type === 'stop_limit' ? { stopPrice: stop as Mark['price'] } : {}),
      // On the losing side of every price that is generated, so that the intent is well formed.
      ...(guarded && !reduceOnly
        ? { protectiveStop: (side === 'buy' ? (guard % 9_000_000n) + 1n : guard + 600_000_000_000n) as Mark['price'] }
        : {}),
      reduceOnly,
      origin: { kind: 'ticket', principal: 'owner' },
      reason: 'generated',
      createdAt: NOW,
    }));

const positions: fc.Arbitrary<ReadonlyMap<string, PositionView>> = fc
  .array(fc.record({ symbol: among(...SYMBOLS), size: fc.oneof(fc.constant(0n), sizes), short: fc.boolean() }), { maxLength: 3 })
  .map((list) =>
    bySymbol(
      ...list.map(({ symbol, size, short }) => ({
        symbol,
        quantity: (short ? -size : size) as PositionView['quantity'],
        averagePrice: price('100'),
      })),
    ),
  );

const openOrders: fc.Arbitrary<readonly OpenOrderView[]> = fc
  .array(fc.record({ intent: intents('placeholder'), heldByBroker: fc.boolean(), filled: fc.nat(2) }), { maxLength: 5 })
  .map((list) =>
    list.map(({ intent, heldByBroker, filled }, index) => {
      const id = index === 4 ? 'intent' : `open-${index}`;
      return {
        id,
        intent: { ...intent, id },
        remaining: (intent.quantity / BigInt(filled + 1)) as OpenOrderView['remaining'],
        heldByBroker,
      };
    }),
  );

const profiles: fc.Arbitrary<InstrumentProfile> = fc
  .record({
    volume: rarely(among('50000000', '49999999.999999999', '1000000')),
    volatility: rarely(among('0.01', '0.033333333', '0.033333334', '0.05', '0.4')),
  })
  .map(({ volume, volatility }) => ({
    symbol: '',
    asOf: NOW,
    ...(volume === undefined ? {} : { averageDollarVolume20: money(volume) }),
    ...(volatility === undefined ? {} : { dailyVolatility60: ratio(volatility) }),
  }));

const KNOWN_TO_ORACLE: readonly LimitName[] = [
  'orderRiskRatioMax',
  'orderNotionalUsdMax',
  'orderNotionalRatioMax',
  'concentrationRatioMax',
  'concentrationBroadRatioMax',
  'grossExposureRatioMax',
  'priceCollarRatioMax',
  'priceCollarLiquidRatioMax',
  'minimumPriceUsdMin',
  'staleDataMsMax',
  'staleDataLiquidMsMax',
  'buyingPowerRatioMax',
];
const KNOWN = Object.fromEntries(KNOWN_TO_ORACLE.map((name) => [name, DEFAULT_LIMITS[name]]));
const limits: fc.Arbitrary<Limits> = fc
  .record({ roomy: fc.boolean(), openPositionsMax: among(1, 2, 20), odd: fc.bigInt({ min: 1n, max: 9n }) })
  .map(({ roomy, openPositionsMax, odd }) => ({
    ...UNLIMITED,
    ...KNOWN,
    openPositionsMax,
    ...(roomy
      ? {
          orderRiskRatioMax: (ratio('0.05') - odd) as Limits['orderRiskRatioMax'],
          concentrationRatioMax: ratio('0.5'),
          grossExposureRatioMax: ratio('2'),
        }
      : {}),
  }));

const perSymbol = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> =>
  fc
    .tuple(...SYMBOLS.map(() => rarely(arbitrary)))
    .map((list) => new Map(list.flatMap((item, index) => (item === undefined ? [] : [[SYMBOLS[index] ?? '', item] as const]))));

const contexts: fc.Arbitrary<RiskContext> = fc
  .record({
    tradingState: fc.oneof(
      { weight: 5, arbitrary: fc.constant('ACTIVE' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...TRADING_STATES) },
    ),
    equity: rarely(among('100000', '100000', '1000000', '33333.333333333', '0').map(money)),
    equityAt: rarely(among(0, 0, 0, 60_000, 60_001, -1_000, -1_001).map(before)),
    buyingPower: rarely(among('100000', '10000', '11111.111111111', '400000', '0').map(money)),
    positions,
    openOrders,
    marks: perSymbol(marks),
    profiles: perSymbol(profiles),
    limits,
    marketOpen: fc.boolean(),
    feeRate: among('0', '0.001', '0.01').map(ratio),
  })
  .map((fields) => contextOf({ instruments: INSTRUMENTS, ...fields }));

const codesOf = (intent: OrderIntent, context: RiskContext): readonly string[] =>
  [...new Set<string>(evaluate(intent, context).decision.denials.map((denial) => denial.code))].toSorted();

describe('the gate and a second, naive implementation of the policy', () => {
  test(
    'agree on verdict and codes of 20,000 random orders, and every code occurs often',
    () => {
      const seen = new Map<string, number>();
      const tally = (code: string): void => void seen.set(code, (seen.get(code) ?? 0) + 1);
      fc.assert(
        fc.property(intents('intent'), contexts, (intent, context) => {
          const { verdict, decision } = evaluate(intent, context);
          const codes = [...new Set<string>(decision.denials.map((denial) => denial.code))].toSorted();
          const found = `${verdict} ${codes.join(' ')}`;
          const expected = [...expectedCodes(intent, context)].toSorted();
          const wanted = `${expected.length === 0 ? 'approved' : 'denied'} ${expected.join(' ')}`;
          // A plain comparison first: 20,000 assertions cost more than 20,000 decisions.
          if (found !== wanted) expect(found).toBe(wanted);
          for (const code of codes) tally(code);
          if (codes.length === 0) tally(intent.reduceOnly ? 'reduced' : 'approved');
          if (codes.length === 1) tally(`only ${codes[0] ?? ''}`);
        }),
        { numRuns: 20_000, seed: 20_261_122 },
      );
      for (const code of [...new Set(KNOWN_TO_ORACLE.map((name) => limitDefinition(name).code))])
        expect(seen.get(code) ?? 0, code).toBeGreaterThan(100);
      expect(seen.get('approved') ?? 0).toBeGreaterThan(500);
      expect(seen.get('reduced') ?? 0).toBeGreaterThan(50);
    },
    PATIENCE_MS,
  );
});

describe('laws', { timeout: PATIENCE_MS }, () => {
  const runs = { numRuns: 1_000, seed: 7 };

  test('a tighter limit never lets more through', () => {
    const names = LIMIT_DEFINITIONS.map((definition) => definition.name);
    fc.assert(
      fc.property(intents('intent'), contexts, fc.constantFrom(...names), (intent, context, name: LimitName) => {
        const value = context.limits[name];
        const looser = LIMIT_DEFINITIONS.find((definition) => definition.name === name)?.looser;
        const factor = looser === 'higher' ? [1n, 2n] : [2n, 1n];
        const tight = typeof value === 'number' ? Math.floor(value / 2) : (value * (factor[0] ?? 1n)) / (factor[1] ?? 1n);
        const tighter = { ...context, limits: withLimit(context.limits, name, tight as Limits[LimitName]) };
        const before = codesOf(intent, context);
        expect(codesOf(intent, tighter)).toEqual(expect.arrayContaining([...before]));
      }),
      runs,
    );
  });

  test('what only shrinks a position is denied by nothing but FROZEN, its collar, or a size beyond what is held', () => {
    fc.assert(
      fc.property(intents('intent'), contexts, (intent, context) => {
        const held = context.positions.get(intent.symbol)?.quantity ?? 0n;
        fc.pre(held !== 0n);
        const size = held < 0n ? -held : held;
        const exit: OrderIntent = {
          ...intent,
          side: held < 0n ? 'buy' : 'sell',
          quantity: size as OrderIntent['quantity'],
          reduceOnly: true,
          type: 'market',
        };
        const { limitPrice: _limit, stopPrice: _stop, protectiveStop: _guard, ...market } = exit;
        const free = { ...context, openOrders: context.openOrders.filter((open) => open.intent.symbol !== intent.symbol) };
        expect(codesOf(market, free)).toEqual(context.tradingState === 'FROZEN' ? ['TradingState'] : []);
      }),
      runs,
    );
  });

  test('the order of the market maps and a second look change nothing', () => {
    fc.assert(
      fc.property(intents('intent'), contexts, (intent, context) => {
        const turned = {
          ...context,
          marks: new Map([...context.marks].toReversed()),
          positions: new Map([...context.positions].toReversed()),
        };
        expect(evaluate(intent, turned).decision).toEqual(evaluate(intent, context).decision);
      }),
      { ...runs, numRuns: 500 },
    );
  });
});
