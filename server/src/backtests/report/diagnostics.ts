import type { BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';
import { SAMPLE_MIN } from './headline.ts';
import { formatNumber, formatPercent, formatUsd, plural } from './number-format.ts';

/** One thing to mind, or good to know. */
export interface Diagnostic {
  readonly weight: 'warn' | 'note';
  readonly text: string;
}

type Look = (result: BacktestResult, figures: ReportFigures) => Diagnostic | undefined;

const warn = (text: string): Diagnostic => ({ weight: 'warn', text });
const note = (text: string): Diagnostic => ({ weight: 'note', text });

const fewTrades: Look = (_result, { tripSummary: { closed } }) =>
  closed < SAMPLE_MIN
    ? warn(`Only ${plural(closed, 'closed trade')}: too few to tell skill from luck. Figures per trade are withheld below ${SAMPLE_MIN}.`)
    : undefined;

const ruin: Look = (_result, { ruined }) =>
  ruined ? warn('Equity reached zero or less. A real account would have been closed out; returns after that have no meaning.') : undefined;

const luck: Look = (_result, { sharpe }) => {
  if (sharpe === undefined) return undefined;
  const odds = `The probability that the true Sharpe ratio is above 0 is ${formatPercent(sharpe.psr, 1)}`;
  if (sharpe.low > 0) return note(`${odds}, if this is the first and only set of parameters that was tried. Every other trial lowers it.`);
  return warn(`The 95 % interval of the Sharpe ratio includes 0. ${odds}: this result could be luck.`);
};

const trackRecord: Look = ({ equity, options }, { sharpe }) =>
  sharpe !== undefined && sharpe.trackRecordMin > equity.length
    ? warn(
        `A Sharpe ratio of ${formatNumber(sharpe.sharpe)} needs ${formatNumber(sharpe.trackRecordMin / options.periodsPerYear, 1)} years to be ` +
          `above 0 with 95 % confidence; this run has ${formatNumber(equity.length / options.periodsPerYear, 1)}.`,
      )
    : undefined;

const againstHolding: Look = ({ metrics }, { benchmark }) => {
  if (benchmark === undefined) return undefined;
  const [own, held] = [formatPercent(metrics.totalReturn, 1), formatPercent(benchmark.totalReturn, 1)];
  const worse = metrics.totalReturn < benchmark.totalReturn;
  const text = `Buying and holding ${benchmark.symbol} would have returned ${held} with a drawdown of ${formatPercent(benchmark.maxDrawdown, 1)}; this run returned ${own} with ${formatPercent(metrics.maxDrawdown, 1)}.`;
  return worse ? warn(text) : note(text);
};

const noCosts: Look = ({ options }) => {
  const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, slippageBps, fill, spreadBps, impact } = options;
  const modelled = fill === 'spread' ? spreadBps : fill === 'volume-share' || fill === 'square-root' ? impact : 0;
  const isFree = slippageBps + modelled === 0;
  if (isFree && commissionRate + commissionFixed + commissionPerUnit + commissionMinimum === 0)
    return warn('No commission and no slippage: a real account pays both.');
  return isFree ? note('No slippage was assumed: fills are at the bar’s own price, whatever the size.') : undefined;
};

const costShare: Look = (_result, { costs }) => {
  const spent = costs.fees + costs.slippage;
  if (!(spent > 0)) return undefined;
  if (costs.gross > 0 && spent / costs.gross > 0.25)
    return warn(`Costs took ${formatPercent(spent / costs.gross, 0)} of the gross profit: a little more slippage ends it.`);
  return costs.gross <= 0 ? warn(`The trades lose before costs already: ${formatUsd(costs.gross)} gross.`) : undefined;
};

const sameClose: Look = ({ options }) =>
  options.fill === 'same-close'
    ? warn('Orders fill at the very close that decided them: nobody can trade at a price that is known only when it is past.')
    : undefined;

const concentration: Look = (_result, { tripSummary: { bestShare, wins } }) =>
  bestShare !== null && wins > 1 && bestShare > 0.5
    ? warn(`One trade brought ${formatPercent(bestShare, 0)} of all winnings: without it this is another result.`)
    : undefined;

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

const LOOKS: readonly Look[] = [
  ruin,
  fewTrades,
  luck,
  trackRecord,
  againstHolding,
  noCosts,
  costShare,
  sameClose,
  concentration,
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
