import { CrossoverJob } from './job';

/**
 * What a trade needs to know of a bar: sums of the returns of closes and of their squares up to it, its close, units that one unit of cash
 * buys at its fill price, and cash that one unit gives at the fill price of the bar after it.
 */
export const SUMS: usize = 0;
export const CLOSE: usize = 16;
export const BUY: usize = 24;
export const SELL_NEXT: usize = 32;
export const RECORD_BYTES: usize = 40;

/** Room for levels of extremes: a series so long that they would take more has fewer, and long ranges are walked in steps of the widest. */
const EXTREMES_BYTES_MAX: usize = 64 << 20;
const LEVELS_MIN: i32 = 4;

/** Levels of extremes for a series of `count` bars. */
export function levelsOf(count: i32): i32 {
  if (count == 0) return 0;
  return min(32 - i32(clz(count)), max(LEVELS_MIN, i32(EXTREMES_BYTES_MAX / (usize(count) << 4))));
}

/** Everything about prices that trades of all sets share, so that none has to walk over its bars. */
export class PriceTables {
  readonly records: usize;
  /** Level after level: the highest close and the negated lowest of the 2^level bars from each bar on. */
  readonly extremes: usize;
  readonly levelBytes: usize;
  readonly levels: i32;
  /** The largest sum of returns, either sign, and the sum of all squares: what rounding in `SUMS` is relative to. */
  largestSum: f64 = 0;
  squares: f64 = 0;
  /** By level: the deepest fall within each aligned block of 2^level bars, as value over highest value before it. */
  private readonly falls: StaticArray<usize>;

  constructor(job: CrossoverJob) {
    const count = job.count;
    const levels = levelsOf(count);
    this.levels = levels;
    this.falls = new StaticArray<usize>(levels);
    this.levelBytes = usize(count) << 4;
    this.records = heap.alloc(usize(count) * RECORD_BYTES);
    this.extremes = heap.alloc(usize(levels) * this.levelBytes);
    this.fillRecords(job);
    this.sumReturns(job);
    this.fillExtremes(job, levels);
    for (let level = 0; level < levels; level++) this.fillFalls(level, count >> level);
  }

  private fillRecords(job: CrossoverJob): void {
    const buying = (1 + job.slippage) * (1 + job.commissionRate);
    const selling = (1 - job.slippage) * (1 - job.commissionRate);
    const last = job.count - 1;
    for (let i = 0; i <= last; i++) {
      const record = this.records + usize(i) * RECORD_BYTES;
      const at = usize(i) << 3;
      const close = load<f64>(job.closes + at);
      store<f64>(record, close, CLOSE);
      store<f64>(record, 1 / (load<f64>(job.fillPrices + at) * buying + job.commissionPerUnit), BUY);
      // Behind the last bar a position is worth its last close.
      store<f64>(record, i < last ? load<f64>(job.fillPrices + at, 8) * selling - job.commissionPerUnit : close, SELL_NEXT);
    }
  }

  /** Sums are compensated (Neumaier 1974): each is exact but for its own rounding, however long the series. */
  private sumReturns(job: CrossoverJob): void {
    let sums = f64x2.splat(0);
    let lost = f64x2.splat(0);
    for (let i = 0; i < job.count; i++) {
      const close = job.closes + (usize(i) << 3);
      const change = i > 0 ? load<f64>(close) / load<f64>(close - 8) - 1 : 0;
      const term = f64x2.replace_lane(f64x2.splat(change), 1, change * change);
      const next = f64x2.add(sums, term);
      const larger = f64x2.gt(f64x2.abs(sums), f64x2.abs(term));
      const great = v128.bitselect(sums, term, larger);
      const small = v128.bitselect(term, sums, larger);
      lost = f64x2.add(lost, f64x2.add(f64x2.sub(great, next), small));
      sums = next;
      const total = f64x2.add(sums, lost);
      v128.store(this.records + usize(i) * RECORD_BYTES, total, SUMS);
      this.largestSum = max(this.largestSum, abs(f64x2.extract_lane(total, 0)));
    }
    this.squares = f64x2.extract_lane(f64x2.add(sums, lost), 1);
  }

  private fillExtremes(job: CrossoverJob, levels: i32): void {
    const signs = f64x2.replace_lane(f64x2.splat(1), 1, -1);
    for (let i: usize = 0; i < usize(job.count); i++) {
      v128.store(this.extremes + (i << 4), f64x2.mul(v128.load64_splat(job.closes + (i << 3)), signs));
    }
    for (let level = 1; level < levels; level++) {
      const half = usize(1) << (level + 3);
      const output = this.extremes + usize(level) * this.levelBytes;
      const input = output - this.levelBytes;
      const end = (usize(job.count) << 4) - half - half + 16;
      for (let at: usize = 0; at < end; at += 16) {
        v128.store(output + at, f64x2.pmax(v128.load(input + at), v128.load(input + at + half)));
      }
    }
  }

  private fillFalls(level: i32, blocks: i32): void {
    const output = heap.alloc(usize(blocks) << 3);
    this.falls[level] = output;
    for (let i = 0; i < blocks; i++) {
      let fall: f64 = 1;
      if (level > 0) {
        const halves = this.falls[level - 1] + (usize(i) << 4);
        const left = this.extremes + usize(level - 1) * this.levelBytes + (usize(i) << (level + 4));
        const right = left + (usize(1) << (level + 3));
        fall = min(min(load<f64>(halves), load<f64>(halves, 8)), -load<f64>(right, 8) / load<f64>(left));
      }
      store<f64>(output + (usize(i) << 3), fall);
    }
  }

  /** The highest close and the negated lowest from bar `from` to before `to`, where that is further than the widest level reaches. */
  extremesOver(from: i32, to: i32): v128 {
    const widest = this.extremes + usize(this.levels - 1) * this.levelBytes;
    const step = 1 << (this.levels - 1);
    let found = v128.load(widest + (usize(to - step) << 4));
    for (let bar = from; bar < to - step; bar += step) found = f64x2.pmax(found, v128.load(widest + (usize(bar) << 4)));
    return found;
  }

  /**
   * The least of `worst` and of value over peak while `units` are held from bar `from` to before `to`, where `peak` is the highest value
   * before. Goes from aligned block to aligned block.
   */
  deepest(from: i32, to: i32, units: f64, peak: f64, worst: f64): f64 {
    let bar = from;
    while (bar < to) {
      const level = min(min(i32(ctz(bar)), 31 - i32(clz(to - bar))), this.levels - 1);
      const block = this.extremes + usize(level) * this.levelBytes + (usize(bar) << 4);
      const fall = load<f64>(unchecked(this.falls[level]) + (usize(bar >> level) << 3));
      worst = min(worst, min(fall, (-load<f64>(block, 8) * units) / peak));
      peak = max(peak, load<f64>(block) * units);
      bar += 1 << level;
    }
    return worst;
  }
}
