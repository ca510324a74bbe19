import type { IndicatorSpec, ParameterSpec, ParameterValues } from './types.ts';

/** A parameter that an indicator cannot take: which one, its value, and what it may be. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;
  readonly value: unknown;
  /** What is allowed, in words: `a whole number from 2 to 100000`. */
  readonly allowed: string;

  constructor(indicator: string, parameter: string, value: unknown, allowed: string, message?: string) {
    super(message ?? `${indicator}: ${parameter} is ${shown(value)}, but must be ${allowed}.`);
    this.parameter = parameter;
    this.value = value;
    this.allowed = allowed;
  }
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;

function shown(value: unknown): string {
  return typeof value === 'string' || isRecord(value) ? JSON.stringify(value) : String(value);
}

/** Values in the order of the description, as the module takes them; defaults where none is given. Throws {@link ParameterError}. */
export function checkParameters(spec: IndicatorSpec, values: ParameterValues): readonly number[] {
  const names = spec.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const message = `${spec.name} has no parameter ${unknown}; it has ${names.join(', ')}.`;
    throw new ParameterError(spec.name, unknown, values[unknown], 'left out', message);
  }
  const checked = new Map(spec.parameters.map((parameter) => [parameter.name, checkParameter(spec, parameter, values[parameter.name])]));
  for (const [lower, upper] of spec.ordered ?? []) {
    const value = checked.get(lower) ?? 0;
    const bound = checked.get(upper) ?? 0;
    if (value > bound) throw new ParameterError(spec.name, lower, value, `at most ${upper}, which is ${bound}`);
  }
  return [...checked.values()];
}

function checkParameter(spec: IndicatorSpec, parameter: ParameterSpec, value: number | string | undefined): number {
  if (value === undefined) return parameter.default;
  const { choices, kind, min, max } = parameter;
  const chosen = typeof value === 'string' && choices !== undefined ? choices.indexOf(value) : value;
  const whole = kind === 'number' || Number.isInteger(chosen);
  if (typeof chosen === 'number' && whole && chosen >= min && chosen <= max) return chosen;
  throw new ParameterError(spec.name, parameter.name, value, allowed(parameter));
}

function allowed({ kind, min, max, choices }: ParameterSpec): string {
  if (kind === 'choice') return (choices ?? []).map((choice, index) => `${choice} (${index})`).join(' or ');
  return `${kind === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
}
