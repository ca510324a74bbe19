import { OracleAccount, freshTicket, type OracleTrade, type Ticket } from './oracle-account.ts';
import type { BarSeries, BacktestDecision, BacktestOptions, CorporateAction } from './types.ts';

/** What a strategy wished for, and what a decision does not show. */
export interface OracleWish extends BacktestDecision {
  readonly slice: number;
  readonly index: number;
  readonly isDay: boolean;
  readonly isReduceOnly: boolean;
  readonly group: number;
}

export interface OracleInput {
  readonly series: readonly BarSeries[];
  readonly options: BacktestOptions;
  readonly wishes: readonly OracleWish[];
  /** By symbol. */
  readonly actions?: readonly (readonly CorporateAction[])[];
}

export interface OracleResult {
  readonly trades: readonly OracleTrade[];
  /** At each close, before orders that fill at it. */
  readonly equity: readonly number[];
  readonly finalEquity: number;
  readonly fees: number;
  readonly fills: number;
  readonly denials: OracleAccount['denials'];
  readonly financing: number;
  readonly dividends: number;
}

interface Target {
  readonly amount: number;
  /** `undefined` where only the fill tells. */
  wished: number | undefined;
  stopLoss: number | null;
  takeProfit: number | null;
  closing: Ticket;
  opening: Ticket;
}

interface Protection {
  stop: number | null;
  target: number | null;
  readonly trail: number | null;
  best: number;
  readonly from: number;
  readonly ticket: Ticket;
}

interface RestingOrder {
  readonly symbol: number;
  kind: OracleWish['kind'] | 'triggered';
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

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const over = (price: number | null, ratio: number): number | null => (price === null ? null : price / ratio);

/** For tests: a backtest from bar to bar with orders in lists, by the words of the documents, made for reading and not for speed. */
export class OracleBacktest extends OracleAccount {
  private readonly input: OracleInput;
  private readonly targets = new Map<number, Target>();
  private readonly protections = new Map<number, Protection>();
  private orders: RestingOrder[] = [];
  private marked: number;
  private financing = 0;
  private dividends = 0;

  constructor(input: OracleInput) {
    super(input.series, input.options);
    this.input = input;
    this.marked = input.options.cash;
  }

  run(): OracleResult {
    const times = [...new Set(this.series.flatMap(({ startAtMs }) => [...startAtMs]))].sort((a, b) => a - b);
    const equity: number[] = [];
    for (const [slice, time] of times.entries()) {
      this.slice = slice;
      if (slice > 0) this.accrue((time - (times[slice - 1] ?? time)) / YEAR_MS);
      this.isClosed = false;
      this.show(time);
      this.act(time);
      this.expire(time);
      this.fill('open', this.options.protectiveFrom === 'entry-bar' ? slice : slice + 1);
      for (const symbol of this.held) this.protect(symbol);
      this.rest();
      this.isClosed = true;
      this.marked = this.equity();
      this.margin();
      equity.push(this.marked);
      const due = this.input.wishes.filter((wish) => wish.slice === slice);
      for (const wish of due) this.take(wish);
      if (this.options.fill === 'same-close' && due.length > 0) this.fill('close', slice + 1);
      this.marked = this.equity();
    }
    const { trades, fees, fills, denials, financing, dividends } = this;
    return { trades: [...trades, ...this.openTrades()], equity, finalEquity: this.marked, fees, fills, denials, financing, dividends };
  }

  private accrue(years: number): void {
    const { cashRate, debitRate, borrowRate } = this.options;
    const shorts = this.held.filter((symbol) => this.units(symbol) < 0);
    const borrowed = shorts.reduce((sum, symbol) => sum - this.units(symbol) * this.price(symbol, 'close'), 0);
    const earned = (this.cash * (this.cash > 0 ? cashRate : debitRate) - borrowed * borrowRate) * years;
    this.financing += earned;
    this.cash += earned;
  }

  private show(time: number): void {
    for (const [symbol, { startAtMs }] of this.series.entries()) {
      const bar = startAtMs.indexOf(time);
      this.isPresent[symbol] = bar >= 0;
      if (bar >= 0) this.bar[symbol] = bar;
      this.filled[symbol] = 0;
    }
  }

  private act(time: number): void {
    for (const [symbol, actions] of (this.input.actions ?? []).entries()) {
      const bar = this.bar[symbol] ?? -1;
      const before = this.series[symbol]?.startAtMs[bar - 1];
      if (this.isPresent[symbol] !== true || before === undefined) continue;
      for (const { atMs, ratio, dividend } of actions.toSorted((a, b) => a.atMs - b.atMs)) {
        if (!(atMs > before && atMs <= time)) continue;
        this.dividends += this.units(symbol) * dividend;
        this.cash += this.units(symbol) * dividend;
        if (ratio !== 1) this.split(symbol, ratio);
      }
    }
  }

