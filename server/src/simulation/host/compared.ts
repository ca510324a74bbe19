import type { RunResult } from '../run.ts';

/** One day, played in several ways: what happens in it must be the same. */
export interface Played {
  readonly result: RunResult;
  /** Once more, in the same store. */
  readonly again: RunResult | undefined;
  /** In the model store, where that is another one. */
  readonly model: RunResult | undefined;
}

const named = (where: string, violated: RunResult['violated']): RunResult['violated'] =>
  violated === undefined ? undefined : { ...violated, message: `${where}: ${violated.message}` };

/** The first invariant that did not hold, in whichever of them; one of these is that all gave one journal. */
export const violatedIn = ({ result, again, model }: Played): RunResult['violated'] =>
  result.violated ??
  named('when it was run again', again?.violated) ??
  named('in the model store', model?.violated) ??
  otherJournal('determinism', 'when it was run again', result, again) ??
  otherJournal('tiers', 'in the model store', result, model);

function otherJournal(invariant: string, where: string, one: RunResult, other: RunResult | undefined): RunResult['violated'] {
  if (other === undefined || other.journalHash === one.journalHash) return undefined;
  const words = ({ journalHash, entries }: RunResult): string => `${journalHash} (${entries} entries)`;
  return { invariant, message: `${invariant}: the same seed gave the journal ${words(one)}, and ${where} ${words(other)}` };
}
