import { UsageError } from './backtest-flags.ts';
import type { ParameterValues } from './types.ts';

/** A number, or the name of a choice. */
export type AxisValue = number | string;

/** The values of one parameter, in order. */
export interface ParameterAxis {
  readonly name: string;
  readonly kind: 'number' | 'text';
  /** How many values there are; infinite for an interval, from which only samples can be taken. */
  readonly count: number;
  /** The value with this index. Not for intervals. */
  at(index: number): AxisValue;
  /** The value at a place from 0 to below 1: every value of a list or a range has an equal share. */
  within(place: number): AxisValue;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const WHOLE_NUMBER = new RegExp(`^${NUMBER}$`);
const RANGE = new RegExp(String.raw`^(${NUMBER})\.\.(${NUMBER})(?::(${NUMBER}))?$`);

const FORMS = 'name=2..101, name=2..101:3, name=0.5,1,2 or name=long,longshort';

function refuse(text: string, reason: string): never {
  throw new UsageError(`${JSON.stringify(text)} ${reason}; the forms are ${FORMS}`);
}

/** Digits behind the point. */
function decimalsOf(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
}

function listed(name: string, values: readonly AxisValue[]): ParameterAxis {
  const at = (index: number): AxisValue => {
    const value = values[index];
    if (value === undefined) throw new RangeError(`${name} has ${values.length} values; there is none with index ${index}`);
    return value;
  };
  const kind = values.every((value) => typeof value === 'number') ? 'number' : 'text';
  return { name, kind, count: values.length, at, within: (place) => at(Math.floor(place * values.length)) };
}

/** A thousandth of a unit is rounding: no step too far, and no end before the beginning. */
const ROUNDING = 0.001;

/** Steps are counted in whole units of the last decimal, so that 0.1..0.3:0.1 ends in 0.3. */
function stepped(name: string, text: string, from: string, to: string, step: string): ParameterAxis {
  const unit = 10 ** Math.max(decimalsOf(from), decimalsOf(step));
  const [first, last, width] = [Math.round(Number(from) * unit), Number(to) * unit, Math.round(Number(step) * unit)];
  if (!(width > 0)) refuse(text, 'needs a step above zero');
  if (!(last >= first - ROUNDING)) refuse(text, 'ends before it begins');
  const count = Math.floor((last - first + ROUNDING) / width) + 1;
  const isExact = [unit, first, first + (count - 1) * width, count].every((value) => Number.isSafeInteger(value));
  if (!isExact) refuse(text, 'has more digits than a number can hold');
  const at = (index: number): number => {
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(`${name} has ${count} values; there is none with index ${index}`);
    }
    return (first + index * width) / unit;
  };
  return { name, kind: 'number', count, at, within: (place) => at(Math.floor(place * count)) };
}

function interval(name: string, text: string, from: number, to: number): ParameterAxis {
  if (!(to >= from)) refuse(text, 'ends before it begins');
  if (!Number.isFinite(to - from)) refuse(text, 'is too wide');
  const at = (): never => {
    throw new UsageError(`${JSON.stringify(text)} needs a step: name=0.5..2:0.25`);
  };
  return { name, kind: 'number', count: Infinity, at, within: (place) => from + place * (to - from) };
}

function parseRange(name: string, text: string, [, from = '', to = '', step]: RegExpExecArray): ParameterAxis {
  if (step !== undefined) return stepped(name, text, from, to, step);
  const isWhole = Number.isInteger(Number(from)) && Number.isInteger(Number(to));
  return isWhole ? stepped(name, text, from, to, '1') : interval(name, text, Number(from), Number(to));
}

function parseList(name: string, text: string, items: readonly string[]): ParameterAxis {
  if (items.includes('')) refuse(text, 'has an empty value');
  if (items.some((item) => item.includes('..'))) refuse(text, 'is no range of numbers');
  const isNumeric = items.every((item) => WHOLE_NUMBER.test(item));
  const values: readonly AxisValue[] = isNumeric ? items.map(Number) : items;
  if (values.some((value) => typeof value === 'number' && !Number.isFinite(value))) refuse(text, 'has a value that is too large');
  if (new Set(values).size < values.length) refuse(text, 'has a value twice');
  return listed(name, values);
}

/**
 * One axis from its text: `fast=2..101` counts by one, `fast=2..101:3` by three, `x=0.5,1,2` and `direction=long,longshort` list values;
 * `x=0.5..2`, with an end that is not whole and no step, is an interval for samples. Throws {@link UsageError}.
 */
export function parseAxis(text: string): ParameterAxis {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (!NAME.test(name)) refuse(text, 'does not begin with the name of a parameter and =');
  const values = text.slice(equals + 1).trim();
  const range = RANGE.exec(values);
  return range
    ? parseRange(name, text, range)
    : parseList(
        name,
        text,
        values.split(',').map((item) => item.trim()),
      );
}

/** All axes, each of another parameter. Throws {@link UsageError}. */
export function parseAxes(texts: readonly string[]): readonly ParameterAxis[] {
  const axes = texts.map(parseAxis);
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`);
  return axes;
}

/** A set by the names of its axes. */
export const namedSet = (axes: readonly ParameterAxis[], set: readonly AxisValue[]): ParameterValues =>
  Object.fromEntries(axes.map(({ name }, index) => [name, set[index] ?? Number.NaN]));
