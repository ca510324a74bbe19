import type { BacktestOptions, BacktestResult } from '@tidemark/compute/types';

/** Something that is not the same for all runs: its value for each, in their order. */
export interface Difference {
  readonly kind: 'strategy' | 'parameter' | 'option' | 'data';
  readonly name: string;
  readonly values: readonly string[];
}

type Reader = (result: BacktestResult) => unknown;
const NOT_THERE = '—';

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return NOT_THERE;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

function differenceOf(kind: Difference['kind'], name: string, read: Reader, results: readonly BacktestResult[]): readonly Difference[] {
  const values = results.map((result) => textOf(read(result)));
  return new Set(values).size > 1 ? [{ kind, name, values }] : [];
}

/** Names in the order in which they first come. */
const namesOf = (all: readonly Readonly<Record<string, unknown>>[]): readonly string[] => [
  ...new Set(all.flatMap((each) => Object.keys(each))),
];

/** Options whose name is not the flag's in other letters. */
const OPTION_NAMES: Readonly<Partial<Record<keyof BacktestOptions, string>>> = { size: 'size', risk: 'risk limits', cash: 'starting cash' };
const optionName = (name: keyof BacktestOptions): string =>
  OPTION_NAMES[name] ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const DATA: readonly (readonly [string, Reader])[] = [
  ['symbols', ({ data }) => data.symbols.join(', ')],
  ['first bar', ({ data }) => data.from],
  ['last bar', ({ data }) => data.to],
  ['bars', ({ data }) => data.bars],
  ['data (SHA-256)', ({ data }) => data.hash],
  ['dividends and splits (SHA-256)', ({ data }) => data.actionsHash],
  ['finer bars (SHA-256)', ({ data }) => data.finerHash],
];

/** Everything that the results depend on and that is not the same for all of them. */
export function differencesOf(results: readonly BacktestResult[]): readonly Difference[] {
  const parameters = namesOf(results.map(({ strategy }) => strategy.parameters));
  const options = namesOf(
    results.map((result) => result.options as unknown as Record<string, unknown>),
  ) as readonly (keyof BacktestOptions)[];
  return [
    ...differenceOf('strategy', 'strategy', ({ strategy }) => strategy.name, results),
    ...differenceOf('strategy', 'version (SHA-256)', ({ strategy }) => strategy.version, results),
    ...parameters.flatMap((name) => differenceOf('parameter', name, ({ strategy }) => strategy.parameters[name], results)),
    ...options.flatMap((name) => differenceOf('option', optionName(name), (result) => result.options[name], results)),
    ...DATA.flatMap(([name, read]) => differenceOf('data', name, read, results)),
  ];
}

const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/** What is alike and what is not, in plain words. */
export function inWords(results: readonly BacktestResult[], differences: readonly Difference[]): readonly string[] {
  const namesBy = (kind: Difference['kind']): readonly string[] => differences.filter((each) => each.kind === kind).map(({ name }) => name);
  const isDifferent = (name: string): boolean => differences.some((each) => each.name === name);
  const [strategy, parameters, options, data] = (['strategy', 'parameter', 'option', 'data'] as const).map(namesBy);
  const hash = results[0]?.data.hash.slice(0, 12) ?? '';
  return [
    strategy?.length === 0
      ? `The same strategy, version ${results[0]?.strategy.version.slice(0, 12) ?? ''}…`
      : isDifferent('strategy')
        ? 'Different strategies.'
        : 'Different versions of the same strategy.',
    parameters?.length === 0 ? 'The same parameters.' : `Parameters that differ: ${listOf(parameters ?? [])}.`,
    options?.length === 0
      ? 'The same costs, fills and account.'
      : `Options that differ: ${listOf(options ?? [])}. A better result may be theirs, not the strategy’s.`,
    data?.length === 0
      ? `The same bars (${hash}…).`
      : isDifferent('first bar') || isDifferent('last bar') || isDifferent('symbols')
        ? 'Different bars: other symbols or another span. The figures do not stand beside each other one to one.'
        : 'The bars differ although symbols and span are the same: the data were changed, or there are others beside them.',
  ];
}
