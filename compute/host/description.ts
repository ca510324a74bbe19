import { STRATEGY_ABI, TEXT, readText, type StrategyExports } from './strategy-abi.ts';
import type { ParameterSpec, StrategyDescription } from './types.ts';

/** The custom section in which a module carries its description, so that nothing of it must run to be described. */
export const DESCRIPTION_SECTION = 'tidemark.strategy';

const KINDS = ['integer', 'number', 'choice'] as const;
const PARAMETERS_MAX = 64;
const CHOICES_MAX = 64;
const NAME_PATTERN = /^[a-z][a-z0-9-]{0,63}$/;
const PARAMETER_PATTERN = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

function readSpec(exports: StrategyExports, index: number): ParameterSpec {
  const number = (which: number): number => exports.parameterNumber(index, which);
  const kind = KINDS[number(0)] ?? 'number';
  const choices = Array.from({ length: Math.min(number(4), CHOICES_MAX + 1) }, (_, choice) =>
    readText(exports.memory, exports.parameterChoice(index, choice)),
  );
  const spec = {
    name: readText(exports.memory, exports.parameterText(index, 0)),
    kind,
    default: number(1),
    min: number(2),
    max: number(3),
    description: readText(exports.memory, exports.parameterText(index, 1)),
  };
  return kind === 'choice' ? { ...spec, choices } : spec;
}

/** Asks a started module what it is. */
export function readDescription(exports: StrategyExports): StrategyDescription {
  const text = (which: number): string => readText(exports.memory, exports.text(which));
  const count = Math.min(exports.parameterCount(), PARAMETERS_MAX + 1);
  return {
    name: text(TEXT.name),
    title: text(TEXT.title),
    description: text(TEXT.description),
    parameters: Array.from({ length: count }, (_, index) => readSpec(exports, index)),
    abi: STRATEGY_ABI,
  };
}

function problemOfParameter(spec: ParameterSpec): string | undefined {
  if (!PARAMETER_PATTERN.test(spec.name)) return `The parameter name ${JSON.stringify(spec.name)} must be letters and digits, up to 32`;
  if (spec.kind === 'choice') {
    const choices = spec.choices ?? [];
    if (choices.length < 1 || choices.length > CHOICES_MAX) return `The parameter ${spec.name} must have 1 to ${CHOICES_MAX} choices`;
    if (new Set(choices).size < choices.length) return `The parameter ${spec.name} has the same choice twice`;
  }
  if (!Number.isFinite(spec.min) || !Number.isFinite(spec.max) || !(spec.min <= spec.max))
    return `The bounds of ${spec.name} are not in order`;
  if (!(spec.default >= spec.min && spec.default <= spec.max)) return `The default of ${spec.name} is outside ${spec.min} to ${spec.max}`;
  return undefined;
}

/** What is wrong with a description, in a sentence; `undefined` when nothing is. */
export function problemOfDescription(description: StrategyDescription): string | undefined {
  const { name, parameters } = description;
  if (!NAME_PATTERN.test(name)) return `The strategy's name ${JSON.stringify(name)} must be lower-case letters, digits and hyphens`;
  if (parameters.length > PARAMETERS_MAX) return `A strategy has at most ${PARAMETERS_MAX} parameters`;
  const names = parameters.map((spec) => spec.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) return `The parameter ${twice} is declared twice`;
  return parameters.map(problemOfParameter).find((problem) => problem !== undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseSpec(value: unknown): ParameterSpec | undefined {
  if (!isRecord(value)) return undefined;
  const { name, kind, min, max, description, choices } = value;
  const known = KINDS.find((each) => each === kind);
  const initial = value['default'];
  if (typeof name !== 'string' || typeof description !== 'string' || known === undefined) return undefined;
  if (typeof initial !== 'number' || typeof min !== 'number' || typeof max !== 'number') return undefined;
  const spec = { name, kind: known, default: initial, min, max, description };
  if (choices === undefined) return spec;
  if (!Array.isArray(choices) || !choices.every((choice) => typeof choice === 'string')) return undefined;
  return { ...spec, choices };
}

/** A description out of a module's custom section; `undefined` where it is not one. */
export function parseDescription(text: string): StrategyDescription | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !Array.isArray(value['parameters'])) return undefined;
  const { name, title, description, abi } = value;
  const reusable = value['reusable'] === true;
  const parameters = value['parameters'].map(parseSpec);
  if (typeof name !== 'string' || typeof title !== 'string' || typeof description !== 'string' || typeof abi !== 'number') return undefined;
  const complete = parameters.filter((spec) => spec !== undefined);
  return complete.length === parameters.length ? { name, title, description, parameters: complete, abi, reusable } : undefined;
}
