import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * Heikin-Ashi bars: the close is the mean of the bar's four prices, the open is the middle of the Heikin-Ashi bar before (of the first bar: of its
 * own open and close), high and low also cover both.
 */
export class HeikinAshi {
  /** Index of the first value. */
  readonly warmUp: i32 = 0;
  open: f64 = NaN;
  high: f64 = NaN;
  low: f64 = NaN;
  close: f64 = NaN;
  private started: bool = false;

  /** Moves the bar one on. */
  next(open: f64, high: f64, low: f64, close: f64): void {
    const begin = this.begin(open, close);
    const end = (open + close + (high + low)) * 0.25;
    this.open = begin;
    this.close = end;
    this.high = higher(high, higher(begin, end));
    this.low = lower(low, lower(begin, end));
  }

  /** The open of a bar that opens and closes there. */
  private begin(open: f64, close: f64): f64 {
    if (this.started) return (this.open + this.close) * 0.5;
    this.started = true;
    return (open + close) * 0.5;
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, open: usize, high: usize, low: usize, close: usize): void {
    if (count == 0) return;
    const end = bytes(count);
    const pairs = end & ~15;
    if (pairs > 0) this.runPairs(inputs, pairs, open, high, low, close);
    if (pairs < end) {
      this.next(
        load<f64>(inputs.open + pairs),
        load<f64>(inputs.high + pairs),
        load<f64>(inputs.low + pairs),
        load<f64>(inputs.close + pairs),
      );
      store<f64>(open + pairs, this.open);
      store<f64>(high + pairs, this.high);
      store<f64>(low + pairs, this.low);
      store<f64>(close + pairs, this.close);
    }
  }

  /** Two bars at a time: only the opens must wait for each other. */
  private runPairs(inputs: Bars, size: usize, open: usize, high: usize, low: usize, close: usize): void {
    const opens = inputs.open;
    const highs = inputs.high;
    const lows = inputs.low;
    const closes = inputs.close;
    let begin = this.begin(load<f64>(opens), load<f64>(closes));
    for (let i: usize = 0; i < size; i += 16) {
      const top = v128.load(highs + i);
      const bottom = v128.load(lows + i);
      const sum = f64x2.add(f64x2.add(v128.load(opens + i), v128.load(closes + i)), f64x2.add(top, bottom));
      const ends = f64x2.mul(sum, f64x2.splat(0.25));
      const second = (begin + f64x2.extract_lane(ends, 0)) * 0.5;
      const begins = f64x2.replace_lane(f64x2.splat(begin), 1, second);
      begin = (second + f64x2.extract_lane(ends, 1)) * 0.5;
      v128.store(open + i, begins);
      v128.store(close + i, ends);
      v128.store(high + i, f64x2.pmax(top, f64x2.pmax(begins, ends)));
      v128.store(low + i, f64x2.pmin(bottom, f64x2.pmin(begins, ends)));
    }
    const last = size - 8;
    this.open = load<f64>(open + last);
    this.high = load<f64>(high + last);
    this.low = load<f64>(low + last);
    this.close = load<f64>(close + last);
  }
}

@inline
function higher(a: f64, b: f64): f64 {
  return a < b ? b : a;
}

@inline
function lower(a: f64, b: f64): f64 {
  return b < a ? b : a;
}

export class HeikinAshiIndicator extends Indicator {
  private readonly bar: HeikinAshi = new HeikinAshi();

  static describe(spec: Spec): void {
    spec.title('HEIKIN_ASHI', 'Heikin-Ashi', 'Bars that are averaged with the bar before, so that trends show.');
    spec.series('open,high,low,close', 'open,high,low,close', 'price');
  }

  constructor(_: Parameters) {
    super();
  }

  run(bars: Bars, count: i32): void {
    this.bar.run(bars, count, bars.output(0), bars.output(1), bars.output(2), bars.output(3));
  }
}
