import { abs } from '../money/money.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { submitIntent } from './intents.ts';
import type { EngineState, Flattening } from './state.ts';
import { change, closeAlert, isOpen, raise } from './turn.ts';
import type { Turn } from './turn.ts';

const hasOpenOrders = (state: EngineState, symbol: string): boolean => {
  for (const order of state.orders.values()) if (order.intent.symbol === symbol && isOpen(order)) return true;
  return false;
};

/** The order that closes what the account holds of a symbol; `undefined` where it holds none. */
export function flattenIntent(state: EngineState, symbol: string, { by, reason, at }: Flattening): OrderIntent | undefined {
  const position = state.positions.get(symbol);
  if (position === undefined || position.quantity === 0n) return undefined;
  const stem = `flatten-${at}-${symbol}`;
  let count = 1;
  while (state.orders.has(`${stem}-${count}`)) count += 1;
  return {
    id: `${stem}-${count}`,
    symbol,
    side: position.quantity > 0n ? 'sell' : 'buy',
    quantity: abs(position.quantity),
    type: 'market',
    timeInForce: 'day',
    reduceOnly: true,
    origin: { kind: 'flatten', principal: by },
    reason,
    createdAt: state.now,
  };
}

/** The market is closed, and whoever stopped trading was told that closing waits for its open. */
const waits = ({ flattening, marketOpen }: EngineState): boolean => flattening?.waitsForOpen === true && !marketOpen;

/** Close one symbol once none of its orders is open any more: the shares they hold back must be free first. */
function flattenSymbol(turn: Turn, symbol: string): void {
  const { flattening } = turn.state;
  if (flattening === undefined || waits(turn.state) || hasOpenOrders(turn.state, symbol)) return;
  const intent = flattenIntent(turn.state, symbol, flattening);
  if (intent !== undefined) submitIntent(turn, intent);
}

/** Begin, or begin again at a session's open, to close everything that is held. */
export function flattenAll(turn: Turn): void {
  if (turn.state.flattening === undefined) return;
  const symbols = [...turn.state.positions.keys()].sort();
  if (waits(turn.state) && symbols.length > 0) {
    const detail = `The market is closed. At its next open closing orders are sent for ${symbols.join(', ')}, unless trading is released before.`;
    raise(turn, 'FlattenWaits', 'account', 'critical', 'Closing waits for the market', detail);
    return;
  }
  closeAlert(turn, 'FlattenWaits-account', 'engine');
  for (const symbol of symbols) flattenSymbol(turn, symbol);
}

/**
 * After an order's end: go on with its symbol. A flattening order that the broker refused or let expire is not repeated here, so that a
 * refusal cannot loop; the next session's open tries again.
 */
export function continueFlattening(turn: Turn, symbol: string, ended: Order): void {
  if (turn.state.flattening === undefined) return;
  const failed = ended.intent.origin.kind === 'flatten' && ended.state !== 'filled' && TERMINAL_STATES.has(ended.state);
  if (!failed) flattenSymbol(turn, symbol);
  if (turn.state.positions.size === 0) change(turn, { flattening: undefined });
}
