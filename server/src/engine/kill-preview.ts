import { CalendarRangeError, nextOpenAt } from '../instruments/calendar.ts';
import { worthOf } from '../instruments/worth.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs } from '../money/money.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { collaredLimit } from '../risk/controls/price-collar.ts';
import { evaluate } from '../risk/gate.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { flattenIntent } from './flattening.ts';
import { riskContext } from './risk-context.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { holdingsOf, isCovered } from './strategy-kill.ts';
import { openOrders } from './turn.ts';

/** An order that would close a position, exactly as it would be sent. */
export interface ClosingOrder {
  readonly intent: Pick<OrderIntent, 'symbol' | 'side' | 'quantity' | 'type' | 'timeInForce'>;
  readonly reference: Price | undefined;
  readonly value: Money | undefined;
  /** A way out is a market order and has no limit; a limit in its place could not be worse than this. */
  readonly collarPrice: Price | undefined;
  /** Open orders of the symbol that must have ended before. */
  readonly after: number;
  /** Why it would not be sent, each in one sentence. */
  readonly problems: readonly string[];
}

/** What the kill switch would do now. */
export interface KillPreview {
  /** Orders that would be cancelled, whatever is chosen. */
  readonly cancels: readonly Order[];
  /** Exits that stay where a strategy is frozen, and are cancelled where it is flattened. */
  readonly kept: readonly Order[];
  readonly flattens: readonly ClosingOrder[];
  readonly marketOpen: boolean;
  /** When closing orders would be sent; `undefined`: at once, or no calendar says. */
  readonly sentAt: Instant | undefined;
  readonly note: string;
}

function opensAt({ now, marketOpen }: EngineState): Instant | undefined {
  if (marketOpen) return undefined;
  try {
    return nextOpenAt(now);
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

const noteOf = ({ marketOpen }: EngineState): string =>
  marketOpen
    ? 'The market is open: cancels and closing orders are sent at once, a closing order after the orders of its symbol have ended.'
    : 'The market is closed: cancels are sent at once; closing orders are sent when it opens next, for what is held then.';

type Figures = Omit<ClosingOrder, 'intent' | 'problems'>;

function figuresOf(state: EngineState, { symbol, side, quantity }: OrderIntent, after: number): Figures {
  const mark = state.marks.get(symbol);
  const instrument = state.instruments.get(symbol);
  return {
    reference: mark?.price,
    value: mark === undefined ? undefined : worthOf(symbol, quantity, mark.price),
    collarPrice: mark === undefined || instrument === undefined ? undefined : collaredLimit(side, mark, instrument, UNLIMITED),
    after,
  };
}

const ordersOf = (state: EngineState, symbol: string, wanted: (order: Order) => boolean = () => true): number =>
  openOrders(state).filter((order) => order.intent.symbol === symbol && wanted(order)).length;

/** What the gate would say once the account is stopped and its orders have ended. */
function gateProblems(state: EngineState, intent: OrderIntent): readonly string[] {
  const context = { ...riskContext(state), tradingState: 'HALTED' as const, openOrders: [] };
  return evaluate(intent, context).decision.denials.map(({ message }) => message);
}

/** For the whole account: exact orders, by the same code that would make them. */
export function accountKillPreview(state: EngineState): KillPreview {
  const stop = { by: 'preview', reason: 'preview', at: state.now };
  const flattens = [...state.positions.keys()].sort().flatMap((symbol): ClosingOrder[] => {
    const intent = flattenIntent(state, symbol, stop);
    if (intent === undefined) return [];
    return [{ intent, ...figuresOf(state, intent, ordersOf(state, symbol)), problems: gateProblems(state, intent) }];
  });
  return { cancels: openOrders(state), kept: [], flattens, marketOpen: state.marketOpen, sentAt: opensAt(state), note: noteOf(state) };
}

function closingOf(state: EngineState, { id, version }: StrategySlot['config'], symbol: string, held: Quantity): ClosingOrder {
  const intent: OrderIntent = {
    id: `preview-${id}-${symbol}`,
    symbol,
    side: held > 0n ? 'sell' : 'buy',
    quantity: abs(held),
    type: 'market',
    timeInForce: 'day',
    reduceOnly: true,
    origin: { kind: 'strategy', strategyId: id, version },
    reason: 'preview',
    createdAt: state.now,
  };
  const isOwn = ({ intent: { origin } }: Order): boolean => origin.kind === 'strategy' && origin.strategyId === id;
  const problems = isCovered(state, symbol, held)
    ? []
    : [`Others hold ${symbol} the other way, so that closing it would open a position of the account: it stays.`];
  return { intent, ...figuresOf(state, intent, ordersOf(state, symbol, isOwn)), problems };
}

/** For one strategy: its own orders and holdings, and nobody else's. */
export function strategyKillPreview(state: EngineState, { config }: Pick<StrategySlot, 'config'>): KillPreview {
  const own = openOrders(state).filter(({ intent: { origin } }) => origin.kind === 'strategy' && origin.strategyId === config.id);
  return {
    cancels: own.filter(({ intent }) => intent.protects !== true),
    kept: own.filter(({ intent }) => intent.protects === true),
    flattens: holdingsOf(state, config.id).map(([symbol, held]) => closingOf(state, config, symbol, held)),
    marketOpen: state.marketOpen,
    sentAt: opensAt(state),
    note: `${noteOf(state)} Frozen, the strategy keeps what it holds with the exits that protect it; flattened, these are cancelled first.`,
  };
}
