import type { BacktestResult } from '@tidemark/compute/types';
import { barsPerYearOf } from '../run-timeframe.ts';
import { note, warn } from './diagnostic.ts';
import type { Diagnostic, Look } from './diagnostic.ts';
import type { ReportFigures } from './figures.ts';
import { SAMPLE_MIN } from './headline.ts';
import { costShare, dearer, lookAhead, noCosts, otherBars, sameClose, thinBars } from './market-diagnostics.ts';
import { formatNumber, formatPercent, formatUsd, plural } from './number-format.ts';
import { againstHolding, amongRandom, luck, otherRecord, overfit, trackRecord } from './skill-diagnostics.ts';

/** A single trade may bring this much of all winnings. */
const BEST_SHARE_MAX = 0.5;

const fewTrades: Look = (_result, { tripSummary: { closed } }) =>
  closed < SAMPLE_MIN
    ? warn(`Only ${plural(closed, 'closed trade')}: too few to tell skill from luck. Figures per trade are withheld below ${SAMPLE_MIN}.`)
    : undefined;

const ruin: Look = (_result, { ruined }) =>
  ruined ? warn('Equity reached zero or less. A real account would have been closed out; returns after that have no meaning.') : undefined;

const concentration: Look = (_result, { tripSummary: { bestShare, wins, best, netWithoutBest } }) => {
  if (best === null || netWithoutBest === null || bestShare === null || wins < 2) return undefined;
  if (netWithoutBest <= 0 && netWithoutBest + best > 0)
    return warn(
      `One trade makes the result: it won ${formatUsd(best)}, and without it the closed trades would have ${netWithoutBest < 0 ? `lost ${formatUsd(-netWithoutBest)}` : 'won nothing'}.`,
    );
  return bestShare > BEST_SHARE_MAX
    ? warn(`One trade brought ${formatPercent(bestShare, 0)} of all winnings: without it this is another result.`)
    : undefined;
};

const underWater: Look = ({ equity }, { drawdowns }) => {
  const longest = drawdowns.toSorted((a, b) => b.bars - a.bars)[0];
  if (longest === undefined || longest.bars < equity.length / 3) return undefined;
  const end = longest.recoveryTime === null ? ' and has not recovered' : '';
  return warn(
    `It stood below a high-water mark for ${formatNumber(longest.bars, 0)} bars on end, ${formatPercent(longest.bars / equity.length, 0)} of the run${end}.`,
  );
};

const openAtEnd: Look = (_result, { tripSummary: { open } }) =>
  open > 0
    ? note(`${plural(open, 'trade')} still open at the end, marked at the last close; the cost of leaving is not in the result.`)
    : undefined;

const denied: Look = ({ denials }) =>
  denials.length > 0 ? warn(`${plural(denials.length, 'order')} denied: the strategy asked for more than the account allows.`) : undefined;

const rarelyIn: Look = ({ metrics: { exposure } }) =>
  exposure < 0.1 ? note(`In the market on ${formatPercent(exposure, 1)} of the bars only: a few days decide the result.`) : undefined;

const shortSpan: Look = ({ equity, options }) =>
  equity.length < options.periodsPerYear ? warn('Less than a year of bars: annual figures are withheld.') : undefined;

/** Calendars of sessions, nights and weekends differ by less. */
const PACE_MAX = 2;

const annualBasis: Look = (result, { timeframe }) => {
  if (result.equity.length < SAMPLE_MIN) return undefined;
  const { periodsPerYear } = result.options;
  const pace = barsPerYearOf(result);
  const ratio = Math.max(pace / periodsPerYear, periodsPerYear / pace);
  if (!(ratio > PACE_MAX)) return undefined;
  return warn(
    `Annual figures take ${formatNumber(periodsPerYear, 0)} bars for a year, but a year has about ${formatNumber(pace, 0)} of these bars${timeframe === undefined ? '' : ` of ${timeframe}`}: ` +
      `volatility and Sharpe ratio are wrong by a factor of ${formatNumber(Math.sqrt(ratio), 1)}. Run it again with --periods-per-year.`,
  );
};

const LOOKS: readonly Look[] = [
  ruin,
  annualBasis,
  otherBars,
  overfit,
  otherRecord,
  lookAhead,
  sameClose,
  fewTrades,
  luck,
  amongRandom,
  trackRecord,
  againstHolding,
  concentration,
  thinBars,
  costShare,
  dearer,
  noCosts,
  underWater,
  openAtEnd,
  denied,
  rarelyIn,
  shortSpan,
];

/** What an honest colleague would say of the run, warnings first. */
export function diagnosticsOf(result: BacktestResult, figures: ReportFigures): readonly Diagnostic[] {
  const found = LOOKS.map((look) => look(result, figures)).filter((each): each is Diagnostic => each !== undefined);
  return [...found.filter(({ weight }) => weight === 'warn'), ...found.filter(({ weight }) => weight === 'note')];
}
