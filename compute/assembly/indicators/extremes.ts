/**
 * The highest of the last `period` values. Blocks as in the moving average: the best of one block's tail and of the next one's head,
 * so the cost does not depend on the period and nothing branches on the data.
 */
export class Highest {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly tails: StaticArray<f64>;
  private head: f64 = -Infinity;
  private at: i32 = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.warmUp = period - 1;
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const tails = this.tails;
    const head = higher(this.head, x);
    unchecked((tails[this.at] = x));
    const at = this.at + 1;
    if (at < this.period) {
      this.head = head;
      this.at = at;
      return higher(unchecked(tails[at]), head);
    }
    this.endBlock();
    return head;
  }

  private endBlock(): void {
    const tails = this.tails;
    let tail = -Infinity;
    for (let i = this.period - 1; i >= 0; i--) {
      tail = higher(tail, unchecked(tails[i]));
      unchecked((tails[i] = tail));
    }
    this.head = -Infinity;
    this.at = 0;
  }
}

/** The lowest of the last `period` values. */
export class Lowest {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly highest: Highest;

  constructor(readonly period: i32) {
    this.highest = new Highest(period);
    this.warmUp = period - 1;
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    return -this.highest.next(-x);
  }
}

@inline
function higher(a: f64, b: f64): f64 {
  return a < b ? b : a;
}
