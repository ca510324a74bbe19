import { overfittingInWords } from '../backtests/report/selection-words.ts';
import type { SearchFindings } from '../backtests/selection.ts';
import type { Selection } from './study-record.ts';

const CLEAR = 0.95;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const sentenceOf = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function luckInWords(sharpe: number, { trials, dsr, expectedMaximum }: Selection): string {
  const tried = `${trials.toLocaleString('en')} ${trials === 1 ? 'set was' : 'sets were'} tried on these bars so far`;
  if (dsr === null || expectedMaximum === null) return `${tried}; there are too few bars to say what luck alone would show.`;
  const luck = `the best of so many without any skill is expected to show a Sharpe ratio of ${expectedMaximum.toFixed(2)}`;
  const found = `this one's ${sharpe.toFixed(2)} is better than that with a probability of ${percent(dsr)}`;
  return `${tried}: ${luck}, and ${found}${dsr >= CLEAR ? '.' : ', so it may well be luck.'}`;
}

/** What the figures say of what was chosen, in plain sentences. Ratios are of a year. */
export function selectionSentence(sharpe: number | null, selection: Selection | null, findings: SearchFindings): string {
  if (sharpe === null || selection === null) return 'No set has a Sharpe ratio: none of them ever held anything whose value moved.';
  return [luckInWords(sharpe, selection), ...overfittingInWords(findings).map(sentenceOf)].join(' ');
}
