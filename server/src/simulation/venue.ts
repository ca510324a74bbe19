import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import { VenueBooks } from './venue-books.ts';
import { exitsOf, follow, isExit, openRelatives } from './venue-families.ts';
import { changeRefusal, refusalOf, unprocessable } from './venue-refusals.ts';
import { OVER } from './venue-types.ts';
import type { Refusal, VenueChange, VenueExecution, VenueOrder, VenueRequest, VenueStatus, VenueUpdate } from './venue-types.ts';

export interface VenueWorld {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
}

/** A cancel or a replace of it is on its way. */
const PENDING: ReadonlySet<VenueStatus> = new Set(['pending_cancel', 'pending_replace']);

/**
 * A broker as an adversary: a model of its own of orders, fills and money, written without any of the product's arithmetic. It obeys the rules
 * that a broker gives, and takes every liberty that they leave: pieces, races with cancels and replaces, fills after the end, exits that both fill, ends that
 * nobody is told of.
 */
export class Venue extends VenueBooks {
  readonly orders = new Map<string, VenueOrder>();
  readonly byClientId = new Map<string, VenueOrder>();
  readonly prices = new Map<string, number>();
  readonly halted = new Set<string>();
  isOpen = false;
  private readonly resting = new Map<string, VenueOrder>();
  private readonly world: VenueWorld;
  private readonly self: Owner = { alive: true };
  private readonly tell: (update: VenueUpdate) => void;
  private readonly changed: (order: VenueOrder | undefined) => void;
  private lastNumber = 0;

  constructor(world: VenueWorld, tell: (update: VenueUpdate) => void, changed: (order: VenueOrder | undefined) => void) {
    super();
    this.world = world;
    this.tell = tell;
    this.changed = changed;
  }

  protected now(): number {
    return Math.floor(this.world.scheduler.now());
  }

  protected noted(): void {
    this.changed(undefined);
  }

  private later(milliseconds: number, run: () => void): void {
    this.world.scheduler.after(milliseconds, this.self, run);
  }

  submit(request: VenueRequest, foreign = false): VenueOrder | Refusal {
    const refusal = refusalOf(this, this.world.faults, request);
    if (refusal !== undefined) {
      this.log.push({ kind: 'refused', at: this.now(), clientId: request.clientId, why: refusal.message });
      return refusal;
    }
    const order = this.enter(request, { foreign, status: this.isOpen ? 'pending_new' : 'accepted' });
    this.said(order, order.status);
    if (this.isOpen) this.route(order);
    return order;
  }

  /** Books an order, and its exits with it. */
  private enter(request: VenueRequest, given: Pick<VenueOrder, 'foreign' | 'status'> & Partial<VenueOrder>): VenueOrder {
    this.lastNumber += 1;
    const id = `v${this.lastNumber}-${request.clientId}`;
    const now = this.now();
    const exits = given.familyId === undefined ? exitsOf(request) : [];
    const order: VenueOrder = {
      ...request,
      id,
      chainId: id,
      createdAt: now,
      updatedAt: now,
      filled: 0,
      carried: 0,
      paidCents: 0,
      triggered: false,
      armed: false,
      planned: 0,
      pieces: 0,
      ...(exits.length === 0 ? {} : { familyId: id }),
      ...(request.orderClass === 'oco' ? { role: 'take_profit', armed: true } : {}),
      ...given,
    };
    this.orders.set(id, order);
    this.resting.set(id, order);
    this.byClientId.set(request.clientId, order);
    this.log.push({ kind: 'accepted', at: now, order: { ...request, id } });
    const told = this.world.dice.draw(`tells held ${id}`) < 0.5;
    for (const { role, ...exit } of exits) {
      const leg = this.enter(exit, { foreign: order.foreign, status: 'held', familyId: id, role, armed: request.orderClass === 'oco' });
      if (told) this.said(leg, 'held');
      else this.changed(leg);
    }
    return order;
  }

  /** On its way to the market: known there a moment later, and matched from then on. */
  private route(order: VenueOrder): void {
    this.later(this.world.dice.between(`route ${order.id}`, 1, 80), () => {
      if (OVER.has(order.status) || PENDING.has(order.status)) return;
      this.live(order);
    });
  }

  /** At the market from now on. */
  private live(order: VenueOrder): void {
    const cents = this.prices.get(order.symbol);
    if (cents !== undefined) follow(order, cents);
    this.moved(order, order.filled > 0 ? 'partially_filled' : 'new');
    this.said(order, 'new');
    this.match(order);
  }

