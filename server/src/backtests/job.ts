import { formatSizing } from '@tidemark/compute';
import type { BacktestOptions, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

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
}

const flag = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`--${name}`, String(value)]);
const date = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : formatInstant(at));

/** The command that runs the same backtest again over the bars in the database. */
export function commandOf({ strategyFlag, parameters, symbol, from, to, options }: BacktestJob): string {
  const words = [
    'npx tidemark backtest',
    ...flag('strategy', strategyFlag),
    ...flag('symbols', symbol),
    ...flag('from', date(from)),
    ...flag('to', date(to)),
    ...Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ...flag('cash', options.cash),
    ...flag('commission-rate', options.commissionRate),
    ...(options.commissionFixed === 0 ? [] : flag('commission-fixed', options.commissionFixed)),
    ...(options.commissionPerUnit === 0 ? [] : flag('commission-per-unit', options.commissionPerUnit)),
    ...(options.slippageBps === 0 ? [] : flag('slippage-bps', options.slippageBps)),
    ...flag('fill', options.fill),
    ...flag('size', formatSizing(options.size)),
    ...(options.wholeUnits ? ['--whole-units'] : []),
  ];
  return words.join(' ');
}
