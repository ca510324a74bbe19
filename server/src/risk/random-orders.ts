import type { Instrument } from '../instruments/instrument.ts';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { Price, Quantity, Ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { OrderIntent, Origin } from '../orders/order.ts';
import type { OrderExecuted, OrderRequest } from './activity.ts';
import type { Brake } from './brakes.ts';
import { withLayer } from './layers.ts';
import type { LimitLayers } from './layers.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { ACME, before, bySymbol, contextOf, NOW } from './sample-account.ts';
import { TRADING_STATES } from './types.ts';
import type { InstrumentProfile, Mark, OpenOrderView, RiskContext } from './types.ts';

/** Whole numbers that look random, from one seed: the same seed gives the same order and account. For tests. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to below. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  one<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('Invariant: there is something to choose from');
    return list[this.below(list.length)] as T;
  }

  /** True once in so many times. */
  rarely(times: number): boolean {
    return this.below(times) === 0;
  }
}

const CALL = 'ACME231215C00110000';
const HIGHER = 'ACME231215C00120000';
const EXPIRED = 'ACME231114P00090000';
const TOMORROW = 'ACME231115C00110000';
const SYMBOLS = ['ACME', 'ACME', 'BROAD', 'CORP', 'DUST', CALL, HIGHER, EXPIRED, TOMORROW];
const PLAIN = ['ACME', 'BROAD', 'CORP', 'DUST'];

const contract = (symbol: string, right: 'call' | 'put', expiresOn: string) =>
  ({ symbol, underlying: 'ACME', right, strike: price('110'), expiresOn }) as const;
const CONTRACTS = bySymbol(
  contract(CALL, 'call', '2023-12-15'),
  contract(HIGHER, 'call', '2023-12-15'),
  contract(EXPIRED, 'put', '2023-11-14'),
  contract(TOMORROW, 'call', '2023-11-15'),
);

/** A figure, or one of the units around it: limits are tested at their edges. */
const around = (dice: Dice, units: bigint): bigint => {
  const near = units + BigInt(dice.below(5) - 2);
  return near > 0n ? near : 1n;
};

const SIZES = ['1', '2', '10', '20', '40', '50', '60', '66.666666666', '80', '95', '100', '125', '150', '250'];
const PRICES = ['100', '100', '100', '100', '103', '105', '97', '95', '90', '110'];
const ODD_PRICES = ['4', '5', '0.01', '500'];

const sizeOf = (dice: Dice): Quantity =>
  (dice.rarely(4) ? BigInt(1 + dice.below(2_000_000_000)) * 200n : around(dice, quantity(dice.one(SIZES)))) as Quantity;
/** A contract stands for a hundred shares: often as many of them as make one share's size. */
const unitsOf = (dice: Dice, symbol: string): Quantity => {
  const size = sizeOf(dice);
  return (CONTRACTS.has(symbol) && !dice.rarely(3) ? size / 100n + 1n : size) as Quantity;
};
const priceOf = (dice: Dice): Price => around(dice, price(dice.one(dice.rarely(12) ? ODD_PRICES : PRICES))) as Price;

function originOf(dice: Dice): Origin {
  const roll = dice.below(8);
  if (roll < 3) return { kind: 'strategy', strategyId: dice.one(['s1', 's2']), version: dice.one(['v1', 'v1', 'v2']) };
  if (roll === 3) return { kind: 'flatten', principal: 'owner' };
  const confirmed = dice.rarely(6) ? {} : { confirmedAt: before(dice.one([0, 900_000, 900_001])) };
  return { kind: 'ticket', principal: dice.one(['owner', 'owner', 'agent:a1']), ...confirmed };
}

/** Well formed: a protective stop lies on the losing side of every price there is. */
export function randomIntent(dice: Dice, id: string): OrderIntent {
  const type = dice.one(['limit', 'limit', 'limit', 'limit', 'market', 'stop', 'stop_limit'] as const);
  const side = dice.one(['buy', 'sell'] as const);
  const reduceOnly = dice.rarely(6);
  const guarded = !reduceOnly && dice.rarely(2);
  const guard = BigInt(1 + dice.below(9_000_000));
  const symbol = dice.one(SYMBOLS);
  return {
    id,
    symbol,
    side,
    quantity: unitsOf(dice, symbol),
    type,
    timeInForce: 'day',
    ...(type === 'limit' || type === 'stop_limit' ? { limitPrice: priceOf(dice) } : {}),
    ...(type === 'stop' || type === 'stop_limit' ? { stopPrice: priceOf(dice) } : {}),
    ...(guarded ? { protectiveStop: (side === 'buy' ? guard : 600_000_000_000n + guard) as Price } : {}),
    reduceOnly,
    origin: originOf(dice),
    reason: 'generated',
    createdAt: NOW,
  };
}

