import type { BacktestResult } from '@tidemark/compute/types';
import { note, warn } from './diagnostic.ts';
import type { Look } from './diagnostic.ts';
import { SAMPLE_MIN } from './headline.ts';
import type { LookAheadSigns } from './look-ahead.ts';
import { formatNumber, formatPercent, formatUsd, plural } from './number-format.ts';
import { THIN_SHARE } from './thin-bars.ts';

/** Fees and slippage of the gross profit. */
const COST_SHARE_MAX = 0.25;
/** Extra cost of each fill, in basis points, that a profit should survive. */
const BREAK_EVEN_BPS_MIN = 10;
/** Share of all fills that may be in thin bars, and of a bar's volume that a single fill may take. */
const THIN_FILLS_MAX = 0.05;
const ONE_FILL_MAX = 0.1;
/** Signs of look-ahead. */
const SHARPE_MAX = 4;
const RIGHT_SHARE_MAX = 0.7;
const RIGHT_DEVIATIONS_MAX = 4;
const LATE_SHARPE_SHARE_MIN = 0.5;

export const noCosts: Look = ({ options }) => {
  const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, slippageBps, fill, spreadBps, impact } = options;
  const modelled = fill === 'spread' ? spreadBps : fill === 'volume-share' || fill === 'square-root' ? impact : 0;
  const isFree = slippageBps + modelled === 0;
  if (isFree && commissionRate + commissionFixed + commissionPerUnit + commissionMinimum === 0)
    return warn('No commission and no slippage: a real account pays both.');
  return isFree ? note('No slippage was assumed: fills are at the bar’s own price, whatever the size.') : undefined;
};

export const costShare: Look = (_result, { costs }) => {
  const spent = costs.fees + costs.slippage;
  if (!(spent > 0)) return undefined;
  if (costs.gross > 0 && spent / costs.gross > COST_SHARE_MAX)
    return warn(`Costs took ${formatPercent(spent / costs.gross, 0)} of the gross profit: a little more slippage ends it.`);
  return costs.gross <= 0 ? warn(`The trades lose before costs already: ${formatUsd(costs.gross)} gross.`) : undefined;
};

export const dearer: Look = (_result, { costSensitivity }) => {
  if (costSensitivity === undefined) return undefined;
  const { basis, steps, breakEvenBps } = costSensitivity;
  if (breakEvenBps === null) return undefined;
  const losing = steps.find(({ extraBps, totalReturn }) => extraBps <= BREAK_EVEN_BPS_MIN && totalReturn <= 0);
  if (losing !== undefined && basis === 'run again')
    return warn(`Run again with ${losing.extraBps} bps more on each fill, it loses: ${formatPercent(losing.totalReturn, 1)}.`);
  return breakEvenBps < BREAK_EVEN_BPS_MIN
    ? warn(`About ${formatNumber(breakEvenBps, 1)} bps more on each fill would take the whole profit: less than a wide spread.`)
    : undefined;
};

export const sameClose: Look = ({ options }) =>
  options.fill === 'same-close'
    ? warn('Orders fill at the very close that decided them: nobody can trade at a price that is known only when it is past.')
    : undefined;

export const thinBars: Look = ({ trades, options }, { thinBars: found, benchmark }) => {
  if (found === undefined)
    return trades.length > 0 && benchmark !== undefined
      ? note('The bars have no volume: whether the market could have taken these orders cannot be told.')
      : undefined;
  const { fills, thin, largest } = found;
  if (thin === 0 || (thin / fills <= THIN_FILLS_MAX && largest <= ONE_FILL_MAX)) return undefined;
  const most = Number.isFinite(largest) ? `the largest took ${formatPercent(largest, 0)} of it` : 'some bars had no volume at all';
  const counted = options.fill === 'volume-share' || options.fill === 'square-root' ? '' : ', and nothing was charged for that';
  return warn(
    `${formatNumber(thin, 0)} of ${plural(fills, 'fill')} took more than ${formatPercent(THIN_SHARE, 0)} of their bar’s volume (${most}): the price would have moved${counted}.`,
  );
};

function suspicionsOf({ metrics, equity, options }: BacktestResult, { entries, right, deviations, onTime, oneBarLate }: LookAheadSigns) {
  const rightShare = right / entries;
  const { sharpe } = metrics;
  return [
    sharpe !== null && sharpe > SHARPE_MAX && equity.length >= options.periodsPerYear
      ? `its Sharpe ratio of ${formatNumber(sharpe)} is more than real strategies keep for a year`
      : undefined,
    entries >= SAMPLE_MIN && rightShare >= RIGHT_SHARE_MAX && deviations > RIGHT_DEVIATIONS_MAX
      ? `the very first bar went its way after ${formatPercent(rightShare, 0)} of ${plural(entries, 'entry').replace('entrys', 'entries')}`
      : undefined,
    entries >= SAMPLE_MIN && onTime > 1 && oneBarLate < LATE_SHARPE_SHARE_MIN * onTime
      ? `one bar later the same trades have a Sharpe ratio of ${formatNumber(oneBarLate)} instead of ${formatNumber(onTime)}`
      : undefined,
  ].filter((each) => each !== undefined);
}

export const lookAhead: Look = (result, { lookAhead: signs }) => {
  if (signs === undefined) return undefined;
  const found = suspicionsOf(result, signs);
  if (found.length === 0) return undefined;
  return warn(
    `It may have seen something that it could not know yet: ${found.join('; ')}. Check the data it reads, and when each value was known.`,
  );
};

export const otherBars: Look = (_result, figures) =>
  figures.otherBars
    ? warn(
        'The bars at hand are not those of the run (their hash differs): baselines, MAE, MFE and what is said of volumes are of other prices.',
      )
    : undefined;
