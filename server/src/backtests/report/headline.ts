import type { BacktestDrawdown } from '@tidemark/compute';
import type { SharpeInference } from '@tidemark/compute/statistics';
import type { BacktestMetrics, BacktestResult } from '@tidemark/compute/types';
import { METRIC_LABELS } from '../metric-labels.ts';
import { formatBarTime, formatNumber, plural } from './number-format.ts';

/** A figure, or the reason why there is none. */
export interface Figure {
  readonly name: keyof BacktestMetrics;
  readonly label: string;
  readonly unit: 'ratio' | 'usd' | 'count' | 'number';
  /** `null` where the data cannot support a figure. */
  readonly value: number | null;
  /** Why there is no value. */
  readonly reason: string | undefined;
  /** What the value is of, in a few words. */
  readonly basis: string;
}

/** Fewer returns or trades than this make no statistic. */
export const SAMPLE_MIN = 30;

export interface HeadlineParts {
  readonly result: BacktestResult;
  readonly closedTrades: number;
  readonly ruined: boolean;
  readonly daily: boolean;
  readonly sharpe: SharpeInference | undefined;
  readonly deepest: BacktestDrawdown | undefined;
}

const PER_TRADE: readonly (keyof BacktestMetrics)[] = ['winRate', 'profitFactor', 'expectancy', 'payoff'];
const PER_YEAR: readonly (keyof BacktestMetrics)[] = ['cagr', 'calmar'];
const PER_RETURN: readonly (keyof BacktestMetrics)[] = ['volatility', 'sharpe', 'sortino'];

const UNDEFINED_REASONS: Partial<Readonly<Record<keyof BacktestMetrics, string>>> = {
  sharpe: 'equity never moved',
  sortino: 'no period lost',
  calmar: 'no drawdown',
  profitFactor: 'no trade lost',
  payoff: 'needs a winner and a loser',
};

/** Why a figure cannot be supported; `undefined` where it can. */
function reasonOf(name: keyof BacktestMetrics, { result, closedTrades, ruined }: HeadlineParts): string | undefined {
  const marks = result.equity.length;
  if (PER_TRADE.includes(name) && closedTrades < SAMPLE_MIN) return `${plural(closedTrades, 'closed trade')}, fewer than ${SAMPLE_MIN}`;
  if (ruined && (PER_YEAR.includes(name) || PER_RETURN.includes(name))) return 'equity reached zero';
  if (PER_YEAR.includes(name) && marks < result.options.periodsPerYear) return 'less than a year of bars';
  if (PER_RETURN.includes(name) && marks < SAMPLE_MIN) return `${plural(marks, 'return')}, fewer than ${SAMPLE_MIN}`;
  const value = result.metrics[name];
  if (value !== null && Number.isFinite(value)) return undefined;
  return UNDEFINED_REASONS[name] ?? 'not defined here';
}

const spanOf = ({ deepest, daily, ruined, result }: HeadlineParts): string => {
  if (deepest === undefined) return ruined ? 'equity reached zero' : 'never below its high-water mark';
  const { peakTime, troughTime, recoveryTime } = deepest;
  const end = recoveryTime === null ? 'not recovered' : `recovered ${formatBarTime(recoveryTime, daily)}`;
  return `${formatBarTime(peakTime ?? result.data.from, daily)} to ${formatBarTime(troughTime ?? '', daily)}, ${end}`;
};

function basisOf(name: keyof BacktestMetrics, parts: HeadlineParts): string {
  const { result, sharpe, closedTrades } = parts;
  const { options, equity } = result;
  const bases: Readonly<Record<keyof BacktestMetrics, string>> = {
    finalEquity: `from $${formatNumber(options.cash)}`,
    totalReturn: 'net of all costs',
    cagr: `a year of ${formatNumber(options.periodsPerYear, 0)} bars`,
    volatility: `annual, of ${plural(equity.length, 'return')}`,
    sharpe: sharpe === undefined ? 'annual' : `95 % interval ${formatNumber(sharpe.low)} to ${formatNumber(sharpe.high)}`,
    sortino: 'downside deviation over all bars',
    calmar: 'CAGR over maximum drawdown',
    maxDrawdown: spanOf(parts),
    trades: `${closedTrades} closed, ${result.trades.length - closedTrades} open at the end`,
    winRate: 'of closed trades, after commission',
    profitFactor: 'won over lost',
    expectancy: 'mean net P&L of a closed trade',
    payoff: 'mean win over mean loss',
    exposure: 'bars that ended with a position',
    turnover: 'traded value a year over mean equity',
    fees: 'commission of all orders',
    slippage: 'against arrival prices',
    orders: 'filled',
    financing: 'interest and borrow fees; below zero where paid',
    dividends: 'received, less those paid on shorts',
  };
  return bases[name];
}

/** Every metric of the run, withheld with a reason where the data cannot support it. */
export function headlineOf(parts: HeadlineParts): readonly Figure[] {
  return METRIC_LABELS.map(({ name, label, unit }) => {
    const reason = reasonOf(name, parts);
    return { name, label, unit, value: reason === undefined ? parts.result.metrics[name] : null, reason, basis: basisOf(name, parts) };
  });
}
