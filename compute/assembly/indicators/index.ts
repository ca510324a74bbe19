import { ABI_VERSION } from '../abi';
import { FeatureColumn } from '../features/columns';
import { features } from '../features/registry';
import { Bars, Indicator, Parameters } from './indicator';
import { registry } from './registry';
import { Spec } from './spec';

export function abi(): i32 {
  return ABI_VERSION;
}

/** How many indicators there are. */
export function count(): i32 {
  return registry().length;
}

/** What an indicator is, as JSON. */
export function describe(index: i32): string {
  const spec = new Spec();
  registry()[index].describe(spec);
  return spec.toJson();
}

/**
 * Forgets everything and answers where `size` bytes are free. The heap only grows upward and is not cleared, so the same size is always at
 * the same place, with what was written there before: columns that were loaded once serve many runs.
 */
export function begin(size: usize): usize {
  heap.reset();
  return heap.alloc(size);
}

/** More bytes, until the next `begin`. */
export function allocate(size: usize): usize {
  return heap.alloc(size);
}

/** `parameters` must be within the bounds of the description: the host checks them. */
export function create(index: i32, parameters: usize): Indicator {
  return registry()[index].create(changetype<Parameters>(parameters));
}

export function warmUp(indicator: Indicator): i32 {
  return indicator.warmUp;
}

export function run(indicator: Indicator, bars: usize, count: i32): void {
  indicator.run(changetype<Bars>(bars), count);
}

/** How many features there are. */
export function featureCount(): i32 {
  return features().length;
}

export function featureName(index: i32): string {
  return features()[index].name;
}

export function featureVersion(index: i32): i32 {
  return features()[index].version;
}

/** A feature that runs over columns as an indicator of one output does. */
export function createFeature(index: i32): Indicator {
  return new FeatureColumn(features()[index].create());
}
