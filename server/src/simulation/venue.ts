import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import { OVER } from './venue-types.ts';
import type {
  Refusal,
  VenueExecution,
  VenueOrder,
  VenuePosition,
  VenueRecord,
  VenueRequest,
  VenueStatus,
  VenueUpdate,
} from './venue-types.ts';

export interface VenueWorld {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
}

const OPENING_CENTS = 10_000_000;
const DUPLICATE: Refusal = { status: 422, code: 40_010_001, message: 'client_order_id must be unique' };
const refuse = (message: string): Refusal => ({ status: 403, code: 40_310_000, message });

/**
 * A broker as an adversary: a model of its own of orders, fills and money, written without any of the product's arithmetic. It obeys the rules
 * that a broker gives, and takes every liberty that they leave: pieces, races with cancels, fills after the end.
 */
export class Venue {
  readonly orders = new Map<string, VenueOrder>();
  readonly byClientId = new Map<string, VenueOrder>();
  readonly executions: VenueExecution[] = [];
  readonly positions = new Map<string, VenuePosition>();
  readonly log: VenueRecord[] = [];
  readonly prices = new Map<string, number>();
  readonly halted = new Set<string>();
  readonly startedWith = OPENING_CENTS;
  cashCents = OPENING_CENTS;
  isOpen = false;
  private readonly world: VenueWorld;
  private readonly self: Owner = { alive: true };
  private readonly tell: (update: VenueUpdate) => void;
  private readonly changed: () => void;
  private lastNumber = 0;

  constructor(world: VenueWorld, tell: (update: VenueUpdate) => void, changed: () => void) {
    this.world = world;
    this.tell = tell;
    this.changed = changed;
  }

  private now(): number {
    return Math.floor(this.world.scheduler.now());
  }

  private later(milliseconds: number, run: () => void): void {
    this.world.scheduler.after(milliseconds, this.self, run);
  }

  submit(request: VenueRequest, foreign = false): VenueOrder | Refusal {
    const refusal = this.refusalOf(request);
    if (refusal !== undefined) {
      this.log.push({ kind: 'refused', at: this.now(), clientId: request.clientId, why: refusal.message });
      return refusal;
    }
    this.lastNumber += 1;
    const id = `v${this.lastNumber}-${request.clientId}`;
    const now = this.now();
    const order: VenueOrder = {
      ...request,
      id,
      foreign,
      createdAt: now,
      status: this.isOpen ? 'pending_new' : 'accepted',
      updatedAt: now,
      filled: 0,
      paidCents: 0,
      triggered: false,
      planned: 0,
      pieces: 0,
    };
    this.orders.set(id, order);
    this.byClientId.set(request.clientId, order);
    this.log.push({ kind: 'accepted', at: now, order: { ...request, id } });
    this.said(order, order.status);
    if (this.isOpen) this.route(order);
    return order;
  }

  private refusalOf({ clientId, symbol, side, type, shares }: VenueRequest): Refusal | undefined {
    if (this.byClientId.has(clientId)) return DUPLICATE;
    if (this.world.faults.strikes('order-refused', clientId)) return refuse('account restricted for this order');
    const held = this.positions.get(symbol)?.shares ?? 0;
    let opposing = 0;
    for (const open of this.openOrders()) {
      if (open.symbol !== symbol) continue;
      if (open.side !== side && (open.type === 'market' || type === 'market'))
        return refuse('potential wash trade detected. use complex orders');
      if (open.side === side) opposing += open.shares - open.filled;
    }
    const closes = side === 'sell' ? held > 0 : held < 0;
    if (closes && shares + opposing > Math.abs(held)) return refuse('insufficient qty available for order');
    return undefined;
  }

  /** On its way to the market: known there a moment later, and matched from then on. */
  private route(order: VenueOrder): void {
    this.later(this.world.dice.between(`route ${order.id}`, 1, 80), () => {
      if (OVER.has(order.status) || order.status === 'pending_cancel') return;
      this.moved(order, 'new');
      this.said(order, 'new');
      this.match(order);
    });
  }

