import { Parameter, Strategy, integer } from 'tidemark';

export default class MomentumRotation extends Strategy {
  private lookback: Parameter = integer('lookback', 252, 1, 10000, 'Bars over which momentum is measured.');
  private skip: Parameter = integer('skip', 21, 0, 10000, 'Newest bars that are left out of it.');
  private top: Parameter = integer('top', 5, 1, 10000, 'Symbols to hold, in equal parts.');
  private every: Parameter = integer('every', 21, 1, 10000, 'Bars between two rotations.');
  /** The last closes, a row a slice, round and round. */
  private closes: StaticArray<f64> = [];
  private rows: i32 = 0;
  private seen: i32 = 0;
  private momenta: StaticArray<f64> = [];
  /** Symbols that are held or about to be, by index. */
  private chosen: StaticArray<bool> = [];
  /** The best so far, the weakest of them first: a heap. */
  private best: StaticArray<i32> = [];
  private bestCount: i32 = 0;

  constructor() {
    super('momentum-rotation', 'Momentum rotation', 'Holds the symbols that rose most, in equal parts, and looks again every so many bars.');
  }

  warmUp(): i32 {
    return this.lookback.int + this.skip.int + 1;
  }

  onStart(): void {
    const symbols = this.symbolCount;
    this.rows = this.warmUp();
    this.closes = new StaticArray<f64>(this.rows * symbols);
    this.momenta = new StaticArray<f64>(symbols);
    this.chosen = new StaticArray<bool>(symbols);
    this.best = new StaticArray<i32>(min(symbols, this.top.int));
  }

  onBars(): void {
    const symbols = this.symbolCount;
    const row = (this.seen % this.rows) * symbols;
    for (let symbol = 0; symbol < symbols; symbol++) this.closes[row + symbol] = this.bar(symbol).close;
    this.seen += 1;
    if (this.seen >= this.rows && (this.seen - this.rows) % this.every.int == 0) this.rotate();
  }

  private rotate(): void {
    const symbols = this.symbolCount;
    const newest = ((this.seen - 1 - this.skip.int) % this.rows) * symbols;
    const oldest = (this.seen % this.rows) * symbols;
    this.bestCount = 0;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const momentum = this.closes[newest + symbol] / this.closes[oldest + symbol] - 1;
      this.momenta[symbol] = momentum;
      // A symbol without bars all the time has no momentum.
      if (momentum == momentum) this.consider(symbol);
    }
    this.hold();
  }

  /** Whether `a` is weaker than `b`; of equals the later symbol is. */
  private isWeaker(a: i32, b: i32): bool {
    const first = this.momenta[a];
    const second = this.momenta[b];
    return first < second || (first == second && a > b);
  }

  private consider(symbol: i32): void {
    if (this.bestCount < this.best.length) {
      this.rise(symbol);
    } else if (this.isWeaker(this.best[0], symbol)) {
      this.sink(symbol);
    }
  }

  private rise(symbol: i32): void {
    let at = this.bestCount;
    this.bestCount += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isWeaker(symbol, this.best[parent])) break;
      this.best[at] = this.best[parent];
      at = parent;
    }
    this.best[at] = symbol;
  }

  /** `symbol` takes the place of the weakest. */
  private sink(symbol: i32): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.bestCount) break;
      if (child + 1 < this.bestCount && this.isWeaker(this.best[child + 1], this.best[child])) child += 1;
      if (!this.isWeaker(this.best[child], symbol)) break;
      this.best[at] = this.best[child];
      at = child;
    }
    this.best[at] = symbol;
  }

  private hold(): void {
    const symbols = this.symbolCount;
    const share: f64 = 1 / f64(this.best.length);
    for (let symbol = 0; symbol < symbols; symbol++) this.chosen[symbol] = false;
    for (let i = 0; i < this.bestCount; i++) this.chosen[this.best[i]] = true;
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (this.chosen[symbol]) this.target(symbol, share, 'among the strongest');
      else if (this.position(symbol) != 0) this.target(symbol, 0, 'no longer among the strongest');
    }
  }
}
