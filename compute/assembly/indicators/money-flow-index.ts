import { Bars, Indicator, Parameters, bytes } from './indicator';
import { firsts, seconds } from './lanes';
import { PairSums } from './pair-sums';
import { Spec } from './spec';
import { typicalLanes, typicalPrice } from './typical-price';

/** Bars of a batch that are worked on at a time, so that flows and their sums stay in the nearest cache. */
const CHUNK: i32 = 120;
/** Less flow in a window gives 0: TA-Lib's convention, in units of price × volume. */
const LEAST_FLOW: f64 = 1;

/**
 * Money flow index (Quong and Soudack): 100 × positive flow / (positive + negative flow) over `period` bars. The flow of a bar is typical
 * price × volume; positive where the typical price rose, negative where it fell, and on neither side where it stayed. A window with a
 * whole flow below 1 gives 0, as in TA-Lib: so do windows without volume, and prices so small that the flow of money never comes to 1. A price
 * that is not finite, or such a volume where the price moved, leaves no value in the windows that hold it.
 */
export class MoneyFlowIndex {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** Positive and negative flow. */
  private readonly sums: PairSums;
  private previous: f64 = NaN;
  private started: bool = false;
  private scratch: StaticArray<v128> | null = null;

  constructor(period: i32) {
    this.warmUp = period;
    this.sums = new PairSums(period);
  }

  /** From 0 to 100; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64, volume: f64): f64 {
    const typical = typicalPrice(high, low, close);
    const before = this.previous;
    this.previous = typical;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const flow = typical * volume + (before - before);
    const rise: f64 = typical <= before ? 0 : flow;
    const fall: f64 = typical >= before ? 0 : flow;
    const sums = this.sums.next(f64x2.replace_lane(f64x2.splat(rise), 1, fall));
    const rises = f64x2.extract_lane(sums, 0);
    const total = rises + f64x2.extract_lane(sums, 1);
    return total < LEAST_FLOW ? 0 : (100 * rises) / total;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(high), load<f64>(low), load<f64>(close), load<f64>(volume)));
    for (let done = 1; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      this.runChunk(high + at, low + at, close + at, volume + at, size, output + at);
    }
  }

  private runChunk(high: usize, low: usize, close: usize, volume: usize, count: i32, output: usize): void {
    const flows = this.buffer();
    const sums = flows + 2 * bytes(CHUNK);
    const end = bytes(count);
    const whole = end & ~15;
    let before = f64x2.splat(this.previous);
    for (let i: usize = 0; i < whole; i += 16) {
      const typical = typicalLanes(v128.load(high + i), v128.load(low + i), v128.load(close + i));
      storeFlows(flows + 2 * i, typical, v128.shuffle<f64>(before, typical, 1, 2), v128.load(volume + i));
      before = typical;
    }
    this.previous = f64x2.extract_lane(before, 1);
    this.sums.run(flows, i32(whole >> 3), sums);
    for (let i: usize = 0; i < whole; i += 16) v128.store(output + i, indexLanes(v128.load(sums + 2 * i), v128.load(sums + 2 * i, 16)));
    if (whole == end) return;
    const last = this.next(load<f64>(high + whole), load<f64>(low + whole), load<f64>(close + whole), load<f64>(volume + whole));
    store<f64>(output + whole, last);
  }

  private buffer(): usize {
    let scratch = this.scratch;
    if (!scratch) this.scratch = scratch = new StaticArray<v128>(2 * CHUNK);
    return changetype<usize>(scratch);
  }
}

/** Positive and negative flow of two bars, side by side. */
@inline
function storeFlows(output: usize, typical: v128, before: v128, volume: v128): void {
  // What is added is 0, unless the bar before is not finite.
  const flow = f64x2.add(f64x2.mul(typical, volume), f64x2.sub(before, before));
  const rise = v128.andnot(flow, f64x2.le(typical, before));
  const fall = v128.andnot(flow, f64x2.ge(typical, before));
  v128.store(output, firsts(rise, fall));
  v128.store(output, seconds(rise, fall), 16);
}

/** The index of two bars, each given as its positive and negative flow. */
@inline
function indexLanes(first: v128, second: v128): v128 {
  const rises = firsts(first, second);
  const total = f64x2.add(rises, seconds(first, second));
  const value = f64x2.div(f64x2.mul(f64x2.splat(100), rises), total);
  return v128.andnot(value, f64x2.lt(total, f64x2.splat(LEAST_FLOW)));
}

export class MoneyFlowIndexIndicator extends Indicator {
  private readonly flow: MoneyFlowIndex;

  static describe(spec: Spec): void {
    spec.title('MFI', 'Money flow index', 'How much of the recent turnover came with rising prices, from 0 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars in the window.');
    spec.series('high,low,close,volume', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.flow = new MoneyFlowIndex(parameters.integer(0));
    this.warmUp = this.flow.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.flow.run(bars.high, bars.low, bars.close, bars.volume, count, bars.output(0));
  }
}
