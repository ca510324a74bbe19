import { Crossings, narrowRow } from './crossings';
import { CrossoverJob, WORD } from './job';
import { LongFlat, RESULT_BYTES } from './long-flat';
import { PriceTables, RECORD_BYTES, levelsOf } from './price-tables';

/**
 * Sweeps of strategies that go long with all cash where one series crosses above another, and flat where it crosses back. Each pair costs
 * a comparison of its two rows and a constant time a trade.
 */
export class CrossoverSweep {
  private readonly crossings: Crossings;
  private readonly longFlat: LongFlat;
  /** Rows in single precision, one after the other. */
  private readonly narrow: usize;
  private readonly narrowBytes: usize;
  /** Index of each row's first value. */
  private readonly firsts: StaticArray<i32>;

  /** `job` must stay where it is and what it points to must not change. Check it with `isEligible` first. */
  constructor(private readonly job: CrossoverJob) {
    this.crossings = new Crossings(job.count, job.arm);
    this.longFlat = new LongFlat(job, new PriceTables(job));
    this.firsts = new StaticArray<i32>(job.rowCount);
    this.narrowBytes = usize((job.count + WORD - 1) & ~(WORD - 1)) << 2;
    this.narrow = heap.alloc(usize(job.rowCount) * this.narrowBytes);
    for (let row = 0; row < job.rowCount; row++) {
      this.firsts[row] = narrowRow(rowAt(job, row), job.count, this.narrow + usize(row) * this.narrowBytes);
    }
  }

  /** For each of `count` pairs (i32 index of the fast row, i32 index of the slow row), five f64 at `output`: see `RESULT_BYTES`. */
  run(pairs: usize, count: i32, output: usize): void {
    const job = this.job;
    for (let i = 0; i < count; i++, pairs += 8, output += RESULT_BYTES) {
      const fast = load<i32>(pairs);
      const slow = load<i32>(pairs, 4);
      assert(u32(fast) < u32(job.rowCount) && u32(slow) < u32(job.rowCount), 'Invariant: a pair names two rows');
      const fast32 = this.narrow + usize(fast) * this.narrowBytes;
      const slow32 = this.narrow + usize(slow) * this.narrowBytes;
      const from = max(unchecked(this.firsts[fast]), unchecked(this.firsts[slow]));
      const found = this.crossings.find(rowAt(job, fast), rowAt(job, slow), fast32, slow32, from);
      this.longFlat.run(this.crossings.bars, found, output);
    }
  }
}

@inline
function rowAt(job: CrossoverJob, row: i32): usize {
  return load<usize>(job.rows + usize(row) * sizeof<usize>());
}

function isPrice(price: f64): bool {
  return price > 0 && price < Infinity;
}

/** Memory that a sweep takes besides what its job points to, in bytes: what is left for a strategy decides whether to go this way. */
export function memoryOf(count: i32, rowCount: i32): f64 {
  const aBar = f64(levelsOf(count)) * 16 + f64(RECORD_BYTES) + 16 + 4;
  return f64(count + WORD) * (aBar + f64(rowCount) * 4) + 4096;
}

/** Whether a sweep can take this path: prices above zero and finite, cash above zero, costs not negative. */
export function isEligible(job: CrossoverJob): bool {
  const costs = job.commissionRate >= 0 && job.commissionFixed >= 0 && job.commissionPerUnit >= 0;
  if (!costs || !(job.slippage >= 0) || !(job.cash > 0) || job.delay < 0 || job.count < 0) return false;
  for (let i: usize = 0; i < usize(job.count); i++) {
    if (!isPrice(load<f64>(job.closes + (i << 3))) || !isPrice(load<f64>(job.fillPrices + (i << 3)))) return false;
  }
  return true;
}