function markOf(dice: Dice): Mark {
  const age = dice.rarely(12) ? dice.one([-1_001, -1_000, 10_000, 10_001, 30_000, 30_001]) : dice.below(9_000);
  const quoted = dice.rarely(2);
  const [left, right] = [priceOf(dice), priceOf(dice)];
  const crossed = dice.rarely(12);
  const [bid, ask] = left < right === crossed ? [right, left] : [left, right];
  return { price: priceOf(dice), at: before(age), basis: dice.one(['quote', 'trade', 'bar'] as const), ...(quoted ? { bid, ask } : {}) };
}

/** Of an option often with figures: fresh or about to be old, of either sign, and none that an option can have. */
function optionMarkOf(dice: Dice, symbol: string): Mark {
  const mark = markOf(dice);
  if (!CONTRACTS.has(symbol) || dice.rarely(4)) return mark;
  const option = {
    delta: ratio(dice.one(['0', '0.25', '0.5', '0.731', '1', '-0.4', '-1', '1.000000001'])),
    gamma: ratio('0.02'),
    theta: ratio(dice.one(['-0.05', '-0.013', '0', '0.01'])),
    vega: ratio('0.1'),
    source: dice.one(['feed', 'computed'] as const),
    at: before(dice.one([0, 500, 9_000, 59_999, 60_000, 60_001, -1_000, -1_001])),
  };
  return { ...mark, option };
}

const TODAY = Math.floor(NOW / 86_400_000);

/** Histories are dear to lay side by side: a few sets of profiles serve all accounts. */
function profilesOf(dice: Dice): ReadonlyMap<string, InstrumentProfile> {
  return new Map(
    PLAIN.filter(() => !dice.rarely(12)).map((symbol) => {
      const days = dice.one([250, 250, 250, 247, 60, 0]);
      const wild = dice.one([1_000, 20_000, 90_000]);
      const volume = dice.one(['1000000', '50000000', '49999999.999999999', '500000', '499999.999999999']);
      const profile: InstrumentProfile = {
        symbol,
        asOf: NOW,
        ...(dice.rarely(20) ? {} : { averageVolume20: quantity(dice.one(['1000000', '10000', '9999.999999999'])) }),
        ...(dice.rarely(20) ? {} : { averageDollarVolume20: money(volume) }),
        ...(dice.rarely(20) ? {} : { dailyVolatility60: ratio(dice.one(['0.01', '0.033333333', '0.033333334', '0.05', '0.4'])) }),
        ...(dice.rarely(3) ? { beta: ratio(dice.one(['0.5', '1.3'])) } : {}),
        dailyReturns: {
          days: Array.from({ length: days }, (_, day) => TODAY - days + day).filter((day) => day % 97 !== 0),
          millionths: Array.from({ length: days }, (_, day) => TODAY - days + day)
            .filter((day) => day % 97 !== 0)
            .map(() => dice.below(2 * wild) - wild),
        },
      };
      return [symbol, profile] as const;
    }),
  );
}

const PROFILE_SETS = Array.from({ length: 24 }, (_, index) => profilesOf(new Dice(1_000 + index)));

function instrumentsOf(dice: Dice): ReadonlyMap<string, Instrument> {
  const step = price('0.000000001');
  return new Map(
    SYMBOLS.map((symbol) => {
      const { sector: _sector, easyToBorrow: _easy, ...plain } = ACME;
      const instrument: Instrument = {
        ...plain,
        symbol,
        tick: step,
        broad: symbol === 'BROAD',
        ...(dice.rarely(4) ? {} : { easyToBorrow: true }),
        ...(dice.rarely(4) ? {} : { sector: dice.one(['Energy', 'Industrials']) }),
        ...(dice.rarely(20) ? { overTheCounter: true } : {}),
        ...(dice.rarely(20) ? { leveraged: true } : {}),
      };
      return [symbol, instrument] as const;
    }),
  );
}

function openOrdersOf(dice: Dice): readonly OpenOrderView[] {
  const count = dice.rarely(3) ? dice.below(8) : dice.below(3);
  return Array.from({ length: count }, (_, index) => {
    const id = index === 6 ? 'intent' : `open-${index}`;
    const intent = randomIntent(dice, id);
    const remaining = (intent.quantity / BigInt(1 + dice.below(3))) as Quantity;
    return {
      id,
      intent,
      remaining,
      heldByBroker: dice.rarely(2),
      ...(dice.rarely(12) ? { unknownSince: before(dice.one([0, 30_000, 30_001])) } : {}),
    };
  });
}

