import { ParameterError } from './errors.ts';
import { openKernel, type BacktestRequest, type KernelRun } from './kernel-run.ts';
import { momentFields, writeMoments } from './return-moments.ts';
import { StrategyTrap, type BacktestMetrics, type ParameterValues } from './types.ts';

/** Figures of a set, in this order, after its state: `null` is not-a-number. */
export const SET_FIELDS = 6;
/** States of a set: `refused` by the strategy's own rule about its parameters. */
export const SET_STATE = { done: 0, refused: 1, general: 2 } as const;

/** The bars of a part of a sweep: first and last instant in milliseconds since 1970 UTC, both included; those of the request where absent. */
export interface SweepSpan {
  readonly from?: number;
  readonly to?: number;
}

export interface SweepSetup {
  /** What all sets have in common; its parameters are those that no axis varies. */
  readonly request: BacktestRequest;
  /** Place of each axis among the module's parameters. */
  readonly indexes: Int32Array;
  /** False: every set is run bar by bar. */
  readonly fast: boolean;
}

/** Agreement that the promise of a plain crossing is held to. */
const TOLERANCE = 1e-9;
/** Of every so many chunks that a thread works on, the first one included, two sets are run both ways. */
const CHECK_EVERY = 8;
const CHECKED = 2;

const nearly = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));

function figuresOf(metrics: BacktestMetrics): readonly number[] {
  const { totalReturn, sharpe, maxDrawdown, orders, trades } = metrics;
  return [SET_STATE.done, totalReturn, sharpe ?? Number.NaN, maxDrawdown, orders, trades];
}

/** A sweep's share of one thread: the bars lie in one module, which runs set after set. */
export class SweepRunner {
  private readonly setup: SweepSetup;
  private run: KernelRun | undefined;
  private plain = false;
  private chunks = 0;

  constructor(setup: SweepSetup) {
    this.setup = setup;
  }

  /** Rows of {@link SET_FIELDS} numbers for rows of values. */
  runSets(sets: Float64Array): Float64Array<ArrayBuffer> {
    const axes = this.setup.indexes.length;
    const count = sets.length / axes;
    const output = new Float64Array(count * SET_FIELDS);
    const kernel = this.open(sets);
    if (kernel === undefined) return this.allRefused(output);
    if (this.plain) {
      kernel.sweep(sets, this.setup.indexes, output);
      if (this.chunks % CHECK_EVERY === 0) this.checkPromise(kernel, sets, output);
      this.chunks += 1;
    } else {
      output.fill(SET_STATE.general);
    }
    for (let set = 0; set < count; set += 1) {
      if (output[set * SET_FIELDS] === SET_STATE.general) output.set(this.runOne(kernel, sets, set), set * SET_FIELDS);
    }
    return output;
  }

  /** A row of moments for each set, see `return-moments.ts`: the set runs bar by bar, and its curve is not kept. */
  momentsOf(sets: Float64Array, bounds: readonly number[]): Float64Array<ArrayBuffer> {
    const axes = this.setup.indexes.length;
    const width = momentFields(bounds);
    const output = new Float64Array((sets.length / axes) * width).fill(Number.NaN);
    const kernel = this.open(sets);
    if (kernel === undefined) return output;
    for (let at = 0, row = 0; at < sets.length; at += axes, row += width) {
      const done = this.advanced(kernel, sets.subarray(at, at + axes));
      if (done !== undefined) writeMoments(done.equity(), this.setup.request.options.cash, bounds, output.subarray(row, row + width));
    }
    return output;
  }

  /** A module with the first of these sets that its rule lets in; `undefined` where it refuses them all. */
  private open(sets: Float64Array): KernelRun | undefined {
    if (this.run !== undefined) return this.run;
    const axes = this.setup.indexes.length;
    for (let at = 0; this.run === undefined && at < sets.length; at += axes) this.run = this.openWith(sets.subarray(at, at + axes));
    this.plain = this.setup.fast && this.run?.openSweep() === true;
    return this.run;
  }

  private valuesOf(values: Float64Array): ParameterValues {
    const { request, indexes } = this.setup;
    const named = Array.from(indexes, (index, axis): readonly [string, number | string] => {
      const spec = request.module.description.parameters[index];
      if (spec === undefined) throw new Error('Invariant: an axis names a parameter of the module');
      const value = values[axis] ?? Number.NaN;
      return [spec.name, spec.kind === 'choice' ? (spec.choices?.[value] ?? '') : value];
    });
    return { ...request.parameters, ...Object.fromEntries(named) };
  }

  /** A fresh module; `undefined` where the values break the strategy's rule. */
  private openWith(values: Float64Array): KernelRun | undefined {
    try {
      return openKernel({ ...this.setup.request, parameters: this.valuesOf(values), record: false });
    } catch (error) {
      if (error instanceof ParameterError && error.parameter === 'parameters') return undefined;
      throw error;
    }
  }

  private runOne(kernel: KernelRun, sets: Float64Array, set: number): readonly number[] {
    const axes = this.setup.indexes.length;
    const done = this.advanced(kernel, sets.subarray(set * axes, (set + 1) * axes));
    return done === undefined ? this.refused() : figuresOf(done.finish());
  }

  /** A run of these values that has come to its last bar; `undefined` where they break the strategy's rule. */
  private advanced(kernel: KernelRun, values: Float64Array): KernelRun | undefined {
    const run = this.begun(kernel, values);
    run?.advance(run.times.length);
    return run;
  }

  private begun(kernel: KernelRun, values: Float64Array): KernelRun | undefined {
    // A strategy that remembers something outside its class starts in a memory of its own.
    if (this.setup.request.module.description.reusable !== true) return this.openWith(values);
    return kernel.renew(this.setup.indexes, values) ? kernel : undefined;
  }

  private allRefused(output: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    for (let at = 0; at < output.length; at += SET_FIELDS) output.set(this.refused(), at);
    return output;
  }

  private refused(): readonly number[] {
    return [SET_STATE.refused, ...Array.from({ length: SET_FIELDS - 1 }, () => Number.NaN)];
  }

  /** Some sets are run bar by bar too: the first and one in the middle. */
  private checkPromise(kernel: KernelRun, sets: Float64Array, output: Float64Array): void {
    const count = output.length / SET_FIELDS;
    for (let check = 0; check < Math.min(CHECKED, count); check += 1) {
      const set = Math.floor((count * check) / CHECKED);
      const found = [...output.subarray(set * SET_FIELDS, (set + 1) * SET_FIELDS)];
      if (found[0] !== SET_STATE.done) continue;
      const expected = this.runOne(kernel, sets, set);
      if (found.every((value, field) => nearly(value, expected[field] ?? Number.NaN))) continue;
      throw new StrategyTrap(
        `The strategy promises by isLongFlat() to be a plain crossing, and is not: bar by bar a set gives ${expected.slice(1).join(', ')}, by the promise ${found.slice(1).join(', ')}`,
      );
    }
  }
}
