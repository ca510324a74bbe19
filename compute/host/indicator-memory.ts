import { readText } from './load.ts';
import type { IndicatorModule } from './load.ts';
import type { IndicatorSpec } from './types.ts';

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

/** An indicator, and its number in the module. */
export interface Found {
  readonly index: number;
  readonly spec: IndicatorSpec;
}

/** In the order of `Bars` in the module. */
export const INPUTS = ['open', 'high', 'low', 'close', 'volume'] as const;
export type Input = (typeof INPUTS)[number];
export const NUMBER_BYTES = 8;
const POINTER_BYTES = 4;

export function readSpecs(module: IndicatorModule): readonly IndicatorSpec[] {
  const count = module.count();
  return Array.from({ length: count }, (_, index) => {
    module.begin(0);
    return JSON.parse(readText(module.memory, module.describe(index))) as IndicatorSpec;
  });
}

export function create(module: IndicatorModule, index: number, values: readonly number[]): number {
  const pointer = module.allocate(values.length * NUMBER_BYTES);
  new Float64Array(module.memory.buffer, pointer, values.length).set(values);
  return module.create(index, pointer);
}

export interface Columns {
  readonly length: number;
  /** Bytes from the beginning of the heap. */
  readonly size: number;
  readonly inputs: readonly Input[];
}

/** Puts the columns at the beginning of the module's heap, where they stay while `begin` is called with the same size. */
export function loadColumns(module: IndicatorModule, series: PriceColumns, inputs: readonly Input[]): Columns {
  const { length } = series.close;
  const odd = inputs.find((input) => series[input].length !== length);
  if (odd !== undefined)
    throw new RangeError(`Columns of bars differ in length: close has ${length} values, ${odd} ${series[odd].length}.`);
  const size = length * NUMBER_BYTES * inputs.length;
  const start = begin(module, size);
  inputs.forEach((input, i) => new Float64Array(module.memory.buffer, start + i * length * NUMBER_BYTES, length).set(series[input]));
  return { length, size, inputs };
}

/** How many bars there are. Throws where columns differ in length. */
export function columnLength(series: PriceColumns, inputs: readonly Input[]): number {
  const { length } = series.close;
  const odd = inputs.find((input) => series[input].length !== length);
  if (odd === undefined) return length;
  throw new RangeError(`Columns of bars differ in length: close has ${length} values, ${odd} ${series[odd].length}.`);
}

function begin(module: IndicatorModule, size: number): number {
  try {
    return module.begin(size);
  } catch (error) {
    throw new RangeError(`Not enough memory for ${size} bytes of bars.`, { cause: error });
  }
}

export function runOver(module: IndicatorModule, bars: Columns, { index, spec }: Found, values: readonly number[]): IndicatorOutput[] {
  const columns = runColumns(module, bars, spec.outputs.length, () => create(module, index, values));
  return spec.outputs.map((name, i) => ({ name, values: columns[i] ?? new Float64Array() }));
}

/** What one indicator or feature, made by `make`, writes over the bars: views that are good until the next run. */
function runColumns(module: IndicatorModule, bars: Columns, count: number, make: () => number): readonly Float64Array[] {
  const bytes = bars.length * NUMBER_BYTES;
  const start = begin(module, bars.size);
  const inputs = INPUTS.map((input) => Math.max(0, start + bars.inputs.indexOf(input) * bytes));
  const outputs = Array.from({ length: count }, () => module.allocate(bytes));
  const indicator = make();
  const table = writeTable(module, [...inputs, ...outputs]);
  module.run(indicator, table, bars.length);
  return outputs.map((output) => new Float64Array(module.memory.buffer, output, bars.length));
}

/** What the module says of a feature. */
export interface ModuleFeature {
  readonly index: number;
  readonly name: string;
  readonly version: number;
  readonly warmUp: number;
}

export function readFeatures(module: IndicatorModule): readonly ModuleFeature[] {
  module.begin(0);
  return Array.from({ length: module.featureCount() }, (_, index) => ({
    index,
    name: readText(module.memory, module.featureName(index)),
    version: module.featureVersion(index),
    warmUp: module.warmUp(module.createFeature(index)),
  }));
}

/** A feature over all bars: a view that is good until the next run. */
export function runFeature(module: IndicatorModule, bars: Columns, index: number): Float64Array {
  const [column = new Float64Array()] = runColumns(module, bars, 1, () => module.createFeature(index));
  return column;
}

export function writeTable(module: IndicatorModule, pointers: readonly number[]): number {
  const table = module.allocate(pointers.length * POINTER_BYTES);
  new Uint32Array(module.memory.buffer, table, pointers.length).set(pointers);
  return table;
}
