import { History, Parameter, Strategy, integer } from 'tidemark';

export default class DualMomentum extends Strategy {
  private lookback: Parameter = integer('lookback', 252, 1, 10000, 'Bars over which momentum is measured.');
  private every: Parameter = integer('every', 21, 1, 10000, 'Bars between two decisions.');
  private closes: History[] = [];
  private seen: i32 = 0;

  constructor() {
    super(
      'dual-momentum',
      'Dual momentum',
      'Holds the strongest symbol while it beats the last one, the safe asset, and else that one. With one symbol: holds it while it rises.',
    );
  }

  warmUp(): i32 {
    return this.lookback.int + 1;
  }

  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.closes.push(new History(this.lookback.int + 1));
  }

  onBars(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.closes[symbol].push(this.bar(symbol).close);
    this.seen += 1;
    const warm = this.warmUp();
    if (this.seen >= warm && (this.seen - warm) % this.every.int == 0) this.choose();
  }

  private momentum(symbol: i32): f64 {
    const closes = this.closes[symbol];
    return closes.ago(0) / closes.ago(this.lookback.int) - 1;
  }

  private choose(): void {
    const last = this.symbolCount - 1;
    const hurdle: f64 = last == 0 ? NaN : this.momentum(last);
    // Without a safe asset, or where it has no bars from so long ago, it is cash that must be beaten.
    const safe = hurdle == hurdle ? last : -1;
    let best = safe;
    let strongest: f64 = safe >= 0 ? hurdle : 0;
    for (let symbol = 0; symbol < max(1, last); symbol++) {
      const momentum = this.momentum(symbol);
      if (!(momentum > strongest)) continue;
      strongest = momentum;
      best = symbol;
    }
    this.hold(best, safe);
  }

  private hold(best: i32, safe: i32): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      if (symbol != best && this.position(symbol) != 0) this.target(symbol, 0, best < 0 ? 'none rises' : 'another is stronger');
    }
    if (best >= 0 && this.position(best) == 0) this.target(best, 1, best == safe ? 'none beats the safe one' : 'the strongest');
  }
}
