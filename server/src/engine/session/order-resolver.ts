import { instantFromMs } from '../../money/instant.ts';
import type { Broker, BrokerExecution } from '../../orders/broker.ts';
import type { Order } from '../../orders/order.ts';
import { isKnownByOurId } from '../families.ts';
import { isOpen } from '../turn.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';
import type { SessionTiming } from './timing.ts';

export interface OrderResolverOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
  /** On its way now: that the broker does not know it yet says nothing. */
  readonly isUnderWay: (orderId: string) => boolean;
}

/** Executions are asked for from a little before the order was sent: the broker's clock may be behind ours. */
const CLOCK_MARGIN_MS = 60_000;

export const openOrder = (loop: Loop, orderId: string): Order | undefined => {
  const order = loop.state().orders.get(orderId);
  return order !== undefined && isOpen(order) ? order : undefined;
};

async function executionsOf(broker: Broker, order: Order, brokerOrderId: string): Promise<readonly BrokerExecution[]> {
  const since = instantFromMs((order.sentAt ?? order.updatedAt) - CLOCK_MARGIN_MS);
  const executions = await broker.executions(since);
  return executions.filter((execution) => execution.brokerOrderId === brokerOrderId);
}

/** Finds out what became of an order: asks the broker by our id, again and again, until it answers for good. */
export function orderResolver({ broker, loop, background, timing, isUnderWay }: OrderResolverOptions): (orderId: string) => void {
  const resolving = new Set<string>();

  /** One question; true when it is answered for good. */
  const ask = async (order: Order, askedForMs: number): Promise<boolean> => {
    // The broker has an id of its own for a leg: it is found through the family.
    const report =
      isKnownByOurId(order.intent) || order.brokerOrderId === undefined
        ? await broker.orderByClientId(order.id)
        : await broker.family(order.brokerOrderId);
    const at = loop().state().now;
    if (report === undefined) {
      if (askedForMs < timing.notFoundAfterMs) return false;
      await loop().dispatch({ kind: 'OrderNotFound', at, orderId: order.id });
      return true;
    }
    const executions = report.filledQuantity > order.filledQuantity ? await executionsOf(broker, order, report.brokerOrderId) : [];
    await loop().dispatch({ kind: 'OrderAcknowledged', at, orderId: order.id, order: report, basis: 'lookup', executions });
    return true;
  };

  const resolve = async (orderId: string): Promise<void> => {
    let startedAt = background.nowMs();
    for (let wait = timing.resolveFirstMs; await background.pause(wait); wait = Math.min(wait * 2, timing.resolveStepMsMax)) {
      const order = openOrder(loop(), orderId);
      if (order === undefined || (!isKnownByOurId(order.intent) && order.brokerOrderId === undefined)) return;
      if (isUnderWay(orderId)) startedAt = background.nowMs();
      try {
        if (await ask(order, background.nowMs() - startedAt)) return;
      } catch (error) {
        // The broker cannot be asked now: it is asked again, for as long as the session lives. A halted engine asks no more.
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
      }
    }
  };

  return (orderId) => {
    if (resolving.has(orderId)) return;
    resolving.add(orderId);
    background.run(`find out about order ${orderId}`, () => resolve(orderId).finally(() => resolving.delete(orderId)));
  };
}
