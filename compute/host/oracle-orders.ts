import { OracleAccount, freshTicket, isCrumb, type Ticket } from './oracle-account.ts';
import type { WishKind } from './types.ts';

export interface Target {
  readonly amount: number;
  /** An exit that is not the strategy's own. */
  readonly isForced: boolean;
  /** An exit that not even a target of the strategy replaces. */
  readonly isMarginCall: boolean;
  /** `undefined` where only the fill tells. */
  wished: number | undefined;
  stopLoss: number | null;
  takeProfit: number | null;
  closing: Ticket;
  opening: Ticket;
}

export interface Protection {
  stop: number | null;
  target: number | null;
  readonly trail: number | null;
  best: number;
  readonly from: number;
  readonly ticket: Ticket;
}

export interface RestingOrder {
  readonly symbol: number;
  kind: WishKind | 'triggered';
  readonly amount: number;
  readonly id: number;
  readonly group: number;
  readonly isDay: boolean;
  readonly isReduceOnly: boolean;
  wished: number | undefined;
  filled: number;
  limit: number;
  stop: number;
  trail: number | null;
  readonly trailFraction: number | null;
  stopLoss: number | null;
  takeProfit: number | null;
  best: number;
  firstDay: number | undefined;
  isAlive: boolean;
  readonly closing: Ticket;
  readonly opening: Ticket;
}

/** For tests: what waits, what protects and what rests, over the bars in view. */
export class OracleOrders extends OracleAccount {
  protected readonly targets = new Map<number, Target>();
  protected readonly protections = new Map<number, Protection>();
  protected orders: RestingOrder[] = [];

  protected exitLater(symbol: number, closing: Ticket, marginCall = false): void {
    const isMarginCall = marginCall || this.targets.get(symbol)?.isMarginCall === true;
    const exit = { amount: 0, isForced: true, isMarginCall, wished: 0, stopLoss: null, takeProfit: null };
    this.targets.set(symbol, { ...exit, closing, opening: freshTicket() });
  }

  protected cancel(symbol: number, id: number): void {
    for (const order of this.orders) if (order.symbol === symbol && (id === 0 || order.id === id)) order.isAlive = false;
    if (id === 0 && this.targets.get(symbol)?.isForced !== true) this.targets.delete(symbol);
  }

  protected startProtection(symbol: number, stop: number | null, target: number | null, from: number): void {
    this.protections.set(symbol, { stop, target, trail: null, best: Number.NaN, from, ticket: freshTicket() });
  }

  /** `held` units count towards it, and have paid their costs. */
  protected unitsAtFill(symbol: number, amount: number, arrival: number, atLimit: boolean, held = 0): number {
    const { size } = this.options;
    const share = Math.abs(amount) * (size.kind === 'equity' ? size.fraction : 1);
    const at = (units: number): number => (atLimit ? arrival : this.fillPrice(symbol, arrival, Math.sign(amount), units));
    const worth = this.equity(symbol, arrival) * share;
    if (held > 0 && worth <= held * arrival) return Math.max(0, worth / arrival);
    const bought = (price: number): number => this.affordable(this.equity(symbol, price) * share - held * price, price);
    return held + bought(at(bought(at(0))));
  }

  private isLive(symbol: number): boolean {
    return this.isPresent[symbol] === true && (this.protections.get(symbol)?.from ?? Infinity) <= this.slice;
  }

  /** Price a fill gets that was touched at `level`: the open where the bar opened beyond it. `side` is the direction in which it is touched. */
  private gapped(level: number, symbol: number, side: number): number {
    const open = this.price(symbol, 'open');
    return side * (open - level) > 0 ? open : level;
  }

  private isReached(level: number, symbol: number, side: number): boolean {
    return side > 0 ? this.price(symbol, 'high') >= level : this.price(symbol, 'low') <= level;
  }

  protected protect(symbol: number): void {
    const protection = this.protections.get(symbol);
    if (protection === undefined || !this.isLive(symbol)) return;
    const side = Math.sign(this.units(symbol));
    const { stop, target, trail } = protection;
    if (stop !== null && this.isReached(stop, symbol, -side)) this.exit(symbol, protection, this.gapped(stop, symbol, -side), false);
    else if (target !== null && this.isReached(target, symbol, side))
      this.exit(symbol, protection, this.gapped(target, symbol, side), true);
    else if (trail !== null) {
      const extreme = this.price(symbol, side > 0 ? 'high' : 'low');
      if (side * (extreme - protection.best) <= 0) return;
      protection.best = extreme;
      protection.stop = extreme * (1 - side * trail);
    }
  }

