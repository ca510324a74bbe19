import { divide, ratioFromNumber, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import { abs, add, negate, roundToLot, scale, subtract, unitsFor, ZERO_QUANTITY } from '../money/money.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { StrategyConfig, Target } from '../strategies/strategy.ts';
import { submitIntent } from './intents.ts';
import type { DeferredTarget, EngineState, Signal, StrategySlot } from './state.ts';
import { change, openOrders, trackingOf, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';
import { requestCancel } from './cancel.ts';

const ONE_UNIT = UNITS_PER_ONE as Quantity;

/** Why a target cannot be turned into units. */
export type Unsizable = 'no close at the signal' | 'no equity at the signal';

/**
 * Signed units of a target: exposure × size policy, toward zero to whole units or to the instrument's lot.
 * `equity`: exposure × fraction × equity at the signal ÷ close at the signal.
 */
export function desiredUnits(config: StrategyConfig, target: Target, signal: Signal | undefined, lot: Quantity): Quantity | Unsizable {
  const exposure = ratioFromNumber(target.exposure);
  const step = config.wholeUnits ? ONE_UNIT : lot;
  if (exposure === 0n) return ZERO_QUANTITY;
  if (config.size.kind === 'units') return roundToLot(scale(config.size.units, exposure, 'toward-zero'), step);
  const close = signal?.closes.get(target.symbol);
  if (signal === undefined || close === undefined) return 'no close at the signal';
  if (signal.equity <= 0n) return 'no equity at the signal';
  return roundToLot(unitsOf(signal.equity, config.size.fraction, exposure, close), step);
}

/** equity × fraction × exposure ÷ close in one division, so that nothing is rounded twice. */
const unitsOf = (equity: Money, fraction: Ratio, exposure: Ratio, close: Price): Quantity =>
  exposure === ratioFromNumber(1)
    ? unitsFor(scale(equity, fraction, 'toward-zero'), close)
    : (divide(equity * fraction * exposure, close * UNITS_PER_ONE, 'toward-zero') as Quantity);

/** Orders of this strategy on the symbol that may still fill. */
const ownOpenOrders = (state: EngineState, strategyId: string, symbol: string) =>
  openOrders(state).filter(
    ({ intent }) => intent.symbol === symbol && intent.origin.kind === 'strategy' && intent.origin.strategyId === strategyId,
  );

export const deferredKey = (strategyId: string, symbol: string): string => `${strategyId} ${symbol}`;

/**
 * Bring a strategy's own holding to what it desires. Where older orders of its own are still open they are cancelled first, and the target
 * waits for their end: two opposite orders of one account would be a wash trade.
 */
export function rebalanceTo(turn: Turn, slot: StrategySlot, target: DeferredTarget): void {
  const { strategyId, symbol, desired } = target;
  const pending = ownOpenOrders(turn.state, strategyId, symbol);
  if (pending.length > 0) {
    const pendingNet = pending.reduce(
      (net, order) => {
        const left = subtract(order.intent.quantity, order.filledQuantity);
        return add(net, order.intent.side === 'buy' ? left : negate(left));
      },
      slot.holdings.get(symbol) ?? ZERO_QUANTITY,
    );
    const held = pending.some((order) => turn.state.heldIntents.has(order.id));
    if (!held && pendingNet === desired && pending.every((order) => !trackingOf(turn.state, order.id).cancelWanted)) return;
    change(turn, { deferredTargets: withEntry(turn.state.deferredTargets, deferredKey(strategyId, symbol), target) });
    for (const order of pending) requestCancel(turn, order);
    return;
  }
  const delta = subtract(desired, slot.holdings.get(symbol) ?? ZERO_QUANTITY);
  if (delta === 0n) return;
  submitIntent(turn, intentOf(turn.state, slot.config, target, delta));
}

function intentOf(state: EngineState, config: StrategyConfig, target: DeferredTarget, delta: Quantity): OrderIntent {
  const stem = `${config.id}-${target.barAt}-${target.symbol}`;
  let count = 1;
  while (state.orders.has(`${stem}-${count}`)) count += 1;
  return {
    id: `${stem}-${count}`,
    symbol: target.symbol,
    side: delta > 0n ? 'buy' : 'sell',
    quantity: abs(delta),
    type: 'market',
    timeInForce: 'day',
    reduceOnly: false,
    origin: { kind: 'strategy', strategyId: config.id, version: config.version },
    reason: target.reason,
    createdAt: state.now,
  };
}
