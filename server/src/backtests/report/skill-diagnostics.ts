import { isOverfit } from '../selection.ts';
import { note, warn } from './diagnostic.ts';
import type { Look } from './diagnostic.ts';
import { formatNumber, formatPercent } from './number-format.ts';
import { selectionInWords } from './selection-words.ts';

/** Better than this share of the random runs, or its timing is not told apart from chance. */
const RANDOM_RANK_MIN = 0.95;
/** A record whose PSR is farther away was made of other returns. */
const PSR_DIFFERENCE_MAX = 0.005;

export const luck: Look = (_result, { sharpe, selection }) => {
  if (sharpe === undefined) return undefined;
  const odds = `The probability that the true Sharpe ratio is above 0 is ${formatPercent(sharpe.psr, 1)}`;
  if (selection !== undefined && sharpe.low > 0) return undefined;
  if (sharpe.low > 0) return note(`${odds}, if this is the first and only set of parameters that was tried. Every other trial lowers it.`);
  return warn(`The 95 % interval of the Sharpe ratio includes 0. ${odds}: this result could be luck.`);
};

export const trackRecord: Look = ({ equity, options }, { sharpe }) =>
  sharpe !== undefined && sharpe.trackRecordMin !== null && sharpe.trackRecordMin > equity.length
    ? warn(
        `A Sharpe ratio of ${formatNumber(sharpe.sharpe)} needs ${formatNumber(sharpe.trackRecordMin / options.periodsPerYear, 1)} years to be ` +
          `above 0 with 95 % confidence; this run has ${formatNumber(equity.length / options.periodsPerYear, 1)}.`,
      )
    : undefined;

export const againstHolding: Look = ({ metrics }, { benchmark }) => {
  if (benchmark === undefined) return undefined;
  const [own, held] = [formatPercent(metrics.totalReturn, 1), formatPercent(benchmark.totalReturn, 1)];
  const worse = metrics.totalReturn < benchmark.totalReturn;
  const what = benchmark.name.replace(/^Buy and hold,? /, '');
  const text = `Buying and holding ${what} would have returned ${held} with a drawdown of ${formatPercent(benchmark.maxDrawdown, 1)}; this run returned ${own} with ${formatPercent(metrics.maxDrawdown, 1)}.`;
  return worse ? warn(text) : note(text);
};

export const overfit: Look = (_result, { selection, sharpe }) => {
  if (selection === undefined) return undefined;
  const text = selectionInWords(selection, sharpe);
  return isOverfit(selection) ? warn(text) : note(text);
};

export const otherRecord: Look = (_result, { selection, sharpe }) =>
  typeof selection?.psr === 'number' && typeof sharpe?.psr === 'number' && Math.abs(selection.psr - sharpe.psr) > PSR_DIFFERENCE_MAX
    ? warn(
        `The selection record has a PSR of ${formatPercent(selection.psr, 1)}, these returns have ${formatPercent(sharpe.psr, 1)}: it was made for another run of this strategy.`,
      )
    : undefined;

export const amongRandom: Look = (_result, { baselines: { random } }) => {
  if ('reason' in random) return undefined;
  const { runs, sharpeRank } = random;
  const text = `Of ${formatNumber(runs, 0)} random runs with the same holdings at other times, ${formatPercent(1 - sharpeRank, 1)} have a Sharpe ratio at least as good`;
  if (sharpeRank >= RANDOM_RANK_MIN) return note(`${text}.`);
  return warn(
    sharpeRank <= 1 - RANDOM_RANK_MIN ? `${text}: its timing did worse than chance.` : `${text}: its timing is not told apart from chance.`,
  );
};