const positionsOf = (dice: Dice) =>
  bySymbol(
    ...Array.from({ length: dice.below(4) }, () => {
      const symbol = dice.one(SYMBOLS);
      const size = unitsOf(dice, symbol);
      return { symbol, quantity: (dice.rarely(10) ? 0n : dice.rarely(4) ? -size : size) as Quantity, averagePrice: priceOf(dice) };
    }),
  );

function limitsOf(dice: Dice): Limits {
  const roomy = dice.rarely(2);
  return {
    ...DEFAULT_LIMITS,
    openPositionsMax: dice.one([1, 2, 20, 20]),
    openOrdersSymbolMax: dice.one([1, 5, 5]),
    openOrdersMax: dice.one([3, 50]),
    repeatedExecutionMax: dice.one([2, 10]),
    orderRateStrategyMinuteMax: dice.one([1, 20]),
    shortExposureRatioMax: dice.one([ratio('0'), ratio('0.3'), ratio('0.5')]),
    ...(roomy
      ? {
          orderRiskRatioMax: (ratio('0.05') - BigInt(dice.below(9))) as Ratio,
          orderVolumeRatioMax: ratio('0.1'),
          concentrationRatioMax: ratio('0.5'),
          sectorUnknownRatioMax: ratio('0.3'),
          grossExposureRatioMax: ratio('2'),
          portfolioHeatRatioMax: ratio('0.2'),
          valueAtRiskRatioMax: ratio('0.1'),
          expectedShortfallRatioMax: ratio('0.1'),
        }
      : {}),
  };
}

function requestsOf(dice: Dice, intent: OrderIntent): readonly OrderRequest[] {
  return Array.from({ length: dice.rarely(3) ? dice.below(14) : dice.below(3) }, () => ({
    at: before(dice.one([0, 999, 1_000, 4_999, 5_000, 30_000, 59_999, 60_000])),
    by: dice.one(['owner', 'strategy:s1', 'strategy:s2', 'agent:a1']),
    symbol: dice.one([intent.symbol, 'CORP']),
    side: dice.one(['buy', 'sell'] as const),
    quantity: dice.rarely(2) ? intent.quantity : sizeOf(dice),
    ...(intent.limitPrice !== undefined && dice.rarely(2) ? { limitPrice: intent.limitPrice } : {}),
    ...(intent.stopPrice !== undefined && dice.rarely(2) ? { stopPrice: intent.stopPrice } : {}),
    entry: !dice.rarely(3),
    approved: dice.rarely(2),
  }));
}

const executedOf = (dice: Dice, { symbol, side }: OrderIntent): readonly OrderExecuted[] =>
  Array.from({ length: dice.rarely(4) ? dice.below(12) : 0 }, () => ({
    at: before(dice.one([0, 599_999, 600_000])),
    strategyId: dice.one(['s1', 's2']),
    symbol: dice.one([symbol, symbol, 'CORP']),
    side: dice.one([side, side, 'buy' as const]),
  }));

const pausesOf = (dice: Dice, { symbol }: OrderIntent): readonly Brake[] =>
  Array.from({ length: dice.rarely(8) ? 1 : 0 }, () => ({
    code: 'Pause',
    scope: dice.one([
      { kind: 'account' },
      { kind: 'symbol', symbol },
      // What options in these accounts follow.
      { kind: 'symbol', symbol: 'ACME' },
      { kind: 'symbol', symbol: 'CORP' },
      { kind: 'strategy', strategyId: 's1' },
      { kind: 'strategy', strategyId: 's2' },
    ] as const),
    effect: 'entries-off',
    since: before(1),
    because: 'generated',
    by: 'user:dice',
    reset: 'person',
  }));

const brakesOf = (dice: Dice): readonly Brake[] =>
  Array.from({ length: dice.rarely(8) ? 1 + dice.below(2) : 0 }, (_, index) => ({
    code: dice.one(['Volatility', 'Rejects', 'FeedGap'] as const),
    scope: dice.one([
      { kind: 'account' },
      { kind: 'symbol', symbol: 'ACME' },
      { kind: 'symbol', symbol: 'CORP' },
      { kind: 'strategy', strategyId: 's1' },
    ] as const),
    effect: dice.one(['half', 'entries-off'] as const),
    since: before(index),
    because: 'generated',
    reset: 'automatic',
  }));

