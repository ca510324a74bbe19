import { ParameterError } from './errors.ts';
import { boundsOf } from './parameters.ts';
import type { AxisValue, ParameterAxis } from './parameter-axis.ts';
import type { GridSet } from './parameter-grid.ts';
import type { ParameterSpec, StrategyModule } from './types.ts';

/** Turns the values of a set into the numbers that a module binds: one row of f64, in the order of the axes. */
export interface SetEncoder {
  /** Place of each axis among the module's parameters. */
  readonly indexes: Int32Array<ArrayBuffer>;
  /** Throws {@link ParameterError} for a value that the strategy does not take. */
  encode(sets: readonly GridSet[]): Float64Array<ArrayBuffer>;
}

function specOf(module: StrategyModule, axis: ParameterAxis): { readonly spec: ParameterSpec; readonly index: number } {
  const { name, parameters } = module.description;
  const index = parameters.findIndex((each) => each.name === axis.name);
  const spec = parameters[index];
  if (spec !== undefined) return { spec, index };
  const known = parameters.length > 0 ? `one of ${parameters.map((each) => each.name).join(', ')}` : 'nothing: it has no parameters';
  throw new ParameterError(name, 'grid', axis.name, known);
}

function encodeValue(owner: string, spec: ParameterSpec, value: AxisValue): number {
  const number = spec.kind === 'choice' ? (spec.choices ?? []).indexOf(String(value)) : Number(value);
  const isWhole = spec.kind === 'number' || Number.isInteger(number);
  if (number >= spec.min && number <= spec.max && isWhole) return number;
  throw new ParameterError(owner, spec.name, value, boundsOf(spec));
}

export function setEncoder(module: StrategyModule, axes: readonly ParameterAxis[]): SetEncoder {
  const found = axes.map((axis) => specOf(module, axis));
  const owner = module.description.name;
  // Values of grids come again and again.
  const known = found.map(() => new Map<AxisValue, number>());
  const numberOf = (axis: number, value: AxisValue): number => {
    const before = known[axis]?.get(value);
    if (before !== undefined) return before;
    const spec = found[axis]?.spec;
    if (spec === undefined) throw new Error('Invariant: a set has a value for each axis');
    const number = encodeValue(owner, spec, value);
    if ((known[axis]?.size ?? 0) < 100_000) known[axis]?.set(value, number);
    return number;
  };
  return {
    indexes: Int32Array.from(found, ({ index }) => index),
    encode: (sets) => {
      const rows = new Float64Array(sets.length * axes.length);
      let at = 0;
      for (const set of sets) for (const [axis, value] of set.entries()) rows[at++] = numberOf(axis, value);
      return rows;
    },
  };
}