  cancel(orderId: string): Refusal | undefined {
    const order = this.orders.get(orderId);
    if (order === undefined) return { status: 404, code: 40_410_000, message: 'order not found' };
    if (OVER.has(order.status)) return { status: 422, code: 42_210_000, message: `order is already in "${order.status}" state` };
    if (order.status === 'pending_cancel') return undefined;
    this.moved(order, 'pending_cancel');
    this.said(order, 'pending_cancel');
    const { dice, faults } = this.world;
    if (faults.has('fill-during-cancel') && order.filled < order.shares && this.isOpen && faults.strikes('fill-during-cancel', order.id)) {
      this.later(dice.between(`race ${order.id}`, 1, 40), () => this.fill(order, order.shares - order.filled));
    }
    this.later(dice.between(`cancel ${order.id}`, 5, 400), () => {
      if (OVER.has(order.status)) return;
      this.end(order, 'canceled');
      this.mayFillLate(order);
    });
    return undefined;
  }

  /** An execution that was on its way when the order ended is told after its end. */
  private mayFillLate(order: VenueOrder): void {
    const { dice, faults } = this.world;
    if (order.filled === order.shares || !faults.strikes('late-fill', order.id)) return;
    this.later(dice.between(`late ${order.id}`, 10, 3_000), () => this.fill(order, 1));
  }

  private end(order: VenueOrder, status: VenueStatus): void {
    this.moved(order, status);
    this.log.push({ kind: 'ended', at: this.now(), orderId: order.id, status });
    this.said(order, status);
  }

  private moved(order: VenueOrder, status: VenueStatus): void {
    order.status = status;
    order.updatedAt = Math.max(this.now(), order.updatedAt);
  }

  private said(order: VenueOrder, event: string, execution?: VenueExecution): void {
    this.changed();
    this.tell({ event, order: { ...order }, at: this.now(), ...(execution === undefined ? {} : { execution }) });
  }

  price(symbol: string, cents: number): void {
    this.prices.set(symbol, cents);
    this.changed();
    for (const order of this.orders.values()) if (order.symbol === symbol) this.match(order);
  }

  private isMarketable(order: VenueOrder): boolean {
    const cents = this.prices.get(order.symbol);
    if (cents === undefined || !this.isOpen || this.halted.has(order.symbol)) return false;
    const { type, side, stopCents, limitCents } = order;
    if (stopCents !== undefined && !order.triggered) order.triggered = side === 'buy' ? cents >= stopCents : cents <= stopCents;
    if ((type === 'stop' || type === 'stop_limit') && !order.triggered) return false;
    if (limitCents === undefined) return true;
    return side === 'buy' ? cents <= limitCents : cents >= limitCents;
  }

  /** Plan the pieces in which an order fills that can trade now. */
  private match(order: VenueOrder): void {
    if ((order.status !== 'new' && order.status !== 'partially_filled') || !this.isMarketable(order)) return;
    const left = order.shares - order.filled - order.planned;
    if (left <= 0) return;
    const { dice, faults } = this.world;
    order.pieces += 1;
    const subject = `${order.id}#${order.pieces}`;
    const pieces = faults.strikes('partial-fill', subject) ? Math.min(left, dice.whole(`pieces ${subject}`, 2, 8)) : 1;
    order.planned += left;
    let planned = 0;
    for (let piece = 1; piece <= pieces; piece += 1) {
      const size = piece === pieces ? left - planned : Math.max(1, Math.floor((left - planned) / (pieces - piece + 1)));
      planned += size;
      const wait = dice.between(`piece ${subject}/${piece}`, 1, piece === 1 ? 120 : 4_000);
      this.later(wait, () => {
        order.planned -= size;
        if (!OVER.has(order.status) && this.isMarketable(order)) this.fill(order, size);
      });
    }
  }

