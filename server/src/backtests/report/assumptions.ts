import type { BacktestLimits, BacktestOptions, BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';
import { formatNumber, formatPercent, formatUsd } from './number-format.ts';

/** What an order costs, in words. */
export function costsInWords(options: BacktestOptions): string {
  const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, regulatoryFees, slippageBps } = options;
  const parts = [
    commissionRate > 0 ? `${formatPercent(commissionRate, 3)} of notional a side` : undefined,
    commissionFixed > 0 ? `${formatUsd(commissionFixed)} an order` : undefined,
    commissionPerUnit > 0 ? `${formatUsd(commissionPerUnit, 4)} a unit` : undefined,
  ].filter((part) => part !== undefined);
  const minimum = commissionMinimum > 0 ? `, at least ${formatUsd(commissionMinimum)} an order` : '';
  const commission = parts.length > 0 || minimum !== '' ? `${parts.join(' + ')}${minimum}`.replace(/^, /, '') : 'none';
  const fees = regulatoryFees ? '; regulatory fees of US shares' : '';
  const slippage = slippageBps > 0 ? `${formatNumber(slippageBps, 1)} bps against the order` : 'none';
  return `commission ${commission}${fees}; slippage ${slippage}`;
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

const NEXT_OPEN = 'at the open of the bar after the decision';

/** When, at which price and how much of a market order fills. */
export function fillInWords({ fill, spreadBps, volumeLimit, impact }: BacktestOptions): string {
  switch (fill) {
    case 'next-open':
      return NEXT_OPEN;
    case 'same-close':
      return 'at the close of the bar that decided';
    case 'spread':
      return `${NEXT_OPEN}, half of a spread of ${formatNumber(spreadBps, 1)} bps against the order`;
    case 'volume-share':
      return `${NEXT_OPEN}, up to ${formatPercent(volumeLimit, 1)} of the bar’s volume, moved against the order by ${formatNumber(impact)} × (share of volume)²`;
    case 'square-root':
      return `${NEXT_OPEN}, moved against the order by ${formatNumber(impact)} × daily volatility × √(units / average daily volume)`;
  }
}

/** Whose money is traded with, and what it costs. */
export function financingInWords({ leverage, maintenance, borrowRate, cashRate, debitRate }: BacktestOptions): string {
  const account =
    leverage === null
      ? 'A cash account, in which shorts need no margin'
      : `Gross exposure up to ${formatNumber(leverage)} × equity; all is closed when equity falls below ${formatPercent(maintenance, 1)} of it`;
  const rates = [
    borrowRate === 0 ? undefined : `${formatPercent(borrowRate)} on the value of shorts`,
    cashRate === 0 ? undefined : `${formatPercent(cashRate)} earned on cash`,
    debitRate === 0 ? undefined : `${formatPercent(debitRate)} on debt`,
  ].filter((rate) => rate !== undefined);
  return `${account}. Interest a year: ${rates.length === 0 ? 'none' : rates.join(', ')}.`;
}

type Limit = keyof BacktestLimits;
const RATIO_LIMITS: Readonly<Partial<Record<Limit, string>>> = {
  orderRisk: 'risk of an order',
  orderWeight: 'notional of an order',
  orderVolume: 'order of the average volume',
  concentration: 'one symbol',
  grossExposure: 'gross exposure',
  netExposure: 'net exposure',
  capitalDeployed: 'capital deployed',
  shortSale: 'shorts',
  dailyLoss: 'loss of a day',
  drawdown: 'drawdown',
};

/** The limits that orders were held to. */
export function limitsInWords(risk: BacktestLimits | null): string {
  if (risk === null) return 'No risk limits applied.';
  const { orderNotional, minimumLiquidity, minimumPrice, openPositions } = risk;
  const ratios = Object.entries(RATIO_LIMITS).flatMap(([name, words]) => {
    const limit = risk[name as Limit];
    return limit === null ? [] : [`${words} ${formatPercent(limit, 1)}`];
  });
  const others = [
    orderNotional === null ? undefined : `notional of an order ${formatUsd(orderNotional)}`,
    openPositions === null ? undefined : `open positions ${formatNumber(openPositions, 0)}`,
    minimumPrice === null ? undefined : `lowest price ${formatUsd(minimumPrice)}`,
    minimumLiquidity === null ? undefined : `least traded a day ${formatUsd(minimumLiquidity)}`,
  ].filter((words) => words !== undefined);
  const all = [...ratios, ...others];
  return all.length === 0 ? 'No risk limits applied.' : `Risk limits: ${all.join('; ')}. What breaks one is denied.`;
}

const PROTECTION_STARTS = { 'entry-bar': 'on the bar of the entry', 'next-bar': 'on the bar after the entry' } as const;

/** How every figure came about, in plain words. */
export function assumptionsOf({ options }: BacktestResult, { rolling, benchmark, baselines }: ReportFigures): readonly string[] {
  const periods = formatNumber(options.periodsPerYear, 0);
  return [
    'A bar is stamped with the start of its interval, in UTC, and is known only at its end. The strategy sees a bar when it has ended.',
    `Market orders fill ${fillInWords(options)}${options.fill === 'volume-share' ? '' : ', in full, whatever the volume'}. Costs: ${costsInWords(options)}.`,
    `Limit orders fill at their limit or better, stops at their price or at the open behind a gap. Stop loss and take profit start ${PROTECTION_STARTS[options.protectiveFrom]}; where one bar touches both, the stop counts unless finer bars tell.`,
    financingInWords(options),
    limitsInWords(options.risk),
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
          'Buy and hold: the starting cash in equal parts, each into one symbol at its first close, held to the end without costs and without rebalancing. Alpha is annual and compounded.',
        ]),
    'Cash earns the run’s own rate on cash. Regret is the total return of a baseline less that of the run.',
    ...('reason' in baselines.random
      ? []
      : [
          `Random runs: ${formatNumber(baselines.random.runs, 0)} plans with the run’s own holdings (side, weight, length, changes of size) at times drawn from seed ${baselines.random.seed}, each symbol for itself, at the run’s average cost of a traded dollar; time in the market, entries and turnover are those of the run. They trade at ${options.fill === 'same-close' ? 'closes' : 'opens'}, without stops, interest and dividends.`,
        ]),
    'Prices are as they are in the data. Dividends and splits are counted where they were given beside the bars or the prices include them; taxes never.',
    'A figure that the data cannot support is given as n/a, with the reason.',
  ];
}
