import type { StrategyState, Timeframe } from '@tidemark/schema/documents';
import type { ParameterPair } from './backtest-set.ts';

/** A set of parameters that a study found, with what it was found for. */
export interface FoundSet {
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  /** All parameters: those that were varied, and those that stayed the same. */
  readonly parameters: readonly ParameterPair[];
  /** Those that were varied, in short: 10/100. */
  readonly label: string;
}

interface Study {
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly parameters: readonly ParameterPair[];
}

/** A set of a study with what the study left as it was. */
export const foundSet = ({ strategyName, version, symbols, parameters }: Study, set: readonly ParameterPair[]): FoundSet => ({
  strategyName,
  version,
  symbols,
  parameters: [...parameters.filter(({ name }) => !set.some((one) => one.name === name)), ...set].map(({ name, value }) => ({
    name,
    value,
  })),
  label: set.map(({ value }) => value).join('/'),
});

interface Candidate {
  readonly id: string;
  readonly version: string;
  readonly state: StrategyState;
  readonly timeframe: Timeframe;
}

/** Strategies that may take the set: of the very module that was searched, and at rest. */
export const takers = <T extends Candidate>(strategies: readonly T[], { version }: Pick<FoundSet, 'version'>): readonly T[] =>
  strategies.filter((one) => one.version === version && one.timeframe === 'DAY1' && one.state !== 'PAPER' && one.state !== 'LIVE');

/** What changes for a strategy that takes it, in words; empty where it has these parameters already. */
export const changesOf = (before: readonly ParameterPair[], { parameters }: Pick<FoundSet, 'parameters'>): string =>
  parameters
    .flatMap(({ name, value }) => {
      const old = before.find((one) => one.name === name)?.value;
      return old === value ? [] : [`${name} ${old ?? 'none'} → ${value}`];
    })
    .join(', ');
