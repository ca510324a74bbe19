import type { Quantity } from '../money/fixed.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { ACCOUNT_OWNER, holdingOf } from '../positions/sub-ledgers.ts';
import { couldTradeTogether } from '../risk/wash-trade.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { EngineState } from './state.ts';
import { openOrders, raise, trackingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Members of a family and trailing stops may stand against others at the broker. */
const isExempt = ({ type, orderClass, leg }: OrderIntent): boolean =>
  type === 'trailing_stop' || orderClass !== undefined || leg !== undefined;

/** Open orders of the account that a new one could trade with, whoever wanted them: the broker would refuse it as a wash trade. */
export function opposing(state: EngineState, intent: OrderIntent): readonly Order[] {
  if (isExempt(intent)) return [];
  return openOrders(state).filter(
    (order) =>
      order.id !== intent.id &&
      order.id !== intent.replaces &&
      order.intent.symbol === intent.symbol &&
      !isExempt(order.intent) &&
      couldTradeTogether(order.intent, intent),
  );
}

/** An order that ends in a moment: at the market, priced through it, or being cancelled. */
export function isPassing(state: EngineState, { id, intent }: Order): boolean {
  if (intent.type === 'market' || trackingOf(state, id).cancelWanted) return true;
  const price = state.marks.get(intent.symbol)?.price;
  if (intent.type !== 'limit' || intent.limitPrice === undefined || price === undefined) return false;
  return intent.side === 'buy' ? intent.limitPrice >= price : intent.limitPrice <= price;
}

/** How far an owner's units of a symbol may go either way, if everything fills that is open or held back behind a closing part. */
function reachOf(state: EngineState, owner: string, symbol: string): { readonly least: bigint; readonly most: bigint } {
  let least: bigint = holdingOf(state.ledgers, owner, symbol);
  let most = least;
  const count = ({ side, quantity }: OrderIntent, filled: bigint): void => {
    if (side === 'buy') most += quantity - filled;
    else least -= quantity - filled;
  };
  for (const { intent, filledQuantity } of openOrders(state)) {
    // Of a family's exits and of one that takes another's place no more fills than of the first.
    const counts = intent.leg === undefined && intent.replaces === undefined;
    if (counts && intent.symbol === symbol && ownerOf(intent) === owner) count(intent, filledQuantity);
  }
  for (const intent of state.heldIntents.values()) if (intent.symbol === symbol && ownerOf(intent) === owner) count(intent, 0n);
  return { least, most };
}

/** Another owner who holds the other side of what is desired, or whose open orders could lead there: the first by id. `''` is the account itself. */
export function opposedBy(state: EngineState, owner: string, symbol: string, desired: Quantity): string | undefined {
  if (desired === 0n) return undefined;
  return [...new Set([ACCOUNT_OWNER, ...state.ledgers.keys(), ...state.strategies.keys()])].toSorted().find((other) => {
    if (other === owner) return false;
    const { least, most } = reachOf(state, other, symbol);
    return desired > 0n ? least < 0n : most > 0n;
  });
}

/** Whether orders of others on the symbol end in a moment: who holds what is then known. */
export const isUnsettled = (state: EngineState, owner: string, symbol: string): boolean =>
  openOrders(state).some((order) => order.intent.symbol === symbol && ownerOf(order.intent) !== owner && isPassing(state, order));

/** One symbol has one direction on an account: what would open against another owner is not sent. */
export function tellOpposed(turn: Turn, { name }: StrategyConfig, symbol: string, subject: string, opponent: string): void {
  const other = opponent === ACCOUNT_OWNER ? 'the account itself' : `strategy ${opponent}`;
  const detail = `${other} holds the other side of ${symbol}: the broker would only make that smaller, and whoever leaves last would have to open a position to get out. Only what closes is sent.`;
  raise(turn, 'OppositeHolding', subject, 'warning', `${name} may not open ${symbol} against another owner`, detail);
}

const ownerOf = ({ origin }: OrderIntent): string => (origin.kind === 'strategy' ? origin.strategyId : ACCOUNT_OWNER);
