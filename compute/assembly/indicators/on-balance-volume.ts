import { Bars, Indicator, Parameters, bytes } from './indicator';
import { RunningTotal } from './running-total';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that the signed volumes stay in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * On-balance volume (Granville, 1963): the volume of bars that closed higher minus the volume of those that closed lower, summed from the
 * first bar, whose volume counts in full as in TA-Lib. An equal close, or one that is not a number, counts for neither side. A volume
 * that is not a number and counts stays for ever.
 */
export class OnBalanceVolume {
  /** Index of the first value. */
  readonly warmUp: i32 = 0;
  private readonly total: RunningTotal = new RunningTotal();
  private previous: f64 = NaN;
  private started: bool = false;

  /** In units of volume. */
  next(close: f64, volume: f64): f64 {
    const before = this.previous;
    this.previous = close;
    if (this.started) return this.total.next(signedVolume(close, before, volume));
    this.started = true;
    return this.total.next(volume);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(close: usize, volume: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(close), load<f64>(volume)));
    for (let done = 1; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      signedVolumes(close + at, volume + at, size, output + at);
      this.total.run(output + at, size, output + at);
    }
    this.previous = load<f64>(close + bytes(count - 1));
  }
}

@inline
function signedVolume(close: f64, before: f64, volume: f64): f64 {
  return close > before ? volume : close < before ? -volume : 0;
}

/** The close before `close` must be at hand. */
function signedVolumes(close: usize, volume: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const x = v128.load(close + i);
    const before = v128.load(close + i - 8);
    const size = v128.load(volume + i);
    const up = v128.and(size, f64x2.gt(x, before));
    v128.store(output + i, v128.or(up, v128.and(f64x2.neg(size), f64x2.lt(x, before))));
  }
  if (i < end) store<f64>(output + i, signedVolume(load<f64>(close + i), load<f64>(close + i - 8), load<f64>(volume + i)));
}

export class OnBalanceVolumeIndicator extends Indicator {
  private readonly balance: OnBalanceVolume = new OnBalanceVolume();

  static describe(spec: Spec): void {
    spec.title('OBV', 'On-balance volume', 'Volume of rising bars minus volume of falling bars, summed from the first bar.');
    spec.series('close,volume', 'value', 'own');
  }

  constructor(_: Parameters) {
    super();
    this.warmUp = this.balance.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.balance.run(bars.close, bars.volume, count, bars.output(0));
  }
}
