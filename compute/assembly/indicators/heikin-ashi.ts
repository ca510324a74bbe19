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
    const first = !this.started;
    this.started = true;
    const begin = first ? (open + close) * 0.5 : (this.open + this.close) * 0.5;
    const end = mean(open, high, low, close);
    this.open = begin;
    this.close = end;
    this.high = max(high, max(begin, end));
    this.low = min(low, min(begin, end));
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, open: usize, high: usize, low: usize, close: usize): void {
    const opens = inputs.open;
    const highs = inputs.high;
    const lows = inputs.low;
    const closes = inputs.close;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      this.next(load<f64>(opens + i), load<f64>(highs + i), load<f64>(lows + i), load<f64>(closes + i));
      store<f64>(open + i, this.open);
      store<f64>(high + i, this.high);
      store<f64>(low + i, this.low);
      store<f64>(close + i, this.close);
    }
  }
}

@inline
function mean(open: f64, high: f64, low: f64, close: f64): f64 {
  return (open + close + (high + low)) * 0.25;
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
