import type { Bar, Timeframe } from '../market-data/bar.ts';
import { priceFromNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { ApprovedOrder } from '../risk/gate.ts';
import type { Wished } from '../strategies/strategy.ts';
import { isAction } from './effects.ts';
import type { Action, Effect } from './effects.ts';
import type { EngineEvent } from './events.ts';
import type { EngineState } from './state.ts';
import { step } from './step.ts';

/** A market that answers at once: each call gives the engine's events that it caused, in order. */
export interface ReplayVenue {
  openSession(at: Instant): readonly EngineEvent[];
  price(symbol: string, price: Price, at: Instant): readonly EngineEvent[];
  closeSession(at: Instant): readonly EngineEvent[];
  submit(order: ApprovedOrder, at: Instant): readonly EngineEvent[];
  cancel(brokerOrderId: string, at: Instant): readonly EngineEvent[];
  replace(brokerOrderId: string, order: ApprovedOrder, at: Instant): readonly EngineEvent[];
  /** An order with its legs, as they are now. */
  family(orderId: string, brokerOrderId: string, at: Instant): readonly EngineEvent[];
}

export type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** Who answers for a strategy: its module, opened in this thread. */
export interface ReplayStrategy {
  readonly version: string;
  decide(ask: Ask): readonly Wished[];
}

export interface ReplayCapabilities {
  readonly venue: ReplayVenue;
  readonly strategies: ReadonlyMap<string, ReplayStrategy>;
  /** The way of a bar's price from its open on, where it is not by rise and fall alone; asked once the open has been passed. */
  readonly wayOf?: (bar: Bar, state: EngineState) => readonly [number, number, number];
  /** Sees every effect as it arises, with the event that caused it. */
  readonly onEffect?: (effect: Effect, cause: EngineEvent) => void;
}

/** What the outside answers to one action. A venue that answers at once leaves nothing to resolve or to reconcile. */
function answer(action: Action, state: EngineState, { venue, strategies }: ReplayCapabilities): readonly EngineEvent[] {
  switch (action.kind) {
    case 'AskStrategy': {
      const strategy = strategies.get(action.strategyId);
      if (strategy === undefined) throw new Error(`Invariant: strategy ${action.strategyId} was opened for the replay`);
      const decision = { strategyId: action.strategyId, version: strategy.version, barAt: action.at, targets: strategy.decide(action) };
      return [{ kind: 'StrategyDecided', at: action.at, decision }];
    }
    case 'SubmitOrder':
      return venue.submit(action.order, state.now);
    case 'CancelOrder':
      return venue.cancel(action.brokerOrderId, state.now);
    case 'ReplaceOrder':
      return venue.replace(action.brokerOrderId, action.order, state.now);
    case 'ReadFamily':
      return venue.family(action.orderId, action.brokerOrderId, state.now);
    case 'ResolveOrder':
    case 'Reconcile':
      return [];
  }
}

/** Give the engine events, and whatever follows from them, until all is quiet. Gives the state after it. */
export function drive(state: EngineState, events: readonly EngineEvent[], capabilities: ReplayCapabilities): EngineState {
  const queue = [...events];
  let current = state;
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    const { state: next, effects } = step(current, event);
    current = next;
    for (const effect of effects) {
      capabilities.onEffect?.(effect, event);
      if (isAction(effect)) queue.push(...answer(effect, current, capabilities));
    }
  }
  return current;
}

const TIMEFRAME_MS: Record<Timeframe, number> = {
  '1Min': 60_000,
  '5Min': 300_000,
  '15Min': 900_000,
  '30Min': 1_800_000,
  '1Hour': 3_600_000,
  '1Day': 86_400_000,
};

/** The last millisecond of a bar that starts at `startAt`: when its close is known, and before the next bar can open. */
export const closeOf = (startAt: Instant, timeframe: Timeframe): Instant => instantFromMs(startAt + TIMEFRAME_MS[timeframe] - 1);

/** When a price inside a bar is passed that starts at `startAt`: before its close, which is therefore the newest price of the bar. */
export const insideOf = (startAt: Instant, timeframe: Timeframe): Instant => instantFromMs(closeOf(startAt, timeframe) - 1);

/** The prices a bar passes after its open: a rising bar goes to its low first, a falling one to its high. */
const byRise = ({ open, high, low, close }: Bar): readonly [number, number, number] =>
  close >= open ? [low, high, close] : [high, low, close];

/** What was held at the open meets the worse of the bar's extremes first: where a bar holds both, a stop counts before a take profit. */
export function worseFirst(bar: Bar, state: EngineState): readonly [number, number, number] {
  const held = state.positions.get(bar.symbol)?.quantity ?? 0n;
  if (held === 0n) return byRise(bar);
  return held > 0n ? [bar.low, bar.high, bar.close] : [bar.high, bar.low, bar.close];
}

/**
 * When the strategies hear of a bar: after its session has closed, so that their orders fill at the next open; or at its last price, so that
 * they fill at the close itself.
 */
export type DecisionTime = 'after-close' | 'at-close';

/**
 * One instant's bars as one session of the venue: they open, pass their extremes and close; orders fill on the way; then the strategies are asked.
 * All bars have the same start and timeframe; there is at least one.
 */
export function replaySlice(state: EngineState, bars: readonly Bar[], when: DecisionTime, capabilities: ReplayCapabilities): EngineState {
  const first = bars[0];
  if (first === undefined) return state;
  const { startAt, timeframe } = first;
  const closeAt = closeOf(startAt, timeframe);
  const { venue } = capabilities;
  let current = drive(state, venue.openSession(startAt), capabilities);
  for (const bar of bars) current = drive(current, venue.price(bar.symbol, priceFromNumber(bar.open), startAt), capabilities);
  const ways = bars.map((bar) => (capabilities.wayOf ?? byRise)(bar, current));
  for (const point of [0, 1, 2] as const) {
    for (const [index, bar] of bars.entries()) {
      const price = ways[index]?.[point] ?? bar.close;
      current = drive(current, venue.price(bar.symbol, priceFromNumber(price), insideOf(startAt, timeframe)), capabilities);
    }
  }
  const closed: EngineEvent = { kind: 'BarsClosed', at: closeAt, timeframe, bars };
  if (when === 'at-close') current = drive(current, [closed], capabilities);
  current = drive(current, venue.closeSession(closeAt), capabilities);
  return when === 'after-close' ? drive(current, [closed], capabilities) : current;
}
