import { instantFromMs } from '../../money/instant.ts';
import type { Broker, BrokerExecution, BrokerOrder } from '../../orders/broker.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';
import type { SessionTiming } from './timing.ts';

export interface FamilyReaderOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
}

/** Executions are asked for from a little before the order was sent: the broker's clock may be behind ours. */
const CLOCK_MARGIN_MS = 60_000;

/** Reads an order with its legs until the broker answers, and tells the engine. One reading at a time of each family; one more where it was asked for meanwhile. */
export function familyReader({ broker, loop, background, timing }: FamilyReaderOptions): (orderId: string, brokerOrderId: string) => void {
  const reading = new Map<string, { again: boolean }>();

  const executionsOf = async (orderId: string, family: BrokerOrder): Promise<readonly BrokerExecution[]> => {
    const members = [family, ...(family.legs ?? [])];
    if (members.every(({ filledQuantity }) => filledQuantity === 0n)) return [];
    const order = loop().state().orders.get(orderId);
    const since = order?.sentAt ?? order?.updatedAt ?? loop().state().now;
    const ids = new Set(members.map(({ brokerOrderId }) => brokerOrderId));
    return (await broker.executions(instantFromMs(since - CLOCK_MARGIN_MS))).filter(({ brokerOrderId }) => ids.has(brokerOrderId));
  };

  const ask = async (orderId: string, brokerOrderId: string): Promise<void> => {
    const order = await broker.family(brokerOrderId);
    if (order === undefined) return;
    const executions = await executionsOf(orderId, order);
    await loop().dispatch({ kind: 'OrderAcknowledged', at: loop().state().now, orderId, order, basis: 'lookup', executions });
  };

  const read = async (orderId: string, brokerOrderId: string): Promise<void> => {
    for (let wait = timing.resolveFirstMs; await background.pause(wait); wait = Math.min(wait * 2, timing.resolveStepMsMax)) {
      try {
        return await ask(orderId, brokerOrderId);
      } catch (error) {
        // The broker cannot be asked now: it is asked again, for as long as the session lives. A halted engine asks no more.
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
      }
    }
  };

  const readFamily = (orderId: string, brokerOrderId: string): void => {
    const under = reading.get(orderId);
    if (under !== undefined) {
      under.again = true;
      return;
    }
    const mine = { again: false };
    reading.set(orderId, mine);
    background.run(`read the family of order ${orderId}`, () =>
      read(orderId, brokerOrderId).finally(() => {
        reading.delete(orderId);
        if (mine.again && !background.signal.aborted) readFamily(orderId, brokerOrderId);
      }),
    );
  };
  return readFamily;
}
