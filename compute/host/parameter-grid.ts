import { UsageError } from './backtest-flags.ts';
import { namedSet, type AxisValue, type ParameterAxis } from './parameter-axis.ts';
import { parseCondition, type ConditionPart } from './parameter-condition.ts';
import type { ParameterValues } from './types.ts';

/** The values of one set, in the order of the axes. */
export type GridSet = readonly AxisValue[];

const kindOf = (value: AxisValue): 'number' | 'text' => (typeof value === 'number' ? 'number' : 'text');

/**
 * A condition on sets: on the axes, and on values that are the same for all (`fixed`). Throws {@link UsageError}.
 */
export function parseWhere(where: string | undefined, axes: readonly ParameterAxis[], fixed: ParameterValues): readonly ConditionPart[] {
  if (where === undefined) return [];
  const constants = Object.entries(fixed).filter(([name]) => !axes.some((axis) => axis.name === name));
  const values = constants.map(([, value]) => value);
  const names = [...constants.map(([name, value]) => ({ name, kind: kindOf(value) })), ...axes];
  return parseCondition(where, names).map(({ holds, last }) => ({
    holds: values.length === 0 ? holds : (set) => holds([...values, ...set]),
    last: Math.max(-1, last - values.length),
  }));
}

/** All combinations of the axes' values, the last axis fastest, that meet the condition. Nothing is kept: a billion sets are as cheap as one. */
export class ParameterGrid {
  readonly axes: readonly ParameterAxis[];
  /** Combinations, whether they meet the condition or not. */
  readonly size: number;
  private readonly counts: readonly number[];
  /** By axis: what can be said once its value is known. */
  private readonly parts: readonly (readonly ConditionPart[])[];
  private readonly isImpossible: boolean;

  /** Throws {@link UsageError} for an interval without steps, a condition that is wrong, or more sets than can be numbered. */
  constructor(axes: readonly ParameterAxis[], where?: string, fixed: ParameterValues = {}) {
    const endless = axes.find(({ count }) => !Number.isFinite(count));
    if (endless !== undefined) throw new UsageError(`${endless.name} needs a step in a grid: ${endless.name}=0.5..2:0.25`);
    this.axes = axes;
    this.counts = axes.map(({ count }) => count);
    this.size = this.counts.reduce((product, count) => product * count, 1);
    if (!Number.isSafeInteger(this.size))
      throw new UsageError(`the grid has ${this.size.toExponential(1)} sets, more than can be numbered`);
    const parts = parseWhere(where, axes, fixed);
    this.parts = axes.map((_, index) => parts.filter(({ last }) => last === index));
    this.isImpossible = parts.some(({ last, holds }) => last < 0 && !holds([]));
  }

  /** The combination with this index, whether it meets the condition or not. */
  at(index: number): GridSet {
    return this.positionsOf(index).map((position, axis) => this.valueAt(axis, position));
  }

  /** How many sets meet the condition. Walks over them. */
  count(): number {
    let count = 0;
    for (const chunk of this.chunks(4096)) count += chunk.length;
    return count;
  }

  /** The sets that meet the condition, in order, of the combinations from `from` to before `to`. */
  *sets(from = 0, to = this.size): Generator<GridSet, void, undefined> {
    if (this.isImpossible || from >= to) return;
    const positions = this.positionsOf(from);
    const values = positions.map((position, axis) => this.valueAt(axis, position));
    let left = to - from;
    for (let changed = 0; ;) {
      const failing = this.firstFailing(values, changed);
      if (failing < 0) yield [...values];
      const axis = failing < 0 ? this.axes.length - 1 : failing;
      left -= this.passed(positions, axis);
      if (left <= 0) return;
      changed = this.advance(positions, values, axis);
      if (changed < 0) return;
    }
  }

  /** As `sets`, up to `length` at a time; the last one may be shorter. */
  *chunks(length: number, from = 0, to = this.size): Generator<readonly GridSet[], void, undefined> {
    if (!(length >= 1)) throw new RangeError('Invariant: a chunk has room for a set');
    let chunk: GridSet[] = [];
    for (const set of this.sets(from, to)) {
      chunk.push(set);
      if (chunk.length < length) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  }

  /** A set by names. */
  valuesOf(set: GridSet): ParameterValues {
    return namedSet(this.axes, set);
  }

  private positionsOf(index: number): number[] {
    if (!(Number.isSafeInteger(index) && index >= 0 && index < this.size)) {
      throw new RangeError(`the grid has ${this.size} sets; there is none with index ${index}`);
    }
    const positions: number[] = [];
    let rest = index;
    for (const count of this.counts.toReversed()) {
      positions.unshift(rest % count);
      rest = Math.floor(rest / count);
    }
    return positions;
  }

  private valueAt(axis: number, position: number): AxisValue {
    const found = this.axes[axis];
    if (found === undefined) throw new Error('Invariant: positions and axes are of one length');
    return found.at(position);
  }

  /** The first axis, not before `changed`, whose value breaks the condition; -1 where all hold. */
  private firstFailing(values: GridSet, changed: number): number {
    for (let axis = changed; axis < this.parts.length; axis += 1) {
      if (this.parts[axis]?.some(({ holds }) => !holds(values))) return axis;
    }
    return -1;
  }

  /** How many combinations, this one included, have the same values up to `axis` and are still to come. */
  private passed(positions: readonly number[], axis: number): number {
    let count = 1;
    let block = 1;
    for (let inner = this.counts.length - 1; inner > axis; inner -= 1) {
      const size = this.counts[inner] ?? 1;
      count += (size - 1 - (positions[inner] ?? 0)) * block;
      block *= size;
    }
    return count;
  }

  /** Goes on to the next value of `axis`, or of one before it where that was the last; answers the first axis that changed, -1 at the end. */
  private advance(positions: number[], values: AxisValue[], axis: number): number {
    let moved = axis;
    while (moved >= 0 && (positions[moved] ?? 0) + 1 === this.counts[moved]) moved -= 1;
    if (moved < 0) return -1;
    positions[moved] = (positions[moved] ?? 0) + 1;
    for (let inner = moved + 1; inner < positions.length; inner += 1) positions[inner] = 0;
    for (let inner = moved; inner < positions.length; inner += 1) values[inner] = this.valueAt(inner, positions[inner] ?? 0);
    return moved;
  }
}
