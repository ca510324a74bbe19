import type { BacktestMetrics } from '@tidemark/compute/types';

/** Every metric of a backtest, in reading order. Units: ratio (0.1 is 10 %), usd, count, number. */
export const METRIC_LABELS: readonly {
  readonly name: keyof BacktestMetrics;
  readonly label: string;
  readonly unit: 'ratio' | 'usd' | 'count' | 'number';
}[] = [
  { name: 'finalEquity', label: 'Final equity', unit: 'usd' },
  { name: 'totalReturn', label: 'Total return', unit: 'ratio' },
  { name: 'cagr', label: 'CAGR', unit: 'ratio' },
  { name: 'volatility', label: 'Volatility', unit: 'ratio' },
  { name: 'sharpe', label: 'Sharpe ratio', unit: 'number' },
  { name: 'sortino', label: 'Sortino ratio', unit: 'number' },
  { name: 'calmar', label: 'Calmar ratio', unit: 'number' },
  { name: 'maxDrawdown', label: 'Maximum drawdown', unit: 'ratio' },
  { name: 'trades', label: 'Trades', unit: 'count' },
  { name: 'orders', label: 'Orders', unit: 'count' },
  { name: 'winRate', label: 'Win rate', unit: 'ratio' },
  { name: 'profitFactor', label: 'Profit factor', unit: 'number' },
  { name: 'expectancy', label: 'Expectancy a trade', unit: 'usd' },
  { name: 'payoff', label: 'Payoff', unit: 'number' },
  { name: 'exposure', label: 'Time in the market', unit: 'ratio' },
  { name: 'turnover', label: 'Turnover', unit: 'number' },
  { name: 'fees', label: 'Fees', unit: 'usd' },
  { name: 'slippage', label: 'Slippage', unit: 'usd' },
  { name: 'financing', label: 'Financing', unit: 'usd' },
  { name: 'dividends', label: 'Dividends', unit: 'usd' },
];
