import { getStrategy } from '../kernel/decide';
import { featureNames } from './carried';
import { ModelStrategy } from './model-strategy';

function strategy(): ModelStrategy {
  return getStrategy() as ModelStrategy;
}

export function modelFeatureCount(): i32 {
  return featureNames.length;
}

/** Name and version, in the order of `modelRow`. */
export function modelFeature(index: i32): string {
  return featureNames[index];
}

/** Where the features of a symbol's last bar stand, as doubles. */
export function modelRow(symbol: i32): usize {
  return strategy().rowOf(symbol);
}

/** What the model says of a symbol's bar in the slice in view; not-a-number where it has none, or a feature has no value. */
export function modelScore(symbol: i32): f64 {
  return strategy().scoreOf(symbol);
}

export function modelVerdict(symbol: i32): i32 {
  return strategy().verdictOf(symbol);
}

export function modelReason(symbol: i32): string {
  return strategy().reasonOf(symbol);
}