  cancel(orderId: string): Refusal | undefined {
    const order = this.orders.get(orderId);
    if (order === undefined) return { status: 404, code: 40_410_000, message: 'order not found' };
    if (OVER.has(order.status)) return { status: 422, code: 42_210_000, message: `order is already in "${order.status}" state` };
    if (order.status === 'pending_cancel') return undefined;
    if (order.status === 'pending_replace' || this.waitsForPlace(order))
      return unprocessable('order pending replacement cannot be canceled');
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
      this.endRelatives(order);
    });
    return undefined;
  }

  /** A replacement lives when it takes the place that it was meant for, and not before. */
  private waitsForPlace({ replaces, status }: VenueOrder): boolean {
    return status === 'pending_new' && replaces !== undefined;
  }

  /** Puts a new order in an open one's place: at once on paper, and a moment later at the market, where the old one may have filled before. */
  replace(orderId: string, change: VenueChange): VenueOrder | Refusal {
    const old = this.orders.get(orderId);
    if (old === undefined) return { status: 404, code: 40_410_000, message: 'order not found' };
    const refusal = changeRefusal(this, this.world.faults, old, change);
    if (refusal !== undefined) {
      this.log.push({ kind: 'refused', at: this.now(), clientId: change.clientId, why: refusal.message });
      return refusal;
    }
    const { status } = old;
    const { symbol, side, type, foreign, familyId, role, armed, chainId, bestCents, orderClass, triggered } = old;
    const kept = { ...(familyId === undefined ? {} : { familyId }), ...(role === undefined ? {} : { role }), armed, chainId, triggered };
    const best = bestCents === undefined ? {} : { bestCents };
    const request = { symbol, side, type, ...change, ...(orderClass === undefined ? {} : { orderClass }) };
    const fresh = this.enter(request, { ...kept, ...best, foreign, status: 'pending_new', replaces: old.id });
    this.moved(old, 'pending_replace');
    this.said(old, 'pending_replace');
    const { dice, faults } = this.world;
    if (status !== 'held' && this.isOpen && faults.strikes('fill-during-replace', fresh.clientId))
      this.later(dice.between(`race ${fresh.id}`, 1, 40), () => {
        if (!OVER.has(old.status)) this.fill(old, old.shares - old.filled);
      });
    this.later(dice.between(`replace ${fresh.id}`, 5, 400), () => this.takePlace(old, fresh, status));
    return fresh;
  }

  private takePlace(old: VenueOrder, fresh: VenueOrder, was: VenueStatus): void {
    if (OVER.has(old.status) || fresh.shares <= old.filled || OVER.has(fresh.status)) {
      if (old.status === 'pending_replace') this.moved(old, old.filled > 0 ? 'partially_filled' : was);
      this.said(old, 'order_replace_rejected');
      if (!OVER.has(fresh.status)) this.end(fresh, 'rejected');
      return;
    }
    old.replacedBy = fresh.id;
    fresh.filled = old.filled;
    fresh.carried = old.filled;
    fresh.paidCents = old.paidCents;
    this.end(old, 'replaced');
    if (was !== 'held') return this.live(fresh);
    // What the broker keeps is kept on, with what has become of its family meanwhile.
    fresh.armed = old.armed;
    fresh.shares = Math.min(fresh.shares, old.shares);
    if (fresh.armed && (fresh.role === 'take_profit' || openRelatives(this.resting.values(), fresh).length === 0)) this.live(fresh);
    else {
      this.moved(fresh, 'held');
      this.changed(fresh);
    }
  }

  /** An execution that was on its way when the order ended is told after its end. */
  private mayFillLate(order: VenueOrder): void {
    const { dice, faults } = this.world;
    if (order.filled === order.shares || !faults.strikes('late-fill', order.id)) return;
    this.later(dice.between(`late ${order.id}`, 10, 3_000), () => this.fill(order, 1));
  }

  private end(order: VenueOrder, status: VenueStatus, untold = false): void {
    this.moved(order, status);
    this.log.push({ kind: 'ended', at: this.now(), orderId: order.id, status });
    if (untold) this.changed(order);
    else this.said(order, status);
  }

  /** What a fill or the end of one of a family does to the others. */
  private followMember(order: VenueOrder): void {
    if (order.familyId === undefined) return;
    if (!isExit(order)) {
      if (order.status === 'filled') this.armExits(order);
      return;
    }
    if (order.status === 'filled') return this.endRelatives(order);
    for (const other of openRelatives(this.resting.values(), order)) {
      if (!isExit(other) || other.chainId === order.chainId) continue;
      other.shares = Math.max(other.filled + 1, Math.min(other.shares, order.shares - order.filled));
      this.moved(other, other.status);
      this.changed(other);
    }
  }

  /** The entry is filled: the exits begin to live, a moment later. Of a pair, the stop stays with the broker until its price is touched. */
  private armExits(entry: VenueOrder): void {
    this.later(this.world.dice.between(`arm ${entry.id}`, 0, 60), () => {
      const exits = openRelatives(this.resting.values(), entry).filter(isExit);
      for (const exit of exits) {
        exit.armed = true;
        if (exit.status !== 'held') continue;
        const kept = exit.role === 'stop_loss' && exits.some(({ role }) => role === 'take_profit');
        if (kept) {
          this.moved(exit, 'held');
          this.changed(exit);
        } else this.live(exit);
      }
    });
  }

  /** The others have lost their purpose. The stream may not say so. */
  private endRelatives(order: VenueOrder): void {
    for (const other of openRelatives(this.resting.values(), order)) {
      const untold = isExit(other) && this.world.faults.strikes('exit-end-untold', other.id);
      this.end(other, 'canceled', untold);
    }
  }

  /** The stop that the broker keeps is touched: it goes to the market, and the take profit gives its shares up, or fills all the same. */
  private releaseStop(stop: VenueOrder): void {
    const { dice, faults } = this.world;
    for (const other of openRelatives(this.resting.values(), stop)) {
      if (other.chainId === stop.chainId) continue;
      this.end(other, dice.draw(`gives way ${other.id}`) < 0.5 ? 'canceled' : 'replaced', faults.strikes('exit-end-untold', other.id));
      if (other.filled < other.shares && faults.strikes('both-exits-fill', other.id))
        this.later(dice.between(`both ${other.id}`, 10, 3_000), () => this.fill(other, 1));
    }
    stop.triggered = true;
    this.live(stop);
  }

  private moved(order: VenueOrder, status: VenueStatus): void {
    order.status = status;
    if (OVER.has(status)) this.resting.delete(order.id);
    order.updatedAt = Math.max(this.now(), order.updatedAt);
  }

  private said(order: VenueOrder, event: string, execution?: VenueExecution): void {
    this.changed(order);
    this.tell({ event, order: { ...order }, at: this.now(), ...(execution === undefined ? {} : { execution }) });
  }

  price(symbol: string, cents: number): void {
    this.prices.set(symbol, cents);
    this.noted();
    for (const order of this.openOrders()) {
      if (order.symbol !== symbol || OVER.has(order.status)) continue;
      if (order.status !== 'pending_new' && order.status !== 'accepted' && follow(order, cents)) {
        this.moved(order, order.status);
        this.changed(order);
      }
      if (order.status === 'held' && order.armed && this.isMarketable(order)) this.releaseStop(order);
      else this.match(order);
    }
  }

  private isMarketable(order: VenueOrder): boolean {
    const cents = this.prices.get(order.symbol);
    if (cents === undefined || !this.isOpen || this.halted.has(order.symbol)) return false;
    const { type, side, stopCents, limitCents } = order;
    if (stopCents !== undefined && !order.triggered) order.triggered = side === 'buy' ? cents >= stopCents : cents <= stopCents;
    if (type !== 'market' && type !== 'limit' && !order.triggered) return false;
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
    const status = whole && !over ? 'filled' : over || PENDING.has(order.status) ? order.status : 'partially_filled';
    this.moved(order, status);
    if (status === 'filled') this.log.push({ kind: 'ended', at, orderId, status });
    this.said(order, whole ? 'fill' : 'partial_fill', execution);
    if (!over) this.followMember(order);
  }

  openOrders(): readonly VenueOrder[] {
    return [...this.resting.values()];
  }

  open(): void {
    this.isOpen = true;
    for (const order of this.openOrders()) if (order.status === 'accepted') this.route(order);
  }

  close(): void {
    this.isOpen = false;
    for (const order of this.openOrders()) {
      if (order.timeInForce !== 'day' || OVER.has(order.status)) continue;
      this.end(order, 'expired');
      this.mayFillLate(order);
      if (!isExit(order)) this.endRelatives(order);
    }
  }

  /** Twice the shares at half the price. Resting orders are cancelled, as before the morning of a split. */
  split(symbol: string): void {
    for (const order of this.openOrders()) if (order.symbol === symbol && !OVER.has(order.status)) this.end(order, 'canceled');
    const held = this.positions.get(symbol);
    const added = held?.shares ?? 0;
    if (held !== undefined) held.shares *= 2;
    const cents = this.prices.get(symbol);
    if (cents !== undefined) this.prices.set(symbol, Math.max(1, Math.round(cents / 2)));
    this.log.push({ kind: 'split', at: this.now(), symbol, factor: 2, added });
    this.noted();
  }
}
