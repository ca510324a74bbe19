import type { Broker, BrokerExecution, SubmitOutcome } from '../../orders/broker.ts';
import type { Order } from '../../orders/order.ts';
import { assertApproved } from '../../risk/gate.ts';
import type { ApprovedOrder } from '../../risk/gate.ts';
import { instantFromMs } from '../../money/instant.ts';
import { isOpen } from '../turn.ts';
import type { Background } from './background.ts';
import type { LatencyRecorder } from './latencies.ts';
import type { Loop } from './loop.ts';
import type { SessionTiming } from './timing.ts';

export interface OrderActionsOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
  readonly latencies: LatencyRecorder;
}

export interface OrderActions {
  submit(order: ApprovedOrder): void;
  cancel(orderId: string, brokerOrderId: string): void;
  resolve(orderId: string): void;
}

/** Executions are asked for from a little before the order was sent: the broker's clock may be behind ours. */
const CLOCK_MARGIN_MS = 60_000;

/** Sends, cancels and finds out: what the engine asked of the broker, whose answers go back in as events. */
export function orderActions({ broker, loop, background, timing, latencies }: OrderActionsOptions): OrderActions {
  const resolving = new Set<string>();
  /** On their way now: that the broker does not know them yet says nothing. */
  const underWay = new Set<string>();

  const send = async (order: ApprovedOrder): Promise<SubmitOutcome> => {
    assertApproved(order);
    underWay.add(order.intent.id);
    try {
      return await broker.submit(order);
    } finally {
      underWay.delete(order.intent.id);
    }
  };
  const submit = async (order: ApprovedOrder): Promise<void> => {
    const orderId = order.intent.id;
    const startedAt = performance.now();
    const outcome = await send(order);
    latencies.record('submit-to-answer', performance.now() - startedAt);
    const at = loop().state().now;
    switch (outcome.kind) {
      case 'accepted':
        await loop().dispatch({ kind: 'OrderAcknowledged', at, orderId, order: outcome.order, basis: 'submit' });
        return;
      case 'rejected':
        await loop().dispatch({ kind: 'OrderRejected', at, orderId, code: outcome.code, message: outcome.message });
        return;
      case 'unknown':
        await loop().dispatch({ kind: 'OrderOutcomeUnknown', at, orderId, message: outcome.message });
    }
  };

  const openOrder = (orderId: string): Order | undefined => {
    const order = loop().state().orders.get(orderId);
    return order !== undefined && isOpen(order) ? order : undefined;
  };

  const executionsOf = async (order: Order, brokerOrderId: string): Promise<readonly BrokerExecution[]> => {
    const since = instantFromMs((order.sentAt ?? order.updatedAt) - CLOCK_MARGIN_MS);
    const executions = await broker.executions(since);
    return executions.filter((execution) => execution.brokerOrderId === brokerOrderId);
  };

  /** One question; true when it is answered for good. */
  const ask = async (order: Order, askedForMs: number): Promise<boolean> => {
    const report = await broker.orderByClientId(order.id);
    const at = loop().state().now;
    if (report === undefined) {
      if (askedForMs < timing.notFoundAfterMs) return false;
      await loop().dispatch({ kind: 'OrderNotFound', at, orderId: order.id });
      return true;
    }
    const executions = report.filledQuantity > order.filledQuantity ? await executionsOf(order, report.brokerOrderId) : [];
    await loop().dispatch({ kind: 'OrderAcknowledged', at, orderId: order.id, order: report, basis: 'lookup', executions });
    return true;
  };

  const resolve = async (orderId: string): Promise<void> => {
    let startedAt = performance.now();
    for (let wait = timing.resolveFirstMs; await background.pause(wait); wait = Math.min(wait * 2, timing.resolveStepMsMax)) {
      const order = openOrder(orderId);
      if (order === undefined) return;
      if (underWay.has(orderId)) startedAt = performance.now();
      try {
        if (await ask(order, performance.now() - startedAt)) return;
      } catch (error) {
        // The broker cannot be asked now: it is asked again, for as long as the session lives. A halted engine asks no more.
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
      }
    }
  };

  const startResolving = (orderId: string): void => {
    if (resolving.has(orderId)) return;
    resolving.add(orderId);
    background.run(`find out about order ${orderId}`, () => resolve(orderId).finally(() => resolving.delete(orderId)));
  };

  const cancel = async (orderId: string, brokerOrderId: string): Promise<void> => {
    const outcome = await broker.cancel(brokerOrderId);
    if (outcome.kind === 'requested' && !(await background.pause(timing.cancelCheckMs))) return;
    // The stream tells of the cancel's end; where it has not, or the broker would not cancel, the order is looked up.
    if (openOrder(orderId) !== undefined) startResolving(orderId);
  };

  return {
    submit: (order) => background.run(`submit order ${order.intent.id}`, () => submit(order)),
    cancel: (orderId, brokerOrderId) => background.run(`cancel order ${orderId}`, () => cancel(orderId, brokerOrderId)),
    resolve: startResolving,
  };
}
