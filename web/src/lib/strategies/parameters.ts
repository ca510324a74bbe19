import type { ParameterPartsFragment } from '@tidemark/schema/documents';

export type Values = Readonly<Record<string, string>>;

/** A parameter's default as text: a choice by its name. */
export function defaultText(spec: ParameterPartsFragment): string {
  return spec.choices?.[spec.default] ?? String(spec.default);
}

export function defaults(specs: readonly ParameterPartsFragment[]): Values {
  return Object.fromEntries(specs.map((spec) => [spec.name, defaultText(spec)]));
}

/**
 * Values for what the text says now. Somebody's own choice keeps its place; what stood at its default, or is new, follows the default: who changes one in the
 * text means it.
 */
export const carried = (now: Values, values: Values, before: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(now).map(([name, standard]) => {
      const kept = values[name];
      return [name, kept === undefined || kept === before[name] ? standard : kept];
    }),
  );

/** One sentence about a value that is out of bounds; `undefined` for one that is in order. */
export function problemOf(spec: ParameterPartsFragment, text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === '') return 'Give a value.';
  if (spec.choices) return spec.choices.includes(text) ? undefined : `Choose one of ${spec.choices.join(', ')}.`;
  const value = Number(text);
  if (!Number.isFinite(value)) return 'Give a number.';
  if (spec.kind === 'integer' && !Number.isInteger(value)) return 'Give a whole number.';
  if (value < spec.min || value > spec.max) return `Between ${spec.min} and ${spec.max}.`;
  return undefined;
}

export function inputs(specs: readonly ParameterPartsFragment[], values: Values): { name: string; value: string }[] {
  return specs.map((spec) => ({ name: spec.name, value: (values[spec.name] ?? defaultText(spec)).trim() }));
}

/**
 * What a form of a strategy's parameters asks about: the specs of its template, where it has one, and what it has now. Without a template, as when it was made
 * of a source of one's own, the names are known and the server knows the bounds.
 */
export interface Asked {
  readonly specs: readonly ParameterPartsFragment[] | undefined;
  readonly own: readonly { readonly name: string; readonly value: string }[];
}

/** What the fields begin with. */
export const begun = ({ specs, own }: Asked): Record<string, string> => ({
  ...(specs && defaults(specs)),
  ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
});

/** Whether nothing is wrong with the values, as far as can be told here. What was not asked for stays as it is. */
export const areFilled = ({ specs, own }: Asked, values: Values): boolean =>
  specs === undefined
    ? own.every(({ name }) => values[name]?.trim() !== '')
    : specs.every((spec) => problemOf(spec, values[spec.name]) === undefined);

/** The values as the server takes them. */
export const inputsOf = ({ specs, own }: Asked, values: Values): { name: string; value: string }[] =>
  specs === undefined ? own.map(({ name, value }) => ({ name, value: values[name]?.trim() ?? value })) : inputs(specs, values);

/** "SPY, msft" as ["SPY", "MSFT"], each once. */
export function symbolsOf(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .toUpperCase()
        .split(/[\s,;]+/)
        .filter(Boolean),
    ),
  ];
}
