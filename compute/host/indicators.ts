import { ParameterError, checkParameters } from './indicator-parameters.ts';
import { INPUTS, create, loadColumns, readFeatures, readSpecs, runFeature, runOver } from './indicator-memory.ts';
import type { Found, IndicatorOutput, ModuleFeature, PriceColumns } from './indicator-memory.ts';
import { openStream } from './indicator-stream.ts';
import type { IndicatorStream } from './indicator-stream.ts';
import { instantiate } from './load.ts';
import type { IndicatorSpec, ParameterValues } from './types.ts';

export { ParameterError } from './indicator-parameters.ts';
export type { IndicatorOutput, ModuleFeature, PriceColumns } from './indicator-memory.ts';
export type { IndicatorStream } from './indicator-stream.ts';

/** Bars that lie in the module's memory, ready for many indicators. */
export interface LoadedBars {
  /** The values are views of the module's memory, and good until the next `run` here. Copy what must stay. */
  run(name: string, parameters: ParameterValues): readonly IndicatorOutput[];
  /** A feature of the registry, likewise: a value a bar, by the code that strategies compute it with. */
  feature(name: string): Float64Array;
}

/**
 * The indicators of the compute core. They take finite prices of any sign. A price that is not a number or not finite gives values that
 * are not numbers for the windows that hold it (ever after, in averages that never forget), or that mean nothing; it never throws.
 */
export interface Indicators {
  readonly specs: readonly IndicatorSpec[];
  /** What the module can compute for models; what each means stands in `features/registry.ts`. */
  readonly features: readonly ModuleFeature[];
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
  const features = readFeatures(shared);
  const indexes = new Map(specs.map((spec, index) => [spec.name, index]));
  const find = (name: string): Found => {
    const index = indexes.get(name);
    const spec = index === undefined ? undefined : specs[index];
    if (index === undefined || spec === undefined) {
      const known = `one of ${[...indexes.keys()].join(', ')}`;
      throw new ParameterError('indicators', 'name', name, known, `There is no indicator ${name}; there is ${known}.`);
    }
    return { index, spec };
  };
  return {
    specs,
    features,
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
        feature: (name) => {
          const feature = features.find((each) => each.name === name);
          if (feature === undefined) throw new Error(`Invariant: the module computes the feature ${name}`);
          return runFeature(own, bars, feature.index);
        },
      };
    },
    stream: (name, parameters) => {
      const found = find(name);
      return openStream(instantiate(module), found, checkParameters(found.spec, parameters));
    },
  };
}
