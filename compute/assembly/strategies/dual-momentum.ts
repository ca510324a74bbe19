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
    const safe = this.symbolCount - 1;
    const hurdle: f64 = safe == 0 ? 0 : this.momentum(safe);
    let best = safe == 0 ? -1 : safe;
    let strongest = hurdle;
    for (let symbol = 0; symbol < max(1, safe); symbol++) {
      const momentum = this.momentum(symbol);
      if (!(momentum > strongest)) continue;
      strongest = momentum;
      best = symbol;
    }
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      if (symbol != best && this.position(symbol) != 0) this.target(symbol, 0, 'another is stronger');
    }
    if (best >= 0 && this.position(best) == 0) this.target(best, 1, best == safe ? 'none beats the safe one' : 'the strongest');
  }
}
