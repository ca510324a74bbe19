/**
 * For tests: a strategy that wishes for anything at all, drawn from each bar's volume, so that a bar says what happens after it whatever bars
 * stand before. The reasons carry what decisions do not show: `d` for a day order, `r` for reduce-only, `g` and a group.
 */
export const SCRIPTED_STRATEGY = `import { Order, Parameter, Strategy, integer } from 'tidemark';

export default class Scripted extends Strategy {
  private mix: Parameter = integer('mix', 1, 1, 1000, 'Which way.');
  private state: i64 = 1;
  private lastOrder: i32 = 0;

  constructor() {
    super('scripted', 'Scripted', 'Wishes for anything.');
  }

  private draw(count: i32): i32 {
    this.state = (this.state * 48271) % 2147483647;
    return i32((this.state >> 4) % i64(count));
  }

  private near(symbol: i32): f64 {
    return this.bar(symbol).close * (1 + f64(this.draw(15) - 7) / 100);
  }

  private maybeNear(symbol: i32): f64 {
    return this.draw(3) == 0 ? this.near(symbol) : NaN;
  }

  onBar(symbol: i32): void {
    this.state = 1 + (i64(this.bar(symbol).volume) * 7919 + i64(this.mix.int) * 104729 + i64(symbol) * 1299721) % 2147483000;
    for (let left = this.draw(4); left > 0; left--) {
      const other = this.draw(this.symbolCount);
      if (this.bar(other).close > 0) this.wish(other);
    }
  }

  private wish(symbol: i32): void {
    const kind = this.draw(16);
    if (kind < 5) this.aim(symbol);
    else if (kind < 12) this.order(symbol);
    else if (kind == 12) this.pair(symbol);
    else if (kind == 13) this.end(symbol);
    else this.guard(symbol);
  }

  private aim(symbol: i32): void {
    const measure = this.draw(5);
    const stop = this.maybeNear(symbol);
    const profit = this.maybeNear(symbol);
    if (measure == 0) this.targetWeight(symbol, f64(this.draw(9) - 4) / 4, '', stop, profit);
    else if (measure == 1) this.targetUnits(symbol, f64(this.draw(21) - 10) * 3.7, '', stop, profit);
    else if (measure == 2) this.targetNotional(symbol, f64(this.draw(9) - 4) * 700, '', stop, profit);
    else this.target(symbol, f64(this.draw(5) - 2) / 2, '', stop, profit);
  }

  private make(symbol: i32): Order {
    const measure = this.draw(5);
    let amount: f64 = measure == 0 ? 0.5 : measure == 1 ? 0.25 : measure == 2 ? 600 : 12.5;
    if (this.draw(2) == 0) amount = -amount * 1.5;
    const kind = this.draw(6);
    const first = this.near(symbol);
    const second = this.near(symbol);
    let order: Order;
    if (kind == 0) order = Order.market(symbol, amount);
    else if (kind == 1) order = Order.limit(symbol, amount, first);
    else if (kind == 2) order = Order.stop(symbol, amount, first);
    else if (kind == 3) order = Order.stopLimit(symbol, amount, first, second);
    else if (kind == 4) order = Order.trailing(symbol, amount, f64(1 + this.draw(6)) / 100);
    else order = Order.trailingBy(symbol, amount, first / 25);
    if (measure == 0) order.byExposure();
    else if (measure == 1) order.byWeight();
    else if (measure == 2) order.byNotional();
    if (this.draw(4) == 0) order.day();
    if (this.draw(4) == 0) order.reduceOnly();
    if (this.draw(2) == 0) order.bracket(this.maybeNear(symbol), this.maybeNear(symbol));
    return order;
  }

  private hand(order: Order): void {
    const day = order.isDay ? 'd' : '';
    const reduce = order.isReduceOnly ? 'r' : '';
    this.lastOrder = this.submit(order, day + reduce + 'g' + order.group.toString());
  }

  private order(symbol: i32): void {
    this.hand(this.make(symbol));
  }

  private pair(symbol: i32): void {
    const first = this.make(symbol);
    const second = this.make(symbol).oco(first);
    this.hand(first);
    this.hand(second);
  }

  private end(symbol: i32): void {
    if (this.draw(2) == 0) this.cancelAll(symbol, '');
    else this.cancel(symbol, this.lastOrder, '');
  }

  private guard(symbol: i32): void {
    if (this.draw(2) == 0) this.protect(symbol, this.maybeNear(symbol), this.maybeNear(symbol), '');
    else this.trail(symbol, f64(1 + this.draw(6)) / 100, '', this.maybeNear(symbol));
  }
}
`;