  private exit(symbol: number, { ticket }: Protection, price: number, atLimit: boolean): void {
    const units = Math.abs(this.units(symbol));
    const isAll = this.close(ticket, symbol, units, price, atLimit) === units;
    if (isAll || !atLimit) this.protections.delete(symbol);
    if (!isAll && !atLimit) this.exitLater(symbol, ticket);
  }

  protected rest(): void {
    const isLimit = (order: RestingOrder): boolean => order.kind === 'limit';
    // An order that has become a limit order inside the bar keeps its place.
    for (const order of [...this.orders.filter((each) => !isLimit(each)), ...this.orders.filter(isLimit)]) {
      if (order.isAlive && this.isPresent[order.symbol] === true) this.touch(order);
    }
    this.orders = this.orders.filter(({ isAlive }) => isAlive);
  }

  private touch(order: RestingOrder): void {
    const { symbol, kind, trail, trailFraction, best } = order;
    const side = Math.sign(order.amount);
    if (kind === 'limit' || kind === 'triggered') this.touchLimit(order, side);
    else if (kind === 'stop') this.touchStop(order, order.stop, side);
    else if (kind === 'stop-limit') this.touchStopLimit(order, side);
    else if (kind === 'trailing') {
      const distance = trailFraction === null ? (trail ?? Number.NaN) : best * trailFraction;
      this.touchStop(order, best + side * distance, side);
      order.best = side > 0 ? Math.min(best, this.price(symbol, 'low')) : Math.max(best, this.price(symbol, 'high'));
    }
  }

  private touchLimit(order: RestingOrder, side: number): void {
    if (this.isReached(order.limit, order.symbol, -side)) this.tradeInside(order, this.gapped(order.limit, order.symbol, -side), true);
  }

  private touchStop(order: RestingOrder, stop: number, side: number): void {
    if (!this.isReached(stop, order.symbol, side)) return;
    this.tradeInside(order, this.gapped(stop, order.symbol, side), false);
    order.kind = 'market';
  }

  private touchStopLimit(order: RestingOrder, side: number): void {
    const { symbol, stop, limit } = order;
    if (!this.isReached(stop, symbol, side)) return;
    order.kind = 'triggered';
    if (side * (this.price(symbol, 'open') - stop) >= 0) this.touchLimit(order, side);
    else if (side * (limit - stop) >= 0) this.tradeInside(order, stop, true);
    else if (side * (this.price(symbol, 'close') - limit) <= 0) this.tradeInside(order, limit, true);
  }

  private tradeInside(order: RestingOrder, price: number, atLimit: boolean): void {
    const { symbol } = order;
    const hasOpened = this.trade(order, price, atLimit, this.options.protectiveFrom === 'entry-bar' ? this.slice : this.slice + 1);
    const protection = this.protections.get(symbol);
    // Nothing tells whether the bar's range was seen before the position opened: a stop in it counts.
    if (!hasOpened || order.stopLoss === null || protection === undefined || !this.isLive(symbol)) return;
    const side = Math.sign(this.units(symbol));
    if (!this.isReached(order.stopLoss, symbol, -side)) return;
    this.exit(symbol, protection, side * (price - order.stopLoss) < 0 ? price : order.stopLoss, false);
  }

  /** Answers whether something was opened. */
  protected trade(order: RestingOrder, price: number, atLimit: boolean, from: number): boolean {
    const { symbol, amount, stopLoss, takeProfit } = order;
    const side = Math.sign(amount);
    order.wished = this.whole(order.wished ?? this.unitsAtFill(symbol, amount, price, atLimit));
    if (order.wished === 0) {
      this.denials.push([this.slice, 'BelowOneUnit', symbol]);
      order.isAlive = false;
      return false;
    }
    const left = order.wished - order.filled;
    let closed = 0;
    if (this.units(symbol) * side < 0) {
      closed = this.close(order.closing, symbol, Math.min(left, Math.abs(this.units(symbol))), price, atLimit);
      if (this.units(symbol) === 0) this.protections.delete(symbol);
    }
    const isThrough = this.units(symbol) * side >= 0;
    const mayOpen = !order.isReduceOnly && isThrough && !isCrumb(left - closed, order.wished);
    const opened = mayOpen ? this.open(order.opening, symbol, side, left - closed, price, atLimit) : 0;
    const traded = closed + (opened ?? 0);
    if ((opened ?? 0) > 0 && (stopLoss !== null || takeProfit !== null)) this.startProtection(symbol, stopLoss, takeProfit, from);
    if (traded > 0 && order.group !== 0) {
      for (const other of this.orders) if (other !== order && other.group === order.group) other.isAlive = false;
    }
    order.filled += traded;
    const isSpent = isCrumb(left - traded, order.wished) || opened === undefined || (order.isReduceOnly && isThrough);
    if (isSpent || this.options.fill !== 'volume-share') order.isAlive = false;
    return (opened ?? 0) > 0;
  }
}
