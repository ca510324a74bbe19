import type { Broker, BrokerExecution, BrokerOrder } from '../../orders/broker.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { findOrder } from '../broker-events.ts';
import { wantsBalance } from '../cash-reconcile.ts';
import { mayBeOfOneInDoubt } from '../in-doubt.ts';
import type { EngineState } from '../state.ts';
import { openOrders } from '../turn.ts';
import { tellMovements } from './movements.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';
import type { SessionTiming } from './timing.ts';

export interface ReconcilerOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
  /** Canonical text: equal answers of the broker have equal text. */
  readonly canonical: (value: unknown) => string;
  /** Whether the order stream is connected, as it says itself. */
  readonly isStreaming: () => boolean;
}

export interface Reconciler {
  /** Ask for one soon; several wishes at once make one. */
  readonly request: (delayMs: number) => void;
  /** Reconcile now, and resolve when the engine has taken it. */
  readonly now: () => Promise<void>;
  /** Compare anew whatever was compared before, and write down what was found, even where nothing has changed. */
  readonly look: () => Promise<void>;
  /** Begin to reconcile for as long as the session lives. */
  readonly start: () => void;
  /** Real milliseconds since the last that succeeded. */
  readonly ageMs: () => number | undefined;
}

const CLOCK_MARGIN_MS = 300_000;

/**
 * From when executions may have been missed; `undefined` before the account was ever seen, when there is nothing to miss. Orders that ended before
 * the previous session are forgotten, and their executions are not asked for again.
 */
function missedSince(state: EngineState): Instant | undefined {
  if (state.openingCash === undefined) return undefined;
  const open = [...state.orders.values()].map((order) => order.sentAt ?? order.updatedAt);
  const oldest = Math.min(state.lastExecutionAt ?? state.now, state.now, ...open);
  return instantFromMs(Math.max(oldest - CLOCK_MARGIN_MS, state.previousSessionOpenedAt ?? 0));
}

const isBooked = (state: EngineState, { executionId }: BrokerExecution): boolean => {
  for (const { executions } of state.tracking.values()) {
    if (executions.some((booked) => booked.executionId === executionId || booked.alias === executionId)) return true;
  }
  return state.alerts.has(`ForeignExecution-${executionId}`) || state.alerts.has(`ExcessExecution-${executionId}`);
};

/** A difference is a finding only when it is seen twice; a start is one until the first clean comparison. */
function wantsSecondLook(state: EngineState): boolean {
  const { reconciled, differences, cashDifferenceAt, alerts } = state;
  if (cashDifferenceAt !== undefined && !alerts.has('CashDifference-account')) return true;
  if (!reconciled && differences.size === 0) return true;
  return differences.values().some(({ confirmed }) => !confirmed);
}

/** Orders that only one side holds to be open: to be looked at again, though the broker's list has not changed. */
function differsFromOurs(state: EngineState, listed: readonly BrokerOrder[]): boolean {
  const theirs = new Set(listed.map(({ clientOrderId }) => clientOrderId));
  const ours = openOrders(state).filter(({ state: each }) => each !== 'approved' && each !== 'unknown');
  // One that is not ours is asked to be cancelled as long as it is there: the broker may never have heard of it.
  return ours.some(({ id }) => !theirs.has(id)) || listed.some((order) => findOrder(state, order) === undefined);
}

/**
 * Orders with a new execution that does not say where in its order it belongs: it could be one that the stream has told under another name. Those that the list
 * has under their own name are told first, so that none of them is taken for it.
 */
const vagueOrders = (state: EngineState, listed: readonly BrokerExecution[]): ReadonlySet<string> =>
  new Set(
    listed
      .filter((execution) => execution.cumulativeQuantity === undefined && !isBooked(state, execution))
      .map(({ brokerOrderId }) => brokerOrderId),
  );

/** Executions that the stream has not told, each as an event. */
async function bookMissed(broker: Broker, loop: Loop): Promise<void> {
  const since = missedSince(loop.state());
  if (since === undefined) return;
  const listed = await broker.executions(since);
  const vague = vagueOrders(loop.state(), listed);
  for (const execution of listed) {
    if (isBooked(loop.state(), execution) && !vague.has(execution.brokerOrderId)) continue;
    if (mayBeOfOneInDoubt(loop.state(), execution)) continue;
    await loop.dispatch({ kind: 'ExecutionFound', at: execution.at, execution });
  }
}

