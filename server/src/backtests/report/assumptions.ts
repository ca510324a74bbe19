import type { BacktestOptions, BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';
import { formatNumber, formatPercent, formatUsd } from './number-format.ts';

/** What an order costs, in words. */
export function costsInWords({ commissionRate, commissionFixed, commissionPerUnit, slippageBps }: BacktestOptions): string {
  const parts = [
    commissionRate > 0 ? `${formatPercent(commissionRate, 3)} of notional a side` : undefined,
    commissionFixed > 0 ? `${formatUsd(commissionFixed)} an order` : undefined,
    commissionPerUnit > 0 ? `${formatUsd(commissionPerUnit, 4)} a unit` : undefined,
  ].filter((part) => part !== undefined);
  const commission = parts.length > 0 ? parts.join(' + ') : 'none';
  return `commission ${commission}; slippage ${slippageBps > 0 ? `${formatNumber(slippageBps, 1)} bps against the order` : 'none'}`;
}

export function sizeInWords({ size, wholeUnits, unaffordable }: BacktestOptions): string {
  const policy =
    size.kind === 'units'
      ? `${formatNumber(size.units, Number.isInteger(size.units) ? 0 : 4)} units`
      : size.kind === 'all'
        ? 'all equity'
        : `${formatPercent(size.fraction, 1)} of equity, fixed at the ${size.at}`;
  const unaffordableWords = unaffordable === 'refuse' ? 'refused' : 'reduced';
  return `${policy} at full exposure; ${wholeUnits ? 'whole units' : 'fractions allowed'}; what cash does not cover is ${unaffordableWords}`;
}

export const fillInWords = (fill: BacktestOptions['fill']): string =>
  fill === 'next-open' ? 'at the open of the bar after the decision' : 'at the close of the bar that decided';

/** How every figure came about, in plain words. */
export function assumptionsOf({ options }: BacktestResult, { rolling, benchmark }: ReportFigures): readonly string[] {
  const periods = formatNumber(options.periodsPerYear, 0);
  return [
    'A bar is stamped with the start of its interval, in UTC, and is known only at its end. The strategy sees a bar when it has ended.',
    `Orders fill ${fillInWords(options.fill)}, in full, whatever the volume. Costs: ${costsInWords(options)}.`,
    'Equity is marked at the close of each bar: cash and every position at its last close. The first return is over the starting cash.',
    ...(options.fill === 'same-close'
      ? [
          'Headline figures count orders that fill at a close in that bar already; the curve, drawdown table and calendar count them from the next bar on.',
        ]
      : []),
    `Sharpe ratio: mean simple return of a bar / sample standard deviation (ddof 1) × √${periods}, with a risk-free rate of 0. ${periods} bars are a year.`,
    'Its 95 % interval and PSR take skew and kurtosis into account (Bailey and López de Prado, 2012) and assume that returns are not correlated in time.',
    'Sortino ratio: the same mean over the downside deviation below 0, taken over all bars, winning ones included.',
    'Drawdown: equity at each bar against the high-water mark so far, the starting cash included. Calmar ratio: CAGR over the deepest of them.',
    'A trade is a round trip, matched first in, first out. Wins and losses are counted after commission, of closed trades.',
    'Slippage is the fill against the arrival price (the bar’s own price), signed so that a cost is positive. Gross is the result before fees and slippage.',
    'Value at risk is the historical quantile of the returns of one bar, interpolated; expected shortfall the mean of the returns beyond it. Losses are negative.',
    'Skew and excess kurtosis are corrected for the size of the sample.',
    `Rolling figures are of the last ${formatNumber(rolling.window, 0)} bars.`,
    ...(benchmark === undefined
      ? []
      : [
          `Benchmark: all cash into ${benchmark.symbol} at the close of the first bar, held to the end, without costs. Alpha is annual and compounded.`,
        ]),
    'Prices are as they are in the data: dividends, splits, borrowing costs, margin interest and taxes are counted only if the data includes them.',
    'A figure that the data cannot support is given as n/a, with the reason.',
  ];
}
