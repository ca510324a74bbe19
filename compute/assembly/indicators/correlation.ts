import { CHUNK, CoMoments } from './co-moments';
import { Bars, COLUMNS, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** Pearson's correlation of the last `period` pairs, from −1 to 1; 0 where one of the two does not vary. */
export class Correlation {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly moments: CoMoments;

  constructor(period: i32) {
    this.warmUp = period - 1;
    this.moments = new CoMoments(period);
  }

  /** Takes values as they are: give it returns to correlate returns. Not-a-number before `warmUp`. */
  next(x: f64, y: f64): f64 {
    this.moments.next(x, y);
    return correlationOf(this.moments.xx, this.moments.yy, this.moments.xy);
  }

  /** As `next` for each of `count` pairs, to the bit. */
  run(x: usize, y: usize, count: i32, output: usize): void {
    const squares = heap.alloc(2 * bytes(CHUNK));
    const products = squares + bytes(CHUNK);
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = min(CHUNK, count - done);
      this.moments.run(x + at, y + at, size, squares, output + at, products);
      correlationsOf(squares, output + at, products, size, output + at);
    }
    heap.free(squares);
  }
}

/** Two roots, because the product of two small sums could vanish. */
@inline
function correlationOf(xx: f64, yy: f64, xy: f64): f64 {
  if (xx <= 0 || yy <= 0) return 0;
  return max<f64>(-1, min<f64>(1, xy / (sqrt(xx) * sqrt(yy))));
}

/** As `correlationOf`, to the bit; `output` may be one of the others. */
function correlationsOf(xx: usize, yy: usize, xy: usize, count: i32, output: usize): void {
  const end = bytes(count);
  const zero = f64x2.splat(0);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const x = v128.load(xx + i);
    const y = v128.load(yy + i);
    const value = f64x2.div(v128.load(xy + i), f64x2.mul(f64x2.sqrt(x), f64x2.sqrt(y)));
    const bounded = f64x2.pmax(f64x2.pmin(value, f64x2.splat(1)), f64x2.splat(-1));
    v128.store(output + i, v128.andnot(bounded, v128.or(f64x2.le(x, zero), f64x2.le(y, zero))));
  }
  if (i < end) store<f64>(output + i, correlationOf(load<f64>(xx + i), load<f64>(yy + i), load<f64>(xy + i)));
}

/** Of two columns of the same bars. Strategies use `Correlation` for two symbols. */
export class CorrelationIndicator extends Indicator {
  private readonly correlation: Correlation;
  private readonly x: i32;
  private readonly y: i32;

  static describe(spec: Spec): void {
    spec.title('CORREL', 'Correlation', 'How closely two columns of the bars moved together in a window, from −1 to 1.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.choice('x', 1, COLUMNS, 'The one column.');
    spec.choice('y', 2, COLUMNS, 'The other column.');
    spec.series(COLUMNS, 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.correlation = new Correlation(p.integer(0));
    this.x = p.integer(1);
    this.y = p.integer(2);
    this.warmUp = this.correlation.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.correlation.run(bars.input(this.x), bars.input(this.y), count, bars.output(0));
  }
}