const sessionOf = (dice: Dice, open: boolean) => {
  if (dice.rarely(open ? 30 : 2)) return undefined;
  const edge = dice.rarely(12) ? dice.one([119_999, 120_000, 120_001]) : 9_000_000;
  return { openAt: before(edge), closeAt: instantFromMs(NOW + (dice.rarely(12) ? dice.one([119_999, 120_000]) : 9_000_000)) };
};

const strategiesOf = (dice: Dice) =>
  new Map(
    ['s1', 's2'].slice(0, dice.rarely(20) ? 1 : 2).map((id) => {
      const holdings = new Map(
        Array.from(
          { length: dice.below(3) },
          () => [dice.one(PLAIN), (dice.rarely(3) ? -sizeOf(dice) : sizeOf(dice)) as Quantity] as const,
        ),
      );
      return [id, { id, version: 'v1', allocation: ratio(dice.one(['1', '0.4', '0.1', '0.333333333', '0'])), holdings }] as const;
    }),
  );

const liveGateOf = (dice: Dice) => ({
  promotions: new Map([['s1', { version: 'v1', paperDays: dice.one([19, 20, 40]) }]]),
  traders: new Set(dice.rarely(4) ? [] : ['owner']),
});

/** What is missing now and then, each alone. */
function accountOf(dice: Dice): Pick<RiskContext, 'equity' | 'equityAt' | 'buyingPower' | 'cash'> {
  return {
    equity: dice.rarely(40) ? undefined : money(dice.one(['100000', '100000', '1000000', '33333.333333333', '0'])),
    equityAt: dice.rarely(40) ? undefined : before(dice.rarely(10) ? dice.one([60_000, 60_001, -1_000, -1_001]) : 0),
    ...(dice.rarely(2) ? { cash: money(dice.one(['50000', '5000', '-1'])) } : {}),
    buyingPower: dice.rarely(40) ? undefined : money(dice.one(['100000', '10000', '11111.111111111', '400000', '0'])),
  };
}

const layersOf = (dice: Dice): LimitLayers => {
  const none: LimitLayers = new Map();
  const strategy = withLayer(none, 'strategy:s1', 'openPositionsMax', 1 + dice.below(30));
  return withLayer(strategy, 'agent:a1', 'orderNotionalRatioMax', ratio(dice.one(['0.05', '0.2'])));
};

const rest = (dice: Dice): Partial<RiskContext> => {
  const marketOpen = !dice.rarely(8);
  const list = (times: number): ReadonlySet<string> => new Set(dice.rarely(times) ? [dice.one(SYMBOLS), dice.one(SYMBOLS)] : []);
  return {
    marketOpen,
    session: sessionOf(dice, marketOpen),
    mode: dice.one(['simulated', 'paper', 'live'] as const),
    halted: list(20),
    clockSkewMs: dice.rarely(12) ? dice.one([undefined, 1_001, -1_001]) : dice.one([0, 1_000, -1_000]),
    shortingEnabled: !dice.rarely(8),
    restrictions: { denied: list(20), allowed: list(30), excepted: list(4) },
    differences: dice.rarely(12) ? [{ what: 'cash', since: before(dice.one([5_000, 5_001])) }] : [],
    layers: dice.rarely(4) ? layersOf(dice) : new Map(),
    ...(dice.rarely(3)
      ? {}
      : {
          options: {
            contracts: CONTRACTS,
            deltas: new Map([
              [CALL, ratio('0.5')],
              [EXPIRED, ratio('-0.4')],
              [TOMORROW, ratio('0.7')],
            ]),
          },
        }),
    feeRate: ratio(dice.one(['0', '0.001', '0.01'])),
  };
};

/** An account in which something may be wrong, for an order. */
export function randomContext(dice: Dice, intent: OrderIntent): RiskContext {
  return contextOf({
    tradingState: dice.rarely(6) ? dice.one(TRADING_STATES) : 'ACTIVE',
    ...accountOf(dice),
    positions: positionsOf(dice),
    openOrders: openOrdersOf(dice),
    ...(dice.rarely(8) ? { carried: (intent.quantity / BigInt(2 + dice.below(3))) as Quantity } : {}),
    marks: new Map(SYMBOLS.filter(() => !dice.rarely(40)).map((symbol) => [symbol, optionMarkOf(dice, symbol)])),
    profiles: dice.one(PROFILE_SETS),
    instruments: instrumentsOf(dice),
    limits: limitsOf(dice),
    activity: { requests: requestsOf(dice, intent), executed: executedOf(dice, intent) },
    strategies: strategiesOf(dice),
    brakes: [...brakesOf(dice), ...pausesOf(dice, intent)],
    liveGate: liveGateOf(dice),
    ...rest(dice),
  });
}
