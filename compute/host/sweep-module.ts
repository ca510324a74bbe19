import { readText } from './load.ts';

/** How a crossover arms: see `assembly/sweep/job.ts`. */
export type CrossoverArm = 'cross' | 'strict';

/** What all pairs of a sweep have in common. Series have one length. */
export interface CrossoverJob {
  readonly closes: Float64Array;
  /** Prices at which an order fills that is due at a bar. */
  readonly fillPrices: Float64Array;
  /** Bars from a signal to its fill. */
  readonly delay: 0 | 1;
  /** Series that cross each other; not-a-number before their first value. A number is the simple average of closes over that period. */
  readonly rows: readonly (Float64Array | number)[];
  readonly arm: CrossoverArm;
  readonly cash: number;
  readonly commissionRate: number;
  readonly commissionFixed: number;
  readonly commissionPerUnit: number;
  /** A fraction of the price. */
  readonly slippage: number;
  readonly periodsPerYear: number;
}

/** Figures of one pair. */
export interface CrossoverFigures {
  readonly totalReturn: number;
  /** Not-a-number where the data cannot support one. */
  readonly sharpe: number;
  /** Negative or zero. */
  readonly maxDrawdown: number;
  readonly orders: number;
  readonly trades: number;
}

/** What the sweep module exports. Addresses and sizes are in bytes. */
interface SweepExports {
  readonly memory: WebAssembly.Memory;
  begin(size: number): number;
  allocate(size: number): number;
  average(period: number, input: number, count: number, output: number): void;
  memoryNeeded(count: number, rowCount: number): number;
  open(job: number): number;
  run(sweep: number, pairs: number, count: number, output: number): void;
}

/** A job that lies in the module's memory. */
export interface OpenSweep {
  /** Memory that opening took. */
  readonly bytes: number;
  /** Pairs are indexes of the fast and the slow row, one after the other. */
  run(pairs: Int32Array): readonly CrossoverFigures[];
}

const NUMBER_BYTES = 8;
const POINTER_BYTES = 4;
const JOB_BYTES = 80;
const JOB_NUMBERS_AT = 32;
/** Figures of a pair. */
export const FIGURES = 5;

/** A fresh instance of the module that `compileSweep` gives. */
export class SweepModule {
  private readonly exports: SweepExports;

  constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, {
      env: {
        abort: (message: number, file: number, line: number): never => {
          const { memory } = this.exports;
          throw new Error(`${readText(memory, message)} (${readText(memory, file)}:${line})`);
        },
      },
    });
    this.exports = instance.exports as unknown as SweepExports;
    this.exports.begin(0);
  }

  /** Simple averages over `period` values; not-a-number before the first. */
  average(period: number, values: Float64Array): Float64Array {
    this.exports.begin(0);
    const output = this.putAverage(period, this.put(values), values.length);
    return new Float64Array(this.exports.memory.buffer, output, values.length).slice();
  }

  /** Bytes that opening a job takes, besides its series and rows. */
  memoryNeeded(bars: number, rows: number): number {
    return this.exports.memoryNeeded(bars, rows);
  }

  /** `undefined` where the fast path does not take the job: prices that are not above zero and finite, no cash, costs below zero. */
  open(job: CrossoverJob): OpenSweep | undefined {
    this.exports.begin(0);
    const at = this.layOut(job);
    const before = this.exports.allocate(0);
    const sweep = this.exports.open(at);
    const bytes = this.exports.allocate(0) - before;
    return sweep === 0 ? undefined : { bytes, run: (pairs) => this.run(sweep, pairs) };
  }

  private run(sweep: number, pairs: Int32Array): readonly CrossoverFigures[] {
    const count = pairs.length / 2;
    const pairsAt = this.exports.allocate(pairs.byteLength);
    new Int32Array(this.exports.memory.buffer, pairsAt, pairs.length).set(pairs);
    const output = this.exports.allocate(count * FIGURES * NUMBER_BYTES);
    this.exports.run(sweep, pairsAt, count, output);
    const figures = new Float64Array(this.exports.memory.buffer, output, count * FIGURES);
    return Array.from({ length: count }, (_, pair) => {
      const [totalReturn = NaN, sharpe = NaN, maxDrawdown = NaN, orders = NaN, trades = NaN] = figures.subarray(pair * FIGURES);
      return { totalReturn, sharpe, maxDrawdown, orders, trades };
    });
  }

  private layOut(job: CrossoverJob): number {
    const closes = this.put(job.closes);
    const rows = job.rows.map((row) => (typeof row === 'number' ? this.putAverage(row, closes, job.closes.length) : this.put(row)));
    const table = this.exports.allocate(rows.length * POINTER_BYTES);
    const fillPrices = this.put(job.fillPrices);
    const at = this.exports.allocate(JOB_BYTES);
    const { buffer } = this.exports.memory;
    new Uint32Array(buffer, table, rows.length).set(rows);
    const arm = job.arm === 'strict' ? 1 : 0;
    new Int32Array(buffer, at, 7).set([closes, fillPrices, job.closes.length, job.delay, table, rows.length, arm]);
    const costs = [job.commissionRate, job.commissionFixed, job.commissionPerUnit, job.slippage];
    new Float64Array(buffer, at + JOB_NUMBERS_AT, 6).set([job.cash, ...costs, job.periodsPerYear]);
    return at;
  }

  private putAverage(period: number, input: number, count: number): number {
    const output = this.exports.allocate(count * NUMBER_BYTES);
    this.exports.average(period, input, count, output);
    return output;
  }

  private put(values: Float64Array): number {
    const at = this.exports.allocate(values.byteLength);
    new Float64Array(this.exports.memory.buffer, at, values.length).set(values);
    return at;
  }
}
