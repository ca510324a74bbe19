import { freshTicket, isCrumb, type OracleAccount, type OracleTrade } from './oracle-account.ts';
import { OracleOrders } from './oracle-orders.ts';
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

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const over = (price: number | null, ratio: number): number | null => (price === null ? null : price / ratio);

/** For tests: a backtest from bar to bar with orders in lists, by the words of the documents, made for reading and not for speed. */
export class OracleBacktest extends OracleOrders {
  private readonly input: OracleInput;
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
      this.exitLater(symbol, freshTicket(), true);
    }
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
      if (this.targets.get(symbol)?.isMarginCall === true) return;
      const tickets = { closing: freshTicket(), opening: freshTicket() };
      this.targets.set(symbol, {
        amount,
        isForced: false,
        isMarginCall: false,
        wished: this.unitsOf(wish),
        stopLoss,
        takeProfit,
        ...tickets,
      });
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
      symbol,
      kind,
      amount,
      group,
      isDay,
      isReduceOnly,
      trail,
      trailFraction,
      stopLoss,
      takeProfit,
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
    const surplus = held - this.whole(target.wished ?? Infinity);
    if (surplus <= 0 || isCrumb(surplus, held)) return;
    if (this.close(target.closing, symbol, surplus, arrival, false) >= surplus) this.targets.delete(symbol);
  }

  private adjust(symbol: number, arrival: number, from: number): void {
    const target = this.targets.get(symbol);
    const held = Math.abs(this.units(symbol));
    if (target === undefined || (held !== 0 && target.amount * this.units(symbol) <= 0)) return;
    this.targets.delete(symbol);
    if (target.amount === 0) return;
    const wished = target.wished ?? this.unitsAtFill(symbol, target.amount, arrival, false, held);
    const units = this.whole(wished);
    if (units === 0 && held === 0) this.denials.push([this.slice, 'BelowOneUnit', symbol]);
    let left = Math.abs(units - held);
    if (isCrumb(left, Math.max(units, held))) return;
    if (units > held) {
      const { stopLoss: stop, takeProfit, opening } = target;
      const opened = this.open(opening, symbol, Math.sign(target.amount), units - held, arrival, false);
      if (opened === undefined) return;
      left -= opened;
      if (opened > 0 && (stop !== null || takeProfit !== null)) this.startProtection(symbol, stop, takeProfit, from);
    } else if (units < held) left -= this.close(target.closing, symbol, held - units, arrival, false);
    if (this.options.fill === 'volume-share' && left > 0) this.targets.set(symbol, { ...target, wished: units });
  }
}
