import type { IndicatorSpec, ParameterSpec, ParameterValues } from './types.ts';

/** A parameter that an indicator cannot take: which one, its value, and what it may be. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;
  readonly value: unknown;
  /** What is allowed, in words: `a whole number from 2 to 100000`. */
  readonly allowed: string;

  constructor(indicator: string, parameter: string, value: unknown, allowed: string) {
    super(`${indicator}: ${parameter} is ${JSON.stringify(value) ?? String(value)}, but must be ${allowed}.`);
    this.parameter = parameter;
    this.value = value;
    this.allowed = allowed;
  }
}

/** Values in the order of the description, as the module takes them; defaults where none is given. Throws {@link ParameterError}. */
export function checkParameters(spec: IndicatorSpec, values: ParameterValues): readonly number[] {
  for (const name of Object.keys(values)) {
    if (!spec.parameters.some((parameter) => parameter.name === name)) {
      throw new ParameterError(
        spec.name,
        name,
        values[name],
        `left out: its parameters are ${spec.parameters.map((p) => p.name).join(', ')}`,
      );
    }
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
