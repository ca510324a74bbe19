import { returnsOf } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { isRuined } from './report/equity-curve.ts';
import { SAMPLE_MIN } from './report/headline.ts';
import { PSR_MIN } from './report/selection-words.ts';
import { isOverfit } from './selection.ts';
import type { SelectionRecord } from './selection.ts';

const TRADES_MIN = 30;

/** Whether the run alone leaves it open that its Sharpe ratio is above 0. */
function couldBeLuck(result: BacktestResult, statistics: Statistics): boolean {
  const { periodsPerYear } = result.options;
  const returns = result.equity.length < SAMPLE_MIN || isRuined(result.equity) ? undefined : returnsOf(result);
  const psr = returns === undefined ? null : (statistics.sharpeInference(returns, { periodsPerYear })?.psr ?? null);
  return psr !== null && psr < PSR_MIN;
}

/** Whether the closed trades win with the best one only. */
function isOneTrade({ trades }: BacktestResult): boolean {
  const nets = trades.flatMap(({ status, grossPnl, commission }) => (status === 'closed' ? [grossPnl - commission] : []));
  const total = nets.reduce((sum, net) => sum + net, 0);
  const best = nets.reduce((most, net) => Math.max(most, net), 0);
  return nets.filter((net) => net > 0).length > 1 && total > 0 && total - best <= 0;
}

/** Short words on what to mind when reading a result. */
export function badgesOf(result: BacktestResult, statistics: Statistics, selection?: SelectionRecord): readonly string[] {
  const { metrics, data, options, denials, trades } = result;
  const costs = options.commissionRate + options.commissionFixed + options.commissionPerUnit + options.slippageBps;
  const badges: (string | undefined)[] = [
    selection !== undefined && isOverfit(selection) ? 'overfit' : undefined,
    metrics.trades < TRADES_MIN ? 'fewer than 30 trades' : undefined,
    isOneTrade(result) ? 'one trade makes it' : undefined,
    couldBeLuck(result, statistics) ? 'could be luck' : undefined,
    data.bars < options.periodsPerYear ? 'less than a year of bars' : undefined,
    costs === 0 ? 'no costs' : undefined,
    options.fill === 'same-close' ? 'fills at the signal’s own close' : undefined,
    denials.length > 0 ? 'orders denied' : undefined,
    trades.some(({ status }) => status === 'open') ? 'open at the end' : undefined,
  ];
  return badges.filter((badge): badge is string => badge !== undefined);
}
