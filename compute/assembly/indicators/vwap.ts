import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Sma } from './sma';
import { Spec } from './spec';
import { Stage } from './stage';

/**
 * Volume-weighted average price of the last `period` bars: Σ typical price × volume / Σ volume, where the typical price of a bar is
 * (high + low + close) / 3. A window without any volume weighs its bars alike. It rolls: bars do not say when a session begins, so the average
 * since the open of a session is not to be had from them.
 */
export class Vwap {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly turnover: Stage;
  private readonly volume: Stage;
  private readonly plain: Stage;

  constructor(period: i32) {
    this.warmUp = period - 1;
    this.turnover = new Stage(new Sma(period));
    this.volume = new Stage(new Sma(period));
    this.plain = new Stage(new Sma(period));
  }

  /** Not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64, volume: f64): f64 {
    const price = typicalPrice(high, low, close);
    const turnover = this.turnover.next(price * volume);
    const weight = this.volume.next(volume);
    return average(turnover, weight, this.plain.next(price));
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.plain.size(count - done);
      this.prepare(high + at, low + at, close + at, volume + at, size);
      this.turnover.run(size);
      this.volume.run(size);
      this.plain.run(size);
      averages(this.turnover.output, this.volume.output, this.plain.output, size, output + at);
    }
  }

  private prepare(high: usize, low: usize, close: usize, volume: usize, count: i32): void {
    const prices = this.plain.input;
    const turnovers = this.turnover.input;
    memory.copy(this.volume.input, volume, bytes(count));
    const end = bytes(count);
    const three = f64x2.splat(3);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const price = f64x2.div(f64x2.add(f64x2.add(v128.load(high + i), v128.load(low + i)), v128.load(close + i)), three);
      v128.store(prices + i, price);
      v128.store(turnovers + i, f64x2.mul(price, v128.load(volume + i)));
    }
    if (i == end) return;
    const price = typicalPrice(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i));
    store<f64>(prices + i, price);
    store<f64>(turnovers + i, price * load<f64>(volume + i));
  }
}

/** The mean of high, low and close. */
@inline
export function typicalPrice(high: f64, low: f64, close: f64): f64 {
  return (high + low + close) / 3;
}

@inline
function average(turnover: f64, volume: f64, plain: f64): f64 {
  return volume == 0 ? plain : turnover / volume;
}

function averages(turnover: usize, volume: usize, plain: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const weight = v128.load(volume + i);
    const weighted = f64x2.div(v128.load(turnover + i), weight);
    v128.store(output + i, v128.bitselect(v128.load(plain + i), weighted, f64x2.eq(weight, f64x2.splat(0))));
  }
  if (i < end) store<f64>(output + i, average(load<f64>(turnover + i), load<f64>(volume + i), load<f64>(plain + i)));
}

export class VwapIndicator extends Indicator {
  private readonly vwap: Vwap;

  static describe(spec: Spec): void {
    spec.title('VWAP', 'Volume-weighted average price', 'The mean typical price of the last bars, each weighed by its volume.');
    spec.integer('timeperiod', 20, 1, 100000, 'Bars in the window.');
    spec.series('high,low,close,volume', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.vwap = new Vwap(parameters.integer(0));
    this.warmUp = this.vwap.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.vwap.run(bars.high, bars.low, bars.close, bars.volume, count, bars.output(0));
  }
}
