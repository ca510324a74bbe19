import type { IndicatorSpec } from '@tidemark/compute/types';
import { withDefaults } from '#lib/charts/indicator-request.ts';
import type { IndicatorRequest } from '#lib/charts/indicator-request.ts';

interface Decider {
  readonly template: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

const PERIOD = /period|length|window/i;

/**
 * The indicators that a strategy most likely looks at, by its name and its parameters: `sma-crossover` with fast 10 and
 * slow 30 gives two averages. A guess for the eye only; the strategy's own numbers are in its module.
 */
export function guess(strategy: Decider, specs: readonly IndicatorSpec[]): readonly IndicatorRequest[] {
  const words = strategy.template.toLowerCase().split(/[^a-z0-9]+/);
  const requests: IndicatorRequest[] = [];
  const named = (one: IndicatorSpec): boolean =>
    one.name
      .toLowerCase()
      .split('_')
      .every((word) => words.includes(word));
  for (const spec of specs.filter((one) => named(one))) {
    const plain = withDefaults(spec);
    const period = spec.parameters.find((one) => PERIOD.test(one.name));
    const given = new Map(strategy.parameters.map(({ name, value }) => [name, value]));
    const same = plain.parameters.map((one) => ({ name: one.name, value: given.get(one.name) ?? one.value }));
    const pair = period ? strategy.parameters.filter(({ name }) => /^(fast|slow)/.test(name)) : [];
    const single = period ? strategy.parameters.filter(({ name }) => PERIOD.test(name)) : [];
    const lengths = pair.length > 0 ? pair : single;
    if (period && lengths.length > 0) {
      for (const { value } of lengths)
        requests.push({ indicator: spec.name, parameters: same.map((one) => (one.name === period.name ? { ...one, value } : one)) });
    } else {
      requests.push({ indicator: spec.name, parameters: same });
    }
  }
  return requests;
}