  private split(symbol: number, ratio: number): void {
    this.position[symbol] = this.units(symbol) * ratio;
    for (const lot of this.lots[symbol] ?? []) {
      lot.units *= ratio;
      lot.price /= ratio;
    }
    const target = this.targets.get(symbol);
    const orders = this.orders.filter((order) => order.symbol === symbol);
    for (const each of [...(target === undefined ? [] : [target]), ...orders]) {
      if (each.wished !== undefined) each.wished *= ratio;
      each.stopLoss = over(each.stopLoss, ratio);
      each.takeProfit = over(each.takeProfit, ratio);
    }
    for (const order of orders) {
      order.filled *= ratio;
      order.limit /= ratio;
      order.stop /= ratio;
      order.trail = over(order.trail, ratio);
      order.best /= ratio;
    }
    const protection = this.protections.get(symbol);
    if (protection === undefined) return;
    protection.stop = over(protection.stop, ratio);
    protection.target = over(protection.target, ratio);
    protection.best /= ratio;
  }

  private expire(time: number): void {
    const today = Math.floor(time / DAY_MS);
    for (const order of this.orders) {
      if (!order.isDay || this.isPresent[order.symbol] !== true) continue;
      order.firstDay ??= today;
      if (order.firstDay !== today) order.isAlive = false;
    }
  }

  private margin(): void {
    const { leverage, maintenance } = this.options;
    const [first] = this.held;
    if (leverage === null || first === undefined || this.marked >= maintenance * this.gross()) return;
    this.denials.push([this.slice, 'MarginCall', first]);
    for (const symbol of this.held) {
      this.cancel(symbol, 0);
      this.exitLater(symbol, freshTicket());
    }
  }

  private exitLater(symbol: number, closing: Ticket): void {
    this.targets.set(symbol, { amount: 0, wished: 0, stopLoss: null, takeProfit: null, closing, opening: freshTicket() });
  }

  private cancel(symbol: number, id: number): void {
    for (const order of this.orders) if (order.symbol === symbol && (id === 0 || order.id === id)) order.isAlive = false;
    if (id === 0) this.targets.delete(symbol);
  }

  private unitsOf({ measure, amount, index: symbol }: OracleWish): number | undefined {
    const size = Math.abs(amount);
    const close = this.price(symbol, 'close');
    if (measure === 'units') return size;
    if (measure === 'notional') return size / close;
    if (measure === 'weight') return Math.max(0, (this.marked * size) / close);
    const { size: policy } = this.options;
    if (policy.kind === 'units') return policy.units * size;
    if (policy.kind === 'all' || policy.at === 'fill') return undefined;
    return Math.max(0, (this.marked * policy.fraction * size) / close);
  }

  private take(wish: OracleWish): void {
    const { kind, index: symbol, amount, stopLoss, takeProfit } = wish;
    if (kind === 'cancel') this.cancel(symbol, wish.orderId);
    else if (kind === 'protect') this.guard(wish);
    else if (kind === 'target') {
      const tickets = { closing: freshTicket(), opening: freshTicket() };
      this.targets.set(symbol, { amount, wished: this.unitsOf(wish), stopLoss, takeProfit, ...tickets });
    } else this.place(wish);
  }

  private guard({ index: symbol, stopLoss, takeProfit, trailFraction: trail }: OracleWish): void {
    const position = this.units(symbol);
    if (position === 0) return;
    this.protections.delete(symbol);
    if (stopLoss === null && takeProfit === null && trail === null) return;
    const best = this.price(symbol, 'close');
    const stop = trail === null ? stopLoss : best * (1 - Math.sign(position) * trail);
    this.protections.set(symbol, { stop, target: takeProfit, trail, best, from: this.slice + 1, ticket: freshTicket() });
  }

  private place(wish: OracleWish): void {
    const { kind, index: symbol, amount, group, isDay, isReduceOnly, trail, trailFraction, stopLoss, takeProfit } = wish;
    this.orders.push({
      ...{ symbol, kind, amount, group, isDay, isReduceOnly, trail, trailFraction, stopLoss, takeProfit },
      id: wish.orderId,
      wished: this.unitsOf(wish),
      filled: 0,
      limit: wish.limit ?? Number.NaN,
      stop: wish.stop ?? Number.NaN,
      best: this.price(symbol, 'close'),
      firstDay: undefined,
      isAlive: true,
      closing: freshTicket(),
      opening: freshTicket(),
    });
  }

