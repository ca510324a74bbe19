import { sampleShare } from '../../instruments/sample-instrument.ts';
import { money, price, priceFromNumber, quantity, ratio } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { BrokerAccount, BrokerOrder, BrokerPosition } from '../../orders/broker.ts';
import type { Order, OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import type { Limits } from '../../risk/limits.ts';
import type { InstrumentProfile } from '../../risk/types.ts';
import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';
import type { Effect } from '../effects.ts';
import type { EngineEvent, EngineOptions } from '../events.ts';
import { initialState } from '../initial-state.ts';
import { assertState } from '../invariants.ts';
import type { EngineState } from '../state.ts';
import { step } from '../step.ts';

/** Noon of a trading day. */
export const NOON = instantFromMs(Date.UTC(2024, 2, 4, 17));

export const ALDER = sampleShare('ALDR', { name: 'Synthetic Alder', easyToBorrow: true, sector: 'Materials' });

const DAY = Math.floor(NOON / 86_400_000);

/** A year of days that moved by a half percent, up and down, on a million shares. */
const ALDER_PROFILE: InstrumentProfile = {
  symbol: 'ALDR',
  averageVolume20: quantity('1000000'),
  averageDollarVolume20: money('10000000'),
  dailyVolatility60: ratio('0.005'),
  dailyReturns: {
    days: Array.from({ length: 250 }, (_, index) => DAY - 250 + index),
    millionths: Array.from({ length: 250 }, (_, index) => (index % 2 === 0 ? 5_000 : -5_000)),
  },
  asOf: NOON,
};

export const ACCOUNT: BrokerAccount = {
  accountNumber: 'A1',
  cash: money('100000'),
  equity: money('100000'),
  buyingPower: money('200000'),
  tradable: true,
  shortingEnabled: true,
};

const OPTIONS: EngineOptions = {
  mode: 'paper',
  accountId: 'A1',
  feeRateEstimate: money('0'),
  collarMarketOrders: false,
  initialTradingState: 'ACTIVE',
};

export const STRATEGY: StrategyConfig = {
  id: 's1',
  name: 'One',
  version: 'v1',
  source: 'test',
  parameters: {},
  symbols: ['ALDR'],
  timeframe: '1Day',
  allocation: ratio('1'),
  size: { kind: 'units', units: quantity('10') },
  wholeUnits: true,
};

/** What a broker says of an order in the course of its life. */
export interface Said {
  readonly event: string;
  readonly status?: string;
  readonly filled?: string;
  readonly average?: string;
  /** Quantity and price of this execution, and its id. */
  readonly execution?: readonly [quantity: string, price: string, id: string];
  /** Milliseconds after noon: the broker's own time of the order. */
  readonly at?: number;
}

/** An engine in a test: gives it events, keeps its effects, checks its books after each. */
export interface Desk {
  state: EngineState;
  readonly effects: Effect[];
  /** The effects of the last event. */
  last: readonly Effect[];
  give(...events: readonly EngineEvent[]): void;
  order(id: string): Order;
  ticket(id: string, change?: Partial<OrderIntent>): void;
  says(orderId: string, ...said: readonly Said[]): void;
  /** One filled ticket: a position to start with. */
  hold(size: string, at?: string): void;
  mark(at: string | number): void;
  /** A bar closes and the strategy answers with wishes. */
  wish(day: number, close: number, ...wishes: readonly Wished[]): void;
  /** A bar closes and the strategy answers with an exposure. */
  decide(day: number, close: number, exposure: number | undefined): void;
  reconcile(positions?: readonly BrokerPosition[], openOrders?: readonly BrokerOrder[], account?: Partial<BrokerAccount>): void;
  kinds(): readonly string[];
}

export const ticketIntent = (id: string, change: Partial<OrderIntent> = {}): OrderIntent => ({
  id,
  symbol: 'ALDR',
  side: 'buy',
  quantity: quantity('100'),
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: price('100'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'ada' },
  reason: 'test',
  createdAt: NOON,
  ...change,
});

/** A person asks for an order in the place of another: the intent says which. */
export const requestReplace = (desk: Desk, intent: OrderIntent): void =>
  desk.give({ kind: 'ReplaceRequested', at: desk.state.now, by: 'user:ada', intent });

export const reportOf = (order: Order, { status, event, filled = '0', average, at = 0 }: Said): BrokerOrder => ({
  brokerOrderId: `broker-${order.id}`,
  clientOrderId: order.id,
  symbol: order.intent.symbol,
  side: order.intent.side,
  type: order.intent.type,
  timeInForce: order.intent.timeInForce,
  quantity: order.intent.quantity,
  filledQuantity: quantity(filled),
  ...(average === undefined ? {} : { averagePrice: price(average) }),
  status: status ?? event,
  updatedAt: instantFromMs(NOON + at),
});

export const updateOf = (order: Order, said: Said): EngineEvent => {
  const [size, paid, executionId] = said.execution ?? [];
  const at = instantFromMs(NOON + (said.at ?? 0));
  const execution =
    size === undefined || paid === undefined || executionId === undefined
      ? {}
      : { execution: { executionId, quantity: quantity(size), price: price(paid), at } };
  return { kind: 'OrderUpdated', at, update: { event: said.event, order: reportOf(order, said), ...execution } };
};

export function openDesk(limits: Limits = UNLIMITED, options: Partial<EngineOptions> = {}): Desk {
  const desk: Desk = {
    state: initialState({ ...OPTIONS, ...options }, limits),
    effects: [],
    last: [],
    give: (...events) => {
      for (const event of events) {
        const { state, effects } = step(desk.state, event);
        desk.state = state;
        desk.last = effects;
        desk.effects.push(...effects);
        assertState(state);
      }
    },
    order: (id) => {
      const order = desk.state.orders.get(id);
      if (order === undefined) throw new Error(`no order ${id}; there are ${[...desk.state.orders.keys()].join(', ')}`);
      return order;
    },
    ticket: (id, change) => desk.give({ kind: 'OrderRequested', at: desk.state.now, by: 'user:ada', intent: ticketIntent(id, change) }),
    says: (orderId, ...said) => {
      for (const each of said) desk.give(updateOf(desk.order(orderId), each));
    },
    hold: (size, at = '100') => {
      const id = `hold-${desk.state.orders.size}`;
      const side = size.startsWith('-') ? 'sell' : 'buy';
      const shares = size.replace('-', '');
      desk.ticket(id, { side, quantity: quantity(shares), limitPrice: price(at) });
      desk.says(id, { event: 'fill', filled: shares, execution: [shares, at, `fill-${id}`] });
    },
    mark: (at) => {
      const now = instantFromMs(desk.state.now + 1000);
      const value: Price = typeof at === 'number' ? priceFromNumber(at) : price(at);
      desk.give({ kind: 'Marked', at: now, marks: [{ symbol: 'ALDR', mark: { price: value, at: now, basis: 'trade' } }] });
    },
    decide: (day, close, exposure) => {
      desk.wish(day, close, ...(exposure === undefined ? [] : [{ symbol: 'ALDR', exposure, reason: 'test' }]));
    },
    wish: (day, close, ...targets) => {
      const closedAt = instantFromMs(NOON + day * 86_400_000);
      const startAt = instantFromMs(closedAt - 17 * 3_600_000);
      const bar = { symbol: 'ALDR', timeframe: '1Day', startAt, open: close, high: close, low: close, close, volume: 1 } as const;
      desk.give(
        { kind: 'BarsClosed', at: closedAt, timeframe: '1Day', bars: [bar] },
        { kind: 'StrategyDecided', at: closedAt, decision: { strategyId: 's1', version: 'v1', barAt: closedAt, targets } },
      );
    },
    reconcile: (positions, openOrders = [], account = {}) => {
      const held: readonly BrokerPosition[] = [...desk.state.positions.values()].map(({ symbol, quantity: size, averagePrice }) => ({
        symbol,
        quantity: size,
        averagePrice,
      }));
      const cash = { cash: desk.state.openingCash === undefined ? ACCOUNT.cash : desk.state.cash };
      desk.give({
        kind: 'Reconciled',
        at: desk.state.now,
        account: { ...ACCOUNT, ...cash, ...account },
        positions: positions ?? held,
        openOrders,
      });
    },
    kinds: () => desk.last.map(({ kind }) => kind),
  };
  desk.give(
    { kind: 'InstrumentListed', at: NOON, instrument: ALDER },
    { kind: 'InstrumentsProfiled', at: NOON, profiles: [ALDER_PROFILE] },
    { kind: 'BrokerConnected', at: NOON },
    { kind: 'ClockSkewMeasured', at: NOON, skewMs: 0 },
  );
  desk.reconcile();
  desk.give({ kind: 'SessionOpened', at: NOON, date: '2024-03-04' });
  desk.give(
    { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config: STRATEGY },
    { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's1' },
  );
  desk.mark('100');
  return desk;
}

export const held = (desk: Desk, owner: 's1' | 'account' = 'account'): Quantity | undefined =>
  owner === 's1' ? desk.state.strategies.get('s1')?.holdings.get('ALDR') : desk.state.positions.get('ALDR')?.quantity;
