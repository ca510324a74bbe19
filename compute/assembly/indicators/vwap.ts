import { Bars, Indicator, Parameters, bytes } from './indicator';
import { firsts, seconds } from './lanes';
import { PairSums } from './pair-sums';
import { Scratch } from './scratch';
import { Sma } from './sma';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between stays in the nearest cache. */
const CHUNK: i32 = 384;
/** Of a bar, for each: turnover and volume as a pair, their sums as a pair, the price, the mean of prices. */
const NUMBERS: i32 = 6;

/**
 * Volume-weighted average price of the last `period` bars: Σ typical price × volume / Σ volume, where the typical price of a bar is
 * (high + low + close) / 3. A window without any volume weighs its bars alike. It rolls: bars do not say when a session begins, so the average
 * since the open of a session is not to be had from them.
 *
 * Prices are kept three times as large: what a window says is divided once.
 */
export class Vwap {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly sums: PairSums;
  private readonly plain: Sma;
  private readonly chunk: i32;
  private readonly room: Scratch;

  constructor(private readonly period: i32) {
    this.warmUp = period - 1;
    this.sums = new PairSums(period);
    this.plain = new Sma(period);
    const chunk = max(1, CHUNK / period) * period;
    this.chunk = chunk;
    this.room = new Scratch(NUMBERS * chunk);
  }

  /** Not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64, volume: f64): f64 {
    const price = high + low + close;
    const sums = this.sums.next(f64x2.replace_lane(f64x2.splat(price * volume), 1, volume));
    const plain = this.plain.next(price);
    const weight = f64x2.extract_lane(sums, 1);
    return weight == 0 ? plain / 3 : f64x2.extract_lane(sums, 0) / (weight * 3);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
    const period = this.period;
    let done = min(count, this.plain.untilBlock);
    this.runSlowly(high, low, close, volume, 0, done, output);
    // Means of prices are only worked out where they are asked for: until then they lag behind.
    let lags = false;
    for (let size = 0; count - done >= period; done += size) {
      const at = bytes(done);
      size = min(this.chunk, ((count - done) / period) * period);
      if (this.runChunk(high + at, low + at, close + at, volume + at, size, output + at)) {
        lags = true;
        continue;
      }
      if (lags) this.catchUp(high + at, low + at, close + at);
      lags = false;
      this.fillIn(high + at, low + at, close + at, size, output + at);
    }
    if (lags) this.catchUp(high + bytes(done), low + bytes(done), close + bytes(done));
    this.runSlowly(high, low, close, volume, done, count, output);
  }

  private runSlowly(high: usize, low: usize, close: usize, volume: usize, from: i32, to: i32, output: usize): void {
    for (let i = bytes(from); i < bytes(to); i += 8) {
      const value = this.next(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i), load<f64>(volume + i));
      store<f64>(output + i, value);
    }
  }

  /** Whole blocks, from block to block. Answers whether each window has some volume: where one has none, `fillIn` has to follow. */
  private runChunk(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): bool {
    const pairs = this.room.start;
    const sums = this.sumsAt;
    const end = bytes(count);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const weight = v128.load(volume + i);
      const turnover = f64x2.mul(prices(high + i, low + i, close + i), weight);
      v128.store(pairs + 2 * i, firsts(turnover, weight));
      v128.store(pairs + 2 * i, seconds(turnover, weight), 16);
    }
    if (i < end) {
      const weight = load<f64>(volume + i);
      store<f64>(pairs + 2 * i, (load<f64>(high + i) + load<f64>(low + i) + load<f64>(close + i)) * weight);
      store<f64>(pairs + 2 * i, weight, 8);
    }
    this.sums.run(pairs, count, sums);
    return divide(sums, count, output);
  }

  /** Gives the means of prices the block before these bars, from block to block. */
  private catchUp(high: usize, low: usize, close: usize): void {
    const block = bytes(this.period);
    this.loadPrices(high - block, low - block, close - block, this.period);
    this.plain.adopt(this.pricesAt);
  }

  /** The means of prices, where a window of the chunk has no volume. */
  private fillIn(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    const means = this.pricesAt + bytes(this.chunk);
    this.loadPrices(high, low, close, count);
    this.plain.run(this.pricesAt, count, means);
    const sums = this.sumsAt;
    const end = bytes(count);
    for (let i: usize = 0; i < end; i += 8) {
      if (load<f64>(sums + 2 * i, 8) == 0) store<f64>(output + i, load<f64>(means + i) / 3);
    }
  }

  private loadPrices(high: usize, low: usize, close: usize, count: i32): void {
    const target = this.pricesAt;
    const end = bytes(count);
    for (let i: usize = 0; i < end; i += 8) store<f64>(target + i, load<f64>(high + i) + load<f64>(low + i) + load<f64>(close + i));
  }

  private get sumsAt(): usize {
    return this.room.start + 2 * bytes(this.chunk);
  }

  private get pricesAt(): usize {
    return this.room.start + 4 * bytes(this.chunk);
  }
}

/** Three typical prices each, of two bars. */
@inline
function prices(high: usize, low: usize, close: usize): v128 {
  return f64x2.add(f64x2.add(v128.load(high), v128.load(low)), v128.load(close));
}

/** Averages from pairs of sums. Answers whether no volume was zero. */
function divide(sums: usize, count: i32, output: usize): bool {
  const end = bytes(count);
  const three = f64x2.splat(3);
  const zero = f64x2.splat(0);
  let empty = zero;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const first = v128.load(sums + 2 * i);
    const second = v128.load(sums + 2 * i, 16);
    const weight = seconds(first, second);
    empty = v128.or(empty, f64x2.eq(weight, zero));
    v128.store(output + i, f64x2.div(firsts(first, second), f64x2.mul(weight, three)));
  }
  if (i == end) return !v128.any_true(empty);
  const weight = load<f64>(sums + 2 * i, 8);
  store<f64>(output + i, load<f64>(sums + 2 * i) / (weight * 3));
  return !v128.any_true(empty) && weight != 0;
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
