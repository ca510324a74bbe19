import { ParameterError } from './errors.ts';
import type { ParameterSpec, ParameterValues } from './types.ts';

/** What a parameter accepts, in words. */
export function boundsOf(spec: ParameterSpec): string {
  if (spec.kind === 'choice') return (spec.choices ?? []).join(' or ');
  return `${spec.kind === 'integer' ? 'a whole number' : 'a number'} from ${spec.min} to ${spec.max}`;
}

function refuse(owner: string, spec: ParameterSpec, value: unknown): never {
  throw new ParameterError(owner, spec.name, value, boundsOf(spec));
}

function toChoice(owner: string, spec: ParameterSpec, value: number | string): number {
  const index = (spec.choices ?? []).indexOf(String(value));
  return index < 0 ? refuse(owner, spec, value) : index;
}

function toNumber(owner: string, spec: ParameterSpec, value: number | string): number {
  // An empty text would read as zero.
  const number = typeof value === 'string' ? (value.trim() === '' ? Number.NaN : Number(value)) : value;
  const isWhole = spec.kind !== 'integer' || Number.isInteger(number);
  return number >= spec.min && number <= spec.max && isWhole ? number : refuse(owner, spec, value);
}

export interface ResolvedParameters {
  /** In the order of the specifications; choices by index. */
  readonly numbers: readonly number[];
  /** All of them, defaults included; choices by name. */
  readonly values: ParameterValues;
}

/** Fills in defaults and checks names and bounds; `owner` is for messages. Throws {@link ParameterError}. */
export function resolveParameters(owner: string, specs: readonly ParameterSpec[], given: ParameterValues): ResolvedParameters {
  const names = specs.map((spec) => spec.name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new ParameterError(
      owner,
      name,
      given[name],
      names.length > 0 ? `left out: its parameters are ${names.join(', ')}` : 'left out: it has none',
    );
  }
  const numbers = specs.map((spec) => {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name] : undefined;
    if (value === undefined) return spec.default;
    return spec.kind === 'choice' ? toChoice(owner, spec, value) : toNumber(owner, spec, value);
  });
  const values = Object.fromEntries(specs.map((spec, index) => [spec.name, valueOf(spec, numbers[index])]));
  return { numbers, values };
}

function valueOf(spec: ParameterSpec, number: number | undefined): number | string {
  if (number === undefined) throw new Error('Invariant: each specification has a number');
  return spec.kind === 'choice' ? (spec.choices?.[number] ?? '') : number;
}
