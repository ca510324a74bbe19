import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute/browser';
import type { BacktestOptions } from '@tidemark/compute/types';

/** What a run costs and how large it trades: what the form of a backtest begins with. */
export const RUN_COSTS = { commissionRate: 0.0005, slippageBps: 1 } as const;
export const RUN_CASH = '100000';

const { periodsPerYear, seed, ...others } = DEFAULT_BACKTEST_OPTIONS;

/**
 * The options that the server reads out of a `RunBacktestInput` with these costs, and with its defaults for all else: in its order, too, so that
 * results are the same text.
 */
export const RUN_OPTIONS: BacktestOptions = {
  ...others,
  ...RUN_COSTS,
  cash: Number(RUN_CASH),
  size: { kind: 'equity', fraction: 0.95, at: 'signal' },
  wholeUnits: true,
  periodsPerYear,
  seed,
};