/** After a start or a pause nobody knows how old the prices are: before entries are let in, the broker tells what time it is. */
async function tellTime(broker: Broker, loop: Loop): Promise<void> {
  if (loop.state().reconciled) return;
  const { now } = await broker.clock();
  if (now > loop.state().now) await loop.dispatch({ kind: 'ClockTicked', at: now });
}

/** Between two whole comparisons: only the open orders, one request. */
function openOrderComparison(broker: Broker, loop: () => Loop, canonical: ReconcilerOptions['canonical']) {
  let last: string | undefined;
  return {
    noteCompared: (listed: readonly BrokerOrder[]): void => {
      last = canonical(listed);
    },
    compare: async (): Promise<void> => {
      const listed = await broker.openOrders();
      const text = canonical(listed);
      if (text !== last || differsFromOurs(loop().state(), listed))
        await loop().dispatch({ kind: 'OrdersListed', at: loop().state().now, openOrders: listed });
      last = text;
    },
  };
}

/** While something differs it is looked at each time: nobody should accept a difference that is over. */
export const isDifferent = ({ differences, cashDifference }: EngineState): boolean => differences.size > 0 || cashDifference !== 0n;

/** Work that is under way once at most: who asks meanwhile waits for the same. */
function oneAtATime(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  return {
    running: (): Promise<void> | undefined => running,
    join: (): Promise<void> => {
      running ??= work().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** Compares with the broker: missed executions first, then account, positions and open orders of one moment. */
export function openReconciler({ broker, loop, background, timing, canonical, isStreaming }: ReconcilerOptions): Reconciler {
  let succeededAt: number | undefined;
  let lastText: string | undefined;
  const orders = openOrderComparison(broker, loop, canonical);
  let wished = false;
  /** Trading counts the broker as gone because nobody could reconcile, not because the stream has ended. */
  let givenUp = false;

  const compare = async (): Promise<void> => {
    await tellTime(broker, loop());
    await bookMissed(broker, loop());
    const activities = await tellMovements(broker, loop());
    const [account, positions, listed] = await Promise.all([broker.account(), broker.positions(), broker.openOrders()]);
    if (givenUp) {
      givenUp = false;
      if (isStreaming()) await loop().dispatch({ kind: 'BrokerConnected', at: loop().state().now });
    }
    // What differs depends on both sides: cash that an activity has moved here is compared anew, though the broker's answer is the same.
    const text = canonical({ account, positions, openOrders: listed, ours: loop().state().cash });
    // The same as before, and nothing that wants a second look: there is nothing to write down.
    if (text !== lastText || wantsSecondLook(loop().state()) || (activities.activities === 'read' && wantsBalance(loop().state()))) {
      await loop().dispatch({ kind: 'Reconciled', at: loop().state().now, account, positions, openOrders: listed, ...activities });
    }
    lastText = text;
    orders.noteCompared(listed);
    succeededAt = background.nowMs();
  };

  const comparison = oneAtATime(compare);
  const once = comparison.join;

  const isOverdue = (): boolean => succeededAt !== undefined && background.nowMs() - succeededAt > timing.reconcileOverdueMs;

  const repeat = async (): Promise<void> => {
    for (let round = 1; await background.pause(timing.reconcileEveryMs); round += 1) {
      try {
        const state = loop().state();
        const whole = givenUp || isDifferent(state) || round % timing.positionsEvery === 0 || wantsSecondLook(state);
        await (whole ? once() : (comparison.running() ?? orders.compare()));
      } catch (error) {
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
        const { reconciled, now } = loop().state();
        if (!reconciled || !isOverdue()) continue;
        givenUp = true;
        await loop().dispatch({ kind: 'BrokerDisconnected', at: now, reason: `no reconcile: ${String(error)}` });
      }
    }
  };

  return {
    request: (delayMs) => {
      if (wished) return;
      wished = true;
      background.run('reconcile', async () => {
        await background.pause(delayMs);
        wished = false;
        await once();
      });
    },
    now: once,
    look: async () => {
      await comparison.running();
      lastText = undefined;
      await once();
    },
    start: () => background.run('reconcile', repeat),
    ageMs: () => (succeededAt === undefined ? undefined : background.nowMs() - succeededAt),
  };
}
