import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Scratch } from './scratch';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * Triple exponential moving average: 3 · e₁ − 3 · e₂ + e₃, where e₁ is an EMA, e₂ the EMA of e₁ and e₃ the EMA of e₂, each seeded on the stage
 * before it. P. Mulloy, 1994; as TA-Lib's TEMA.
 */
export class Tema {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly first: Ema;
  private readonly second: Ema;
  private readonly third: Ema;
  private readonly between: Scratch = new Scratch(2 * CHUNK);

  constructor(period: i32) {
    this.warmUp = 3 * (period - 1);
    this.first = new Ema(period);
    this.second = new Ema(period);
    this.third = new Ema(period);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const once = this.first.next(x);
    if (!this.first.ready) return NaN;
    const twice = this.second.next(once);
    if (!this.second.ready) return NaN;
    return 3 * (once - twice) + this.third.next(twice);
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && !this.third.ready; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    const twice = this.between.start;
    const thrice = twice + bytes(CHUNK);
    for (; done < count; done += CHUNK) {
      const once = output + bytes(done);
      const size = min(CHUNK, count - done);
      this.first.run(input + bytes(done), size, once);
      this.second.run(once, size, twice);
      this.third.run(twice, size, thrice);
      combine(once, twice, thrice, size);
    }
  }
}

/** `once ← 3 · (once − twice) + thrice`. */
function combine(once: usize, twice: usize, thrice: usize, count: i32): void {
  const end = bytes(count);
  const three = f64x2.splat(3);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const distance = f64x2.sub(v128.load(once + i), v128.load(twice + i));
    v128.store(once + i, f64x2.add(f64x2.mul(three, distance), v128.load(thrice + i)));
  }
  if (i < end) store<f64>(once + i, 3 * (load<f64>(once + i) - load<f64>(twice + i)) + load<f64>(thrice + i));
}

export class TemaIndicator extends Indicator {
  private readonly tema: Tema;

  static describe(spec: Spec): void {
    spec.title('TEMA', 'Triple exponential moving average', 'An exponential average with nearly all of its lag taken out.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars of each of the three averages.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.tema = new Tema(parameters.integer(0));
    this.warmUp = this.tema.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.tema.run(bars.close, count, bars.output(0));
  }
}
