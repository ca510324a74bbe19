import type { BacktestResult } from '@tidemark/compute/types';

const TRADES_MIN = 30;
const BARS_MIN = 252;

/** Short words on what to mind when reading a result. */
export function badgesOf({ metrics, data, options, denials, trades }: BacktestResult): readonly string[] {
  const costs = options.commissionRate + options.commissionFixed + options.commissionPerUnit + options.slippageBps;
  const badges: (string | undefined)[] = [
    metrics.trades < TRADES_MIN ? 'fewer than 30 trades' : undefined,
    data.bars < BARS_MIN ? 'less than a year of daily bars' : undefined,
    costs === 0 ? 'no costs' : undefined,
    options.fill === 'same-close' ? 'fills at the signal’s own close' : undefined,
    denials.length > 0 ? 'orders denied' : undefined,
    trades.some(({ status }) => status === 'open') ? 'open at the end' : undefined,
  ];
  return badges.filter((badge): badge is string => badge !== undefined);
}
