import type { IndicatorSpec } from '@tidemark/compute/types';

/** An indicator that is asked for, each parameter as text: numbers by their digits, choices by name. */
export interface IndicatorRequest {
  readonly indicator: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

type Parameter = IndicatorSpec['parameters'][number];

export const defaultOf = (parameter: Parameter): string => parameter.choices?.[parameter.default] ?? String(parameter.default);

export const withDefaults = (spec: IndicatorSpec): IndicatorRequest => ({
  indicator: spec.name,
  parameters: spec.parameters.map((one) => ({ name: one.name, value: defaultOf(one) })),
});

export const requestLabel = ({ indicator, parameters }: IndicatorRequest): string =>
  parameters.length === 0 ? indicator : `${indicator}(${parameters.map((one) => one.value).join(', ')})`;

/** As the compute core takes them: a choice by its name, anything else as a number. Text that is none of these becomes what the core refuses. */
export const valuesOf = (spec: IndicatorSpec, { parameters }: IndicatorRequest): Readonly<Record<string, number | string>> =>
  Object.fromEntries(
    parameters.map(({ name, value }) => {
      const isChoice = spec.parameters.some((one) => one.name === name && one.choices !== undefined);
      return [name, isChoice ? value : value.trim() === '' ? Number.NaN : Number(value)];
    }),
  );

/** Those whose name, title or description holds all words, by names first. */
export function searched(specs: readonly IndicatorSpec[], text: string): readonly IndicatorSpec[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (spec: IndicatorSpec): number => {
    const name = spec.name.toLowerCase();
    if (words.every((word) => name.startsWith(word))) return 0;
    if (words.every((word) => `${name} ${spec.title.toLowerCase()}`.includes(word))) return 1;
    return words.every((word) => `${name} ${spec.title} ${spec.description}`.toLowerCase().includes(word)) ? 2 : 3;
  };
  return specs.filter((spec) => rank(spec) < 3).toSorted((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
}
