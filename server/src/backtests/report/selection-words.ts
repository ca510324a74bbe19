import type { SharpeInference } from '@tidemark/compute/statistics';
import { DSR_MIN, PBO_MAX, WALK_FORWARD_EFFICIENCY_MIN } from '../selection.ts';
import type { SearchFindings, SelectionRecord } from '../selection.ts';
import { formatNumber, formatPercent } from './number-format.ts';

/** From which probability on a Sharpe ratio of one run alone is taken to be above 0. */
export const PSR_MIN = 0.95;

function searchInWords({ trials, dsr, reasons }: SelectionRecord): string {
  const tried =
    trials === 1
      ? 'This is the only set of parameters that was tried on these data'
      : `This is one of ${formatNumber(trials, 0)} sets of parameters that were tried on these data`;
  if (dsr === null)
    return `${tried}; how much of its Sharpe ratio is the luck of the search is not known (${reasons?.dsr ?? 'the record does not say'})`;
  const probability = `with a probability of ${formatPercent(dsr, 1)} its Sharpe ratio is more than the luck of so many tries`;
  return `${tried}, and ${probability}, ${dsr >= DSR_MIN ? 'which is enough' : `which is too little to rely on (${formatPercent(DSR_MIN, 0)} is asked for)`}`;
}

/** What cross-validation and walk-forward say, where there is one: parts of a sentence. */
export function overfittingInWords({ pbo, walkForwardEfficiency }: SearchFindings): readonly string[] {
  return [
    ...(pbo === null
      ? []
      : [
          `what looked best in one half of the data was below the median in the other in ${formatPercent(pbo, 0)} of the splits${pbo > PBO_MAX ? ', so the search chooses noise' : ''}`,
        ]),
    ...(walkForwardEfficiency === null
      ? []
      : [
          `${formatPercent(walkForwardEfficiency, 0)} of the return of the fitted years came back in the years after them${walkForwardEfficiency < WALK_FORWARD_EFFICIENCY_MIN ? ', which is little' : ''}`,
        ]),
  ];
}

/** How far the choice of this run can be trusted, in one plain sentence. */
export function selectionInWords(record: SelectionRecord | undefined, own: SharpeInference | undefined): string {
  if (record !== undefined) return `${[searchInWords(record), ...overfittingInWords(record)].join('; ')}.`;
  const untold =
    'Trials were not counted: nothing here says how many sets of parameters were tried before this one was chosen, and each of them makes the figures less believable';
  if (own === undefined || own.psr === null) return `${untold}.`;
  return `${untold}; taken alone, its Sharpe ratio is above 0 with a probability of ${formatPercent(own.psr, 1)}, ${own.psr >= PSR_MIN ? 'if nothing else was ever tried' : 'which could be luck even if nothing else was ever tried'}.`;
}
