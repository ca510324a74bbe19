import type { Instant } from '../../money/instant.ts';
import type { Action } from '../effects.ts';
import type { EngineEvent } from '../events.ts';
import type { SessionOptions } from '../session.ts';
import type { EngineState } from '../state.ts';
import { openBackground } from './background.ts';
import type { Background } from './background.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { latencyRecorder } from './latencies.ts';
import type { LatencyRecorder } from './latencies.ts';
import { openLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { marketInput } from './market-input.ts';
import type { MarketInput } from './market-input.ts';
import { orderActions } from './order-actions.ts';
import type { OrderActions } from './order-actions.ts';
import { withPassingTime } from './passing-time.ts';
import { openReconciler } from './reconciler.ts';
import type { Reconciler } from './reconciler.ts';
import { openRunners } from './strategy-runners.ts';
import type { Runners } from './strategy-runners.ts';
import { DEFAULT_TIMING } from './timing.ts';
import type { SessionTiming } from './timing.ts';

/** Measures from a bar's arrival to the order that followed from it. */
export interface BarClock {
  readonly arrived: (closedAt: Instant) => void;
  readonly ordered: (cause: EngineEvent) => void;
}

export interface SessionParts {
  readonly loop: Loop;
  readonly market: MarketInput;
  readonly runners: Runners;
  readonly reconciler: Reconciler;
  readonly background: Background;
  readonly barClock: BarClock;
  readonly latencies: LatencyRecorder;
  /** What the order stream said of itself last. */
  readonly stream: { connected: boolean };
  readonly timing: SessionTiming;
}

const BARS_TIMED_MAX = 100;

function barClockOver(latencies: LatencyRecorder, nowMs: () => number): BarClock {
  const arrivals = new Map<number, number>();
  return {
    arrived: (closedAt) => {
      arrivals.set(closedAt, nowMs());
      const [oldest] = arrivals.keys();
      if (arrivals.size > BARS_TIMED_MAX && oldest !== undefined) arrivals.delete(oldest);
    },
    ordered: (cause) => {
      const arrivedMs = cause.kind === 'StrategyDecided' ? arrivals.get(cause.decision.barAt) : undefined;
      if (arrivedMs !== undefined) latencies.record('bar-to-order', nowMs() - arrivedMs);
    },
  };
}

interface Hands {
  readonly orders: OrderActions;
  readonly runners: Runners;
  readonly reconciler: Reconciler;
  readonly barClock: BarClock;
  readonly reconcileAgainMs: number;
}

/** Gives each action to the part that does it; none of them is waited for. */
function carryOutWith({
  orders,
  runners,
  reconciler,
  barClock,
  reconcileAgainMs,
}: Hands): (action: Action, cause: EngineEvent, ageMs: number) => void {
  return (action, cause, ageMs) => {
    switch (action.kind) {
      case 'AskStrategy':
        runners.ask(action);
        return;
      case 'SubmitOrder':
        barClock.ordered(cause);
        orders.submit(action.order, ageMs);
        return;
      case 'CancelOrder':
        orders.cancel(action.orderId, action.brokerOrderId);
        return;
      case 'ReplaceOrder':
        orders.replace(action.order, action.brokerOrderId, ageMs);
        return;
      case 'ReadFamily':
        orders.readFamily(action.orderId, action.brokerOrderId);
        return;
      case 'ResolveOrder':
        orders.resolve(action.orderId);
        return;
      case 'Reconcile':
        reconciler.request(cause.kind === 'Reconciled' ? reconcileAgainMs : 0);
    }
  };
}

/** The parts of a session around one loop. They know the loop by a function, because it is made last. */
export function openParts(options: SessionOptions, initial: EngineState): SessionParts {
  const { broker, journal, report, canonical } = options;
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const { clock = SYSTEM_CLOCK } = options;
  const background = openBackground(report, clock);
  const latencies = latencyRecorder();
  const barClock = barClockOver(latencies, () => background.nowMs());
  const loopOf = (): Loop => loop;
  const orders = orderActions({ broker, loop: loopOf, background, timing, latencies });
  const stream = { connected: false };
  const reconciler = openReconciler({ broker, loop: loopOf, background, timing, canonical, isStreaming: () => stream.connected });
  const runners = openRunners({ open: options.openRunner, history: options.history, loop: loopOf, background, latencies });
  const plain = openLoop({
    journal,
    initial,
    clock,
    carryOut: carryOutWith({ orders, runners, reconciler, barClock, reconcileAgainMs: timing.reconcileAgainMs }),
    onHalt: (reason, error) => {
      report(reason, error);
      options.onHalt?.(reason);
    },
  });
  const loop = withPassingTime(plain, background);
  const market = marketInput(loopOf, background, timing.markEveryMs);
  return { loop, market, runners, reconciler, background, barClock, latencies, stream, timing };
}
