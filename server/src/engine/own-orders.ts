import type { Order, OrderIntent } from '../orders/order.ts';
import type { EngineState } from './state.ts';
import { waitingOf } from './recommending.ts';
import { openOrders, trackingOf } from './turn.ts';

/** Where a strategy's wishes of one symbol wait. */
export const deferredKey = (strategyId: string, symbol: string): string => `${strategyId} ${symbol}`;

/** Whether a strategy wanted the order, by a target, a statement or an exit of what it holds. */
export const isStrategys = ({ origin }: OrderIntent, strategyId: string): boolean =>
  origin.kind === 'strategy' && origin.strategyId === strategyId;

/** Nothing of a strategy's waits for the end of another order. */
export const withoutWishes = (
  { deferredTargets, deferredOrders }: EngineState,
  strategyId: string,
): Pick<EngineState, 'deferredTargets' | 'deferredOrders'> => ({
  deferredTargets: new Map([...deferredTargets].filter(([, target]) => target.strategyId !== strategyId)),
  deferredOrders: new Map([...deferredOrders].filter(([, [first]]) => first === undefined || !isStrategys(first.intent, strategyId))),
});

/** Orders of this strategy on the symbol that may still fill, oldest first. */
export const ownOpenOrders = (state: EngineState, strategyId: string, symbol: string): readonly Order[] =>
  openOrders(state).filter(({ intent }) => intent.symbol === symbol && isStrategys(intent, strategyId) && intent.leg === undefined);

/** The strategy's own number of an order that it stated itself; `undefined` for what a target led to. */
export const orderNumberOf = ({ origin }: OrderIntent): number | undefined => (origin.kind === 'strategy' ? origin.orderNumber : undefined);

/** What of this strategy waits or rests on each symbol, or waits for a person, as a backtest counts it: what it has cancelled counts no more. */
export function workingOf(state: EngineState, strategyId: string, symbols: readonly string[]): readonly number[] {
  const resting = new Map<string, number>();
  const open = openOrders(state);
  const replaced = new Set(open.flatMap(({ intent }) => intent.replaces ?? []));
  for (const { id, intent } of open) {
    if (intent.origin.kind !== 'strategy' || intent.origin.strategyId !== strategyId || trackingOf(state, id).cancelWanted) continue;
    if (intent.protects === true || intent.leg !== undefined || replaced.has(id)) continue;
    resting.set(intent.symbol, (resting.get(intent.symbol) ?? 0) + 1);
  }
  for (const { symbol } of state.strategies.get(strategyId)?.shadow?.waiting ?? []) resting.set(symbol, (resting.get(symbol) ?? 0) + 1);
  for (const { intent } of waitingOf(state, strategyId)) resting.set(intent.symbol, (resting.get(intent.symbol) ?? 0) + 1);
  return symbols.map((symbol) => {
    const key = deferredKey(strategyId, symbol);
    return (resting.get(symbol) ?? 0) + (state.deferredTargets.has(key) ? 1 : 0) + (state.deferredOrders.get(key)?.length ?? 0);
  });
}
