import type { Selection } from './service.ts';

const CLEAR = 0.95;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** What the figures say of the best set, in one plain sentence. Ratios are of a year. */
export function selectionSentence(sharpe: number | null, selection: Selection | null): string {
  if (sharpe === null || selection === null) return 'No set has a Sharpe ratio: none of them ever held anything whose value moved.';
  const { trials, dsr, expectedMaximum } = selection;
  const tried = `${trials.toLocaleString('en')} ${trials === 1 ? 'set was' : 'sets were'} tried on these bars so far`;
  if (dsr === null || expectedMaximum === null) return `${tried}; there are too few bars to say what luck alone would show.`;
  const luck = `the best of so many without any skill is expected to show a Sharpe ratio of ${expectedMaximum.toFixed(2)}`;
  const found = `this one's ${sharpe.toFixed(2)} is better than that with a probability of ${percent(dsr)}`;
  return `${tried}: ${luck}, and ${found}${dsr >= CLEAR ? '.' : ', so it may well be luck.'}`;
}
