import { Bars, Indicator, Parameters, bytes } from './indicator';
import { RunningTotal } from './running-total';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that the flows stay in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * Accumulation/distribution line (Chaikin): volume × ((close − low) − (high − close)) / (high − low), summed from the first bar. A bar
 * without range counts as nothing, as in TA-Lib; so does one whose high or low is not a number. A close or volume that is not a number and
 * counts stays for ever.
 */
export class AccumulationDistribution {
  /** Index of the first value. */
  readonly warmUp: i32 = 0;
  private readonly total: RunningTotal = new RunningTotal();

  /** In units of volume. */
  next(high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.total.next(flow(high, low, close, volume));
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
    for (let done = 0; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      flows(high + at, low + at, close + at, volume + at, size, output + at);
      this.total.run(output + at, size, output + at);
    }
  }
}

/** The part of the volume that was accumulated; below zero: distributed. */
@inline
function flow(high: f64, low: f64, close: f64, volume: f64): f64 {
  const range = high - low;
  return range > 0 ? ((close - low - (high - close)) / range) * volume : 0;
}

function flows(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
  const end = bytes(count);
  const zero = f64x2.splat(0);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const h = v128.load(high + i);
    const l = v128.load(low + i);
    const x = v128.load(close + i);
    const range = f64x2.sub(h, l);
    const part = f64x2.div(f64x2.sub(f64x2.sub(x, l), f64x2.sub(h, x)), range);
    v128.store(output + i, v128.and(f64x2.mul(part, v128.load(volume + i)), f64x2.gt(range, zero)));
  }
  if (i == end) return;
  store<f64>(output + i, flow(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i), load<f64>(volume + i)));
}

export class AccumulationDistributionIndicator extends Indicator {
  private readonly line: AccumulationDistribution = new AccumulationDistribution();

  static describe(spec: Spec): void {
    spec.title('AD', 'Accumulation/distribution line', 'Volume weighed by where in its range each bar closed, summed from the first bar.');
    spec.series('high,low,close,volume', 'value', 'own');
  }

  constructor(_: Parameters) {
    super();
    this.warmUp = this.line.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.line.run(bars.high, bars.low, bars.close, bars.volume, count, bars.output(0));
  }
}
