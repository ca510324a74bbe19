import type { StrategyConfigurationsQuery } from '@tidemark/schema/documents';
import { percent } from '#lib/format.ts';
import { sizeWords } from './size.ts';
import { timeframeLabel } from './timeframes.ts';

export type Configuration = StrategyConfigurationsQuery['strategyConfigurations'][number];

export interface Change {
  readonly name: string;
  /** As text; `undefined` where there was none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything that a configuration says, by name, as people read it. */
function factsOf({ version, parameters, symbols, timeframe, allocation, size }: Configuration): ReadonlyMap<string, string> {
  return new Map([
    ['version', version.slice(0, 12)],
    ...parameters.map(({ name, value }) => [name, value] as const),
    ['symbols', symbols.join(', ')],
    ['bars', timeframeLabel(timeframe)],
    ['allocation', percent(allocation)],
    ['size', sizeWords(size)],
  ]);
}

/** What the later configuration has otherwise, in its own order, and then what it has no more. */
export function changesBetween(before: Configuration, after: Configuration): readonly Change[] {
  const [old, now] = [factsOf(before), factsOf(after)];
  return [...new Set([...now.keys(), ...old.keys()])]
    .map((name) => ({ name, before: old.get(name), after: now.get(name) }))
    .filter((change) => change.before !== change.after);
}

export const changeText = ({ name, before, after }: Change): string => `${name} ${before ?? 'none'} → ${after ?? 'none'}`;
