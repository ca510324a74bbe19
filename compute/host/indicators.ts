import { ParameterError, checkParameters } from './indicator-parameters.ts';
import { instantiate, readText } from './load.ts';
import type { IndicatorModule } from './load.ts';
import type { IndicatorSpec, ParameterValues, SliceBar } from './types.ts';

export { ParameterError } from './indicator-parameters.ts';

/** Columns of bars, all of one length. */
export interface PriceColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One output over all bars; not-a-number before the first value. */
export interface IndicatorOutput {
  readonly name: string;
  readonly values: Float64Array;
}

/** Bars that lie in the module's memory, ready for many indicators. */
export interface LoadedBars {
  /** The values are views of the module's memory, and good until the next `run` here. Copy what must stay. */
  run(name: string, parameters: ParameterValues): readonly IndicatorOutput[];
}

/** An indicator that follows a market bar by bar. Each has an instance of the module of its own. */
export interface IndicatorStream {
  /** Index of the bar that gives the first values. */
  readonly warmUp: number;
  /** One number an output, in the order of the description; not-a-number before `warmUp`. */
  next(bar: SliceBar): number[];
  /** Forgets all bars. */
  reset(): void;
}

/**
 * The indicators of the compute core. They take finite prices of any sign. A price that is not a number or not finite gives values that
 * are not numbers for the windows that hold it (ever after, in averages that never forget), or that mean nothing; it never throws.
 */
export interface Indicators {
  readonly specs: readonly IndicatorSpec[];
  /** Throws {@link ParameterError} for an unknown name, as everything here does. */
  spec(name: string): IndicatorSpec;
  /** Index of the first bar with a value. */
  lookback(name: string, parameters: ParameterValues): number;
  /** Fresh arrays, one an output, each as long as the bars. */
  compute(name: string, parameters: ParameterValues, series: PriceColumns): IndicatorOutput[];
  load(series: PriceColumns): LoadedBars;
  stream(name: string, parameters: ParameterValues): IndicatorStream;
}

/** Takes the bytes of `compute/build/indicators.wasm`, or what they compile to. Runs in Node and in the browser. */
export async function loadIndicators(wasm: BufferSource | WebAssembly.Module): Promise<Indicators> {
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
  const shared = instantiate(module);
  const specs = readSpecs(shared);
  const indexes = new Map(specs.map((spec, index) => [spec.name, index]));
  const find = (name: string): Found => {
    const index = indexes.get(name);
    const spec = index === undefined ? undefined : specs[index];
    if (index === undefined || spec === undefined)
      throw new ParameterError('indicators', 'name', name, `one of ${[...indexes.keys()].join(', ')}`);
    return { index, spec };
  };
  return {
    specs,
    spec: (name) => find(name).spec,
    lookback: (name, parameters) => {
      const found = find(name);
      const values = checkParameters(found.spec, parameters);
      shared.begin(0);
      return shared.warmUp(create(shared, found.index, values));
    },
    compute: (name, parameters, series) => {
      const found = find(name);
      const values = checkParameters(found.spec, parameters);
      const bars = loadColumns(shared, series, found.spec.inputs);
      return runOver(shared, bars, found, values).map((output) => ({ name: output.name, values: output.values.slice() }));
    },
    load: (series) => {
      const own = instantiate(module);
      const bars = loadColumns(own, series, INPUTS);
      return {
        run: (name, parameters) => {
          const found = find(name);
          return runOver(own, bars, found, checkParameters(found.spec, parameters));
        },
      };
    },
    stream: (name, parameters) => {
      const found = find(name);
      return openStream(instantiate(module), found, checkParameters(found.spec, parameters));
    },
  };
}

interface Found {
  readonly index: number;
  readonly spec: IndicatorSpec;
}

/** In the order of `Bars` in the module. */
const INPUTS = ['open', 'high', 'low', 'close', 'volume'] as const;
type Input = (typeof INPUTS)[number];
const NUMBER_BYTES = 8;
const POINTER_BYTES = 4;

function readSpecs(module: IndicatorModule): readonly IndicatorSpec[] {
  const count = module.count();
  return Array.from({ length: count }, (_, index) => {
    module.begin(0);
    return JSON.parse(readText(module.memory, module.describe(index))) as IndicatorSpec;
  });
}

function create(module: IndicatorModule, index: number, values: readonly number[]): number {
  const pointer = module.allocate(values.length * NUMBER_BYTES);
  new Float64Array(module.memory.buffer, pointer, values.length).set(values);
  return module.create(index, pointer);
}

interface Columns {
  readonly length: number;
  /** Bytes from the beginning of the heap. */
  readonly size: number;
  readonly inputs: readonly Input[];
}

/** Puts the columns at the beginning of the module's heap, where they stay while `begin` is called with the same size. */
function loadColumns(module: IndicatorModule, series: PriceColumns, inputs: readonly Input[]): Columns {
  const { length } = series.close;
  const odd = inputs.find((input) => series[input].length !== length);
  if (odd !== undefined)
    throw new RangeError(`Columns of bars differ in length: close has ${length} values, ${odd} ${series[odd].length}.`);
  const size = length * NUMBER_BYTES * inputs.length;
  const start = begin(module, size);
  inputs.forEach((input, i) => new Float64Array(module.memory.buffer, start + i * length * NUMBER_BYTES, length).set(series[input]));
  return { length, size, inputs };
}

function begin(module: IndicatorModule, size: number): number {
  try {
    return module.begin(size);
  } catch (error) {
    throw new RangeError(`Not enough memory for ${size} bytes of bars.`, { cause: error });
  }
}

function runOver(module: IndicatorModule, bars: Columns, { index, spec }: Found, values: readonly number[]): IndicatorOutput[] {
  const bytes = bars.length * NUMBER_BYTES;
  const start = begin(module, bars.size);
  const inputs = INPUTS.map((input) => Math.max(0, start + bars.inputs.indexOf(input) * bytes));
  const outputs = spec.outputs.map(() => module.allocate(bytes));
  const indicator = create(module, index, values);
  const table = writeTable(module, [...inputs, ...outputs]);
  module.run(indicator, table, bars.length);
  return spec.outputs.map((name, i) => ({ name, values: new Float64Array(module.memory.buffer, outputs[i], bars.length) }));
}

function writeTable(module: IndicatorModule, pointers: readonly number[]): number {
  const table = module.allocate(pointers.length * POINTER_BYTES);
  new Uint32Array(module.memory.buffer, table, pointers.length).set(pointers);
  return table;
}

function openStream(module: IndicatorModule, { index, spec }: Found, values: readonly number[]): IndicatorStream {
  const cells = INPUTS.length + spec.outputs.length;
  const start = module.begin(cells * NUMBER_BYTES);
  const table = writeTable(
    module,
    Array.from({ length: cells }, (_, i) => start + i * NUMBER_BYTES),
  );
  let indicator = create(module, index, values);
  // Nothing allocates after the first bar, so this view stays attached.
  let view = new Float64Array(module.memory.buffer, start, cells);
  return {
    warmUp: module.warmUp(indicator),
    next: (bar) => {
      INPUTS.forEach((input, i) => (view[i] = bar[input]));
      module.run(indicator, table, 1);
      return Array.from(view.subarray(INPUTS.length));
    },
    reset: () => {
      module.begin(cells * NUMBER_BYTES);
      writeTable(
        module,
        Array.from({ length: cells }, (_, i) => start + i * NUMBER_BYTES),
      );
      indicator = create(module, index, values);
      view = new Float64Array(module.memory.buffer, start, cells);
    },
  };
}
