import type { Broker, SubmitOutcome } from '../../orders/broker.ts';
import { assertApproved } from '../../risk/gate.ts';
import type { ApprovedOrder } from '../../risk/gate.ts';
import type { EngineEvent } from '../events.ts';
import { trackingOf } from '../turn.ts';
import type { Background } from './background.ts';
import type { LatencyRecorder } from './latencies.ts';
import type { Loop } from './loop.ts';
import { familyReader } from './family-reader.ts';
import { openOrder, orderResolver } from './order-resolver.ts';
import type { SessionTiming } from './timing.ts';

export interface OrderActionsOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
  readonly latencies: LatencyRecorder;
}

export interface OrderActions {
  /** `ageMs`: how long ago the order was approved. */
  readonly submit: (order: ApprovedOrder, ageMs: number) => void;
  readonly cancel: (orderId: string, brokerOrderId: string) => void;
  readonly replace: (order: ApprovedOrder, brokerOrderId: string, ageMs: number) => void;
  readonly readFamily: (orderId: string, brokerOrderId: string) => void;
  readonly resolve: (orderId: string) => void;
}

const requestOf = ({ requestId }: { readonly requestId?: string }): { readonly requestId?: string } =>
  requestId === undefined ? {} : { requestId };

function outcomeEvent(orderId: string, outcome: SubmitOutcome, at: EngineEvent['at']): EngineEvent {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'OrderAcknowledged', at, orderId, order: outcome.order, basis: 'submit', ...requestOf(outcome) };
    case 'rejected':
      return { kind: 'OrderRejected', at, orderId, code: outcome.code, message: outcome.message, ...requestOf(outcome) };
    case 'unsent':
      return { kind: 'OrderNotFound', at, orderId, message: outcome.message };
    case 'unknown':
      return { kind: 'OrderOutcomeUnknown', at, orderId, message: outcome.message };
  }
}

/** Sends, cancels and finds out: what the engine asked of the broker, whose answers go back in as events. */
export function orderActions({ broker, loop, background, timing, latencies }: OrderActionsOptions): OrderActions {
  const underWay = new Set<string>();
  const resolve = orderResolver({ broker, loop, background, timing, isUnderWay: (orderId) => underWay.has(orderId) });

  /** What certainly did not leave may be sent again: an exit is, for a while, for as long as it is still wanted. An entry is decided anew. */
  const untilSent = async ({ intent }: ApprovedOrder, to: () => Promise<SubmitOutcome>): Promise<SubmitOutcome> => {
    const startedAt = background.nowMs();
    for (;;) {
      const outcome = await to();
      if (outcome.kind !== 'unsent' || !intent.reduceOnly) return outcome;
      if (background.nowMs() - startedAt > timing.unsentExitMsMax || !(await background.pause(timing.unsentAgainMs))) return outcome;
      if (openOrder(loop(), intent.id) === undefined || trackingOf(loop().state(), intent.id).cancelWanted) return outcome;
    }
  };

  const send = async (order: ApprovedOrder, ageMs: number, to: () => Promise<SubmitOutcome>): Promise<void> => {
    assertApproved(order);
    const orderId = order.intent.id;
    if (ageMs > timing.approvalMsMax) {
      const message = `Not sent: its approval was ${Math.round(ageMs / 1_000)} s old when it was written down. The disk hung, or the machine slept.`;
      await loop().dispatch(outcomeEvent(orderId, { kind: 'unsent', message }, loop().state().now));
      return;
    }
    const startedAt = background.nowMs();
    underWay.add(orderId);
    try {
      const outcome = await untilSent(order, to);
      latencies.record('submit-to-answer', background.nowMs() - startedAt);
      await loop().dispatch(outcomeEvent(orderId, outcome, loop().state().now));
    } finally {
      underWay.delete(orderId);
    }
  };

  const cancel = async (orderId: string, brokerOrderId: string): Promise<void> => {
    const outcome = await broker.cancel(brokerOrderId);
    if (outcome.kind === 'requested' && !(await background.pause(timing.cancelCheckMs))) return;
    // The stream tells of the cancel's end; where it has not, or the broker would not cancel, the order is looked up.
    if (openOrder(loop(), orderId) !== undefined) resolve(orderId);
  };

  return {
    submit: (order, ageMs) => background.run(`submit order ${order.intent.id}`, () => send(order, ageMs, () => broker.submit(order))),
    replace: (order, brokerOrderId, ageMs) =>
      background.run(`replace by order ${order.intent.id}`, () => send(order, ageMs, () => broker.replace(brokerOrderId, order))),
    readFamily: familyReader({ broker, loop, background, timing }),
    cancel: (orderId, brokerOrderId) => background.run(`cancel order ${orderId}`, () => cancel(orderId, brokerOrderId)),
    resolve,
  };
}
