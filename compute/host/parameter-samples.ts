import { UsageError } from './backtest-flags.ts';
import type { ParameterAxis } from './parameter-axis.ts';
import { parseWhere, type GridSet } from './parameter-grid.ts';
import { philox, philoxUniform } from './philox.ts';
import { SOBOL_DIMENSIONS_MAX, SOBOL_POINTS_MAX, sobolAt, sobolDirections } from './sobol.ts';
import type { ParameterValues } from './types.ts';

export type SampleMethod = 'random' | 'sobol';

export interface SampleRequest {
  readonly method: SampleMethod;
  /** How many sets. */
  readonly count: number;
  /** A whole number from 0. The same seed gives the same sets. */
  readonly seed: number;
  /** See `parseCondition`. Points that do not meet it are passed over. */
  readonly where?: string | undefined;
  /** Values that are the same for all sets, which the condition may name. */
  readonly fixed?: ParameterValues | undefined;
}

/** Of this many points in a row, at least one must meet the condition. */
const TRIES_MAX = 100_000;
const WORD = 2 ** 32;
/** In the counter's place for a dimension: what shifts Sobol's points, not what is drawn. */
const SHIFT = 0x8000_0000;

/** Where the point with this index lies, from 0 to below 1, in a dimension. */
type Place = (index: number, dimension: number) => number;

function checkRequest({ count, seed, method }: SampleRequest, axes: readonly ParameterAxis[]): void {
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw new UsageError(`the number of samples is ${count}; it must be a whole number from 1`);
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw new UsageError(`the seed is ${seed}; it must be a whole number from 0`);
  if (axes.length === 0) throw new UsageError('samples need at least one parameter with a range');
  if (method === 'sobol' && axes.length > SOBOL_DIMENSIONS_MAX) {
    throw new UsageError(`${axes.length} parameters are sampled; sobol takes up to ${SOBOL_DIMENSIONS_MAX}: use random`);
  }
}

/** Bits of the seed above 32 go where the dimension leaves room. */
const dimensionWord = (dimension: number, seed: number): number => dimension + Math.floor(seed / WORD) * 2 ** 10;

function randomPlaces(seed: number): Place {
  return (index, dimension) => philoxUniform(index, dimensionWord(dimension, seed), seed % WORD);
}

/**
 * Sobol's points, shifted by a number of each dimension's own (Cranley and Patterson's idea in base two): every first 2ᵏ points still hit
 * each of 2ᵏ equal intervals once, and no parameter begins at its least value.
 */
function sobolPlaces(seed: number, dimensions: number): Place {
  const directions = Array.from({ length: dimensions }, (_, dimension) => sobolDirections(dimension));
  const shifts = directions.map((_, dimension) => philox(dimensionWord(dimension, seed), SHIFT, seed % WORD)[0]);
  return (index, dimension) => {
    const own = directions[dimension];
    if (own === undefined) throw new Error('Invariant: each dimension has its directions');
    return ((sobolAt(own, index) ^ (shifts[dimension] ?? 0)) >>> 0) / WORD;
  };
}

/**
 * Sets of values drawn over the axes, one at a time: each value of a list or a stepped range is as likely as the others, an interval is
 * covered evenly. Sets may repeat where there are few values. Throws {@link UsageError} for a request that makes no sense, and where hardly
 * any point meets the condition.
 */
export function* sampleSets(axes: readonly ParameterAxis[], request: SampleRequest): Generator<GridSet, void, undefined> {
  checkRequest(request, axes);
  const { method, count, seed, where, fixed = {} } = request;
  const parts = parseWhere(where, axes, fixed);
  const place = method === 'sobol' ? sobolPlaces(seed, axes.length) : randomPlaces(seed);
  let missed = 0;
  let found = 0;
  for (let index = 0; found < count; index += 1) {
    if (index >= SOBOL_POINTS_MAX) throw new UsageError(`there are ${SOBOL_POINTS_MAX} points, and ${found} meet the condition`);
    const set = axes.map((axis, dimension) => axis.within(place(index, dimension)));
    if (parts.every(({ holds }) => holds(set))) {
      missed = 0;
      found += 1;
      yield set;
      continue;
    }
    missed += 1;
    if (missed >= TRIES_MAX) throw new UsageError(`of ${TRIES_MAX} points in a row none meets the condition ${JSON.stringify(where)}`);
  }
}
