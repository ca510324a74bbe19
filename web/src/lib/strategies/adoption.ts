import type { StrategyState, Timeframe } from '@tidemark/schema/documents';
import type { ParameterPair } from '#lib/research/backtest-set.ts';
import { changeText } from './configurations.ts';

/** A set of parameters that a run or a study was made with, and what it was made for. */
export interface FoundSet {
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** All parameters: those that were varied, and those that stayed the same. */
  readonly parameters: readonly ParameterPair[];
  /** Those that were varied, in short: 10/100. Empty where none was. */
  readonly label: string;
}

interface Study {
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly parameters: readonly ParameterPair[];
}

/** Studies search daily bars. */
const STUDIED: Timeframe = 'DAY1';

/** What a run was made with. */
export const foundByRun = ({ strategyName, version, symbols, parameters }: Study, timeframe: Timeframe): FoundSet => ({
  strategyName,
  version,
  symbols,
  timeframe,
  parameters: parameters.map(({ name, value }) => ({ name, value })),
  label: '',
});

/** A set of a study with what the study left as it was. */
export const foundSet = ({ strategyName, version, symbols, parameters }: Study, set: readonly ParameterPair[]): FoundSet => ({
  strategyName,
  version,
  symbols,
  timeframe: STUDIED,
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

/** Strategies that may take the set: of the very module that was tested, on such bars, and at rest. */
export const takers = <T extends Candidate>(
  strategies: readonly T[],
  { version, timeframe }: Pick<FoundSet, 'version' | 'timeframe'>,
): readonly T[] =>
  strategies.filter((one) => one.version === version && one.timeframe === timeframe && one.state !== 'PAPER' && one.state !== 'LIVE');

/** What changes for a strategy that takes it, in words; empty where it has these parameters already. */
export const changesOf = (before: readonly ParameterPair[], { parameters }: Pick<FoundSet, 'parameters'>): string =>
  parameters
    .flatMap(({ name, value }) => {
      const old = before.find((one) => one.name === name)?.value;
      return old === value ? [] : [changeText({ name, before: old, after: value })];
    })
    .join(', ');