  /** Waiting targets, what closes first, and then market orders. */
  private fill(column: 'open' | 'close', from: number): void {
    const due = [...this.targets.keys()].filter((symbol) => this.isPresent[symbol] === true).sort((a, b) => a - b);
    for (const symbol of due) this.closeTowards(symbol, this.price(symbol, column));
    for (const symbol of due) this.adjust(symbol, this.price(symbol, column), from);
    for (const order of this.orders) {
      if (order.kind === 'market' && order.isAlive && this.isPresent[order.symbol] === true)
        this.trade(order, this.price(order.symbol, column), false, from);
    }
    this.orders = this.orders.filter(({ isAlive }) => isAlive);
  }

  private closeTowards(symbol: number, arrival: number): void {
    const target = this.targets.get(symbol);
    const position = this.units(symbol);
    if (target === undefined || position === 0) return;
    const held = Math.abs(position);
    if (target.amount * position <= 0) {
      this.protections.delete(symbol);
      this.close(target.closing, symbol, held, arrival, false);
      return;
    }
    if (target.wished === undefined || this.whole(target.wished) >= held) return;
    const surplus = held - this.whole(target.wished);
    if (this.close(target.closing, symbol, surplus, arrival, false) === surplus) this.targets.delete(symbol);
  }

  private adjust(symbol: number, arrival: number, from: number): void {
    const target = this.targets.get(symbol);
    const held = Math.abs(this.units(symbol));
    if (target === undefined || (held !== 0 && target.amount * this.units(symbol) <= 0)) return;
    this.targets.delete(symbol);
    if (target.amount === 0) return;
    const wished = target.wished ?? this.unitsAtFill(symbol, target.amount, arrival, false);
    const units = this.whole(wished);
    if (units === 0 && held === 0) this.denials.push([this.slice, 'BelowOneUnit', symbol]);
    let left = Math.abs(units - held);
    if (units > held) {
      const { stopLoss: stop, takeProfit, opening } = target;
      const opened = this.open(opening, symbol, Math.sign(target.amount), units - held, arrival, false);
      if (opened === undefined) return;
      left -= opened;
      if (opened > 0 && (stop !== null || takeProfit !== null)) this.startProtection(symbol, stop, takeProfit, from);
    } else if (units < held) left -= this.close(target.closing, symbol, held - units, arrival, false);
    if (this.options.fill === 'volume-share' && left > 0) this.targets.set(symbol, { ...target, wished: units });
  }

  private startProtection(symbol: number, stop: number | null, target: number | null, from: number): void {
    this.protections.set(symbol, { stop, target, trail: null, best: Number.NaN, from, ticket: freshTicket() });
  }

  private unitsAtFill(symbol: number, amount: number, arrival: number, atLimit: boolean): number {
    const { size } = this.options;
    const share = Math.abs(amount) * (size.kind === 'equity' ? size.fraction : 1);
    const at = (units: number): number => (atLimit ? arrival : this.fillPrice(symbol, arrival, Math.sign(amount), units));
    const bought = (price: number): number => this.affordable(this.equity(symbol, price) * share, price);
    return bought(at(bought(at(0))));
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

  private protect(symbol: number): void {
    const protection = this.protections.get(symbol);
    if (protection === undefined || !this.isLive(symbol)) return;
    const side = Math.sign(this.units(symbol));
    const { stop, target, trail } = protection;
    if (stop !== null && this.isReached(stop, symbol, -side)) this.exit(symbol, protection, this.gapped(stop, symbol, -side), false);
    else if (target !== null && this.isReached(target, symbol, side)) this.exit(symbol, protection, this.gapped(target, symbol, side), true);
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

  private rest(): void {
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
  private trade(order: RestingOrder, price: number, atLimit: boolean, from: number): boolean {
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
    const mayOpen = !order.isReduceOnly && isThrough && left > closed;
    const opened = mayOpen ? this.open(order.opening, symbol, side, left - closed, price, atLimit) : 0;
    const traded = closed + (opened ?? 0);
    if ((opened ?? 0) > 0 && (stopLoss !== null || takeProfit !== null)) this.startProtection(symbol, stopLoss, takeProfit, from);
    if (traded > 0 && order.group !== 0) {
      for (const other of this.orders) if (other !== order && other.group === order.group) other.isAlive = false;
    }
    order.filled += traded;
    const isSpent = traded === left || opened === undefined || (order.isReduceOnly && isThrough);
    if (isSpent || this.options.fill !== 'volume-share') order.isAlive = false;
    return (opened ?? 0) > 0;
  }
}
