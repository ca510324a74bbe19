import type { Quantity } from '../../../money/fixed.ts';
import type { BrokerOrder } from '../../broker.ts';

interface Seen {
  readonly filled: Quantity;
  readonly sinceMs: number;
}

const ORDERS_MAX = 2_000;

/**
 * Finds a mute order stream: silence is natural on it, so only REST can show that something was not told. What REST knows to be filled must have
 * come by the stream within a while.
 */
export class StreamGaps {
  readonly #waitMsMax: number;
  /** Filled quantity that the stream has told, by the broker's order id. */
  readonly #told = new Map<string, Quantity>();
  /** What REST says beyond it, and since when. */
  readonly #owed = new Map<string, Seen>();
  #connected = false;

  constructor(waitMsMax: number) {
    this.#waitMsMax = waitMsMax;
  }

  /** A new connection owes nothing of what happened before it. */
  connected(): void {
    this.#connected = true;
    this.#owed.clear();
  }

  disconnected(): void {
    this.#connected = false;
    this.#owed.clear();
  }

  /** The stream has told of an order. */
  told({ brokerOrderId, filledQuantity }: BrokerOrder): void {
    this.#note(brokerOrderId, filledQuantity);
    const owed = this.#owed.get(brokerOrderId);
    if (owed !== undefined && filledQuantity >= owed.filled) this.#owed.delete(brokerOrderId);
  }

  /** REST has told of an order. `asked` is when the question was sent: only what happened on this connection is owed by it. */
  read(order: BrokerOrder, nowMs: number): void {
    const { brokerOrderId, filledQuantity } = order;
    const told = this.#told.get(brokerOrderId);
    // What was filled before it was first seen may have been told to an earlier connection.
    if (told === undefined) return this.#note(brokerOrderId, filledQuantity);
    if (!this.#connected || filledQuantity <= told || this.#owed.has(brokerOrderId)) return;
    this.#owed.set(brokerOrderId, { filled: filledQuantity, sinceMs: nowMs });
  }

  /** Orders whose fills the stream has owed for too long. They are told once: the connection that follows owes them no more. */
  overdue(nowMs: number): readonly string[] {
    const late = [...this.#owed].filter(([, { sinceMs }]) => nowMs - sinceMs >= this.#waitMsMax);
    for (const [orderId, { filled }] of late) {
      this.#note(orderId, filled);
      this.#owed.delete(orderId);
    }
    return late.map(([orderId]) => orderId);
  }

  #note(orderId: string, filled: Quantity): void {
    const before = this.#told.get(orderId);
    this.#told.delete(orderId);
    this.#told.set(orderId, before !== undefined && before > filled ? before : filled);
    const [oldest] = this.#told.keys();
    if (this.#told.size > ORDERS_MAX && oldest !== undefined) this.#told.delete(oldest);
  }
}
