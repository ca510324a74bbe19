import { DEFAULT_BACKTEST_OPTIONS, formatSizing } from '@tidemark/compute';
import type { BacktestOptions, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { SearchFindings } from './selection.ts';

/** One backtest to be run: everything that its result depends on, but the bars. */
export interface BacktestJob {
  readonly module: StrategyModule;
  /** The built-in's or the source's name. */
  readonly strategyName: string;
  /** Names the strategy on the command line: a built-in by its name, others by their file. */
  readonly strategyFlag: string;
  readonly parameters: ParameterValues;
  readonly symbol: string;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly options: BacktestOptions;
  /** Of the search that the parameters came out of, as far as it was known then. */
  readonly search?: SearchFindings | undefined;
}

const flag = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`--${name}`, String(value)]);
/** As text, where there is one. */
export const instantText = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : formatInstant(at));

type Plain = {
  readonly [K in keyof BacktestOptions]: BacktestOptions[K] extends string | number | null ? K : never;
}[keyof BacktestOptions];

/** Flags that are said only where they differ from what the command assumes anyway. `cash`, `commissionRate`, `fill` and `size` are always said. */
const FLAGS: Readonly<Record<Exclude<Plain, 'cash' | 'commissionRate' | 'fill'>, string>> = {
  commissionFixed: 'commission-fixed',
  commissionPerUnit: 'commission-per-unit',
  commissionMinimum: 'commission-minimum',
  slippageBps: 'slippage-bps',
  spreadBps: 'spread-bps',
  volumeLimit: 'volume-limit',
  impact: 'impact',
  unaffordable: 'unaffordable',
  protectiveFrom: 'protective-from',
  periodsPerYear: 'periods-per-year',
  leverage: 'leverage',
  maintenance: 'maintenance',
  borrowRate: 'borrow-rate',
  cashRate: 'cash-rate',
  debitRate: 'debit-rate',
  seed: 'seed',
};

function differences(options: BacktestOptions): string[] {
  return (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).flatMap((name) => {
    const value = options[name];
    return value === DEFAULT_BACKTEST_OPTIONS[name] || value === null ? [] : flag(FLAGS[name], value);
  });
}

/** Limits stand in the command itself, quoted for a shell: a file would have to be there. */
const riskFlag = ({ risk }: BacktestOptions): string[] => (risk === null ? [] : ['--risk', `'${JSON.stringify(risk)}'`]);

/** Flags of all options that the command would not assume. */
export const optionWords = (options: BacktestOptions): readonly string[] => [
  ...flag('cash', options.cash),
  ...flag('commission-rate', options.commissionRate),
  ...differences(options),
  ...flag('fill', options.fill),
  ...flag('size', formatSizing(options.size)),
  ...(options.wholeUnits ? ['--whole-units'] : []),
  ...(options.regulatoryFees ? ['--regulatory-fees'] : []),
  ...riskFlag(options),
];

export interface CommandParts extends Pick<BacktestJob, 'strategyFlag' | 'parameters' | 'options'> {
  /** The flags that name the bars, with their values. */
  readonly source: Readonly<Partial<Record<'symbols' | 'csv' | 'symbol', string>>>;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Flags of a span and of parameters. */
export const spanWords = ({ from, to, parameters }: Pick<CommandParts, 'from' | 'to' | 'parameters'>): readonly string[] => [
  ...flag('from', from),
  ...flag('to', to),
  ...Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
];

/** The command line of a backtest. */
export function backtestCommand(parts: CommandParts): string {
  const { strategyFlag, source, options } = parts;
  const about = [...flag('strategy', strategyFlag), ...Object.entries(source).flatMap(([name, value]) => flag(name, value))];
  return ['npx tidemark backtest', ...about, ...spanWords(parts), ...optionWords(options)].join(' ');
}

/** The command that runs the same backtest again over the bars in the database. */
export const commandOf = ({ symbol, from, to, ...parts }: BacktestJob): string =>
  backtestCommand({ ...parts, source: { symbols: symbol }, from: instantText(from), to: instantText(to) });