  private fill(order: VenueOrder, wanted: number): void {
    const cents = this.prices.get(order.symbol);
    const shares = Math.min(wanted, order.shares - order.filled);
    if (cents === undefined || shares <= 0) return;
    this.lastNumber += 1;
    const at = this.now();
    const limit = order.limitCents;
    const paid = limit === undefined ? cents : order.side === 'buy' ? Math.min(cents, limit) : Math.max(cents, limit);
    const { id: orderId, clientId, symbol, side } = order;
    const execution: VenueExecution = {
      id: `x${this.lastNumber}-${clientId}`,
      orderId,
      clientId,
      symbol,
      side,
      shares,
      cents: paid,
      at,
      cumulative: order.filled + shares,
    };
    this.executions.push(execution);
    this.log.push({ kind: 'executed', at, execution });
    this.book(symbol, side === 'buy' ? shares : -shares, paid);
    order.filled += shares;
    order.paidCents += shares * paid;
    const whole = order.filled === order.shares;
    const over = OVER.has(order.status);
    const status = whole && !over ? 'filled' : over || order.status === 'pending_cancel' ? order.status : 'partially_filled';
    this.moved(order, status);
    if (status === 'filled') this.log.push({ kind: 'ended', at, orderId, status });
    this.said(order, whole ? 'fill' : 'partial_fill', execution);
  }

  private book(symbol: string, signed: number, cents: number): void {
    this.cashCents -= signed * cents;
    const held = this.positions.get(symbol) ?? { shares: 0, costCents: 0 };
    const after = held.shares + signed;
    const grows = held.shares === 0 || held.shares > 0 === signed > 0;
    if (grows) held.costCents += signed * cents;
    else if (after === 0 || after > 0 !== held.shares > 0) held.costCents = after * cents;
    else held.costCents *= after / held.shares;
    held.shares = after;
    if (after === 0) this.positions.delete(symbol);
    else this.positions.set(symbol, held);
  }

  openOrders(): readonly VenueOrder[] {
    return [...this.orders.values()].filter(({ status }) => !OVER.has(status));
  }

  open(): void {
    this.isOpen = true;
    for (const order of this.orders.values()) if (order.status === 'accepted') this.route(order);
  }

  close(): void {
    this.isOpen = false;
    for (const order of this.openOrders()) {
      if (order.timeInForce !== 'day') continue;
      this.end(order, 'expired');
      this.mayFillLate(order);
    }
  }

  cash(cents: number, why: 'dividend' | 'transfer' | 'fee'): void {
    this.cashCents += cents;
    this.log.push({ kind: 'cash', at: this.now(), cents, why });
    this.changed();
  }

  /** Twice the shares at half the price. Resting orders are cancelled, as before the morning of a split. */
  split(symbol: string): void {
    for (const order of this.openOrders()) if (order.symbol === symbol) this.end(order, 'canceled');
    const held = this.positions.get(symbol);
    const added = held?.shares ?? 0;
    if (held !== undefined) held.shares *= 2;
    const cents = this.prices.get(symbol);
    if (cents !== undefined) this.prices.set(symbol, Math.max(1, Math.round(cents / 2)));
    this.log.push({ kind: 'split', at: this.now(), symbol, factor: 2, added });
    this.changed();
  }

  /**
   * The newest execution never was, or was at another price. Told nowhere but in account and positions. One of before a split stays: its shares are not
   * those that are held any more.
   */
  revise(kind: 'busted' | 'corrected'): boolean {
    const execution = this.executions.at(-1);
    if (execution === undefined) return false;
    const { symbol, side, shares, cents, at } = execution;
    if (this.log.some((record) => record.kind === 'split' && record.symbol === symbol && record.at >= at)) return false;
    this.executions.pop();
    const signed = side === 'buy' ? shares : -shares;
    this.book(symbol, -signed, cents);
    if (kind === 'busted') this.log.push({ kind, at: this.now(), execution });
    else {
      this.book(symbol, signed, cents + 1);
      this.executions.push({ ...execution, cents: cents + 1 });
      this.log.push({ kind, at: this.now(), execution, cents: cents + 1 });
    }
    this.changed();
    return true;
  }
}
