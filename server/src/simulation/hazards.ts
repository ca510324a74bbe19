import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** What of a write is on the disk after it failed: all of it, a part, nothing. */
export type Fate = 'whole' | 'torn' | 'lost';

/** How a write ends. One that fails leaves something behind of which the process that wrote it hears nothing. */
export type Ending = { readonly kind: 'durable' } | Failing;
export interface Failing {
  readonly kind: 'failed';
  readonly cause: 'disk-full' | 'commit-unknown' | 'crash';
  readonly left: Fate;
}

const WORDS: Readonly<Record<Failing['cause'], string>> = {
  'disk-full': 'ENOSPC: no space left on device',
  'commit-unknown': 'the connection ended while committing',
  crash: 'the process died while it wrote',
};
export const failure = ({ cause }: Failing): Error => new Error(WORDS[cause]);

export interface HazardOptions {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly number: (name: string) => number;
  /** Told when a write begins; true where the process dies in the middle of it. */
  readonly dying: () => boolean;
  readonly crash: () => void;
}

/** Delays and failures of a journal's writes, the same in every store: so that a seed's day does not depend on where it is written down. */
export interface Hazards {
  /** Takes simulated time, then says how the store has to end the write that begins with this entry. One at a time. */
  readonly ending: (owner: Owner, firstSeq: number) => Promise<Ending>;
  /** The process is dead: what it was writing ends now. */
  readonly crash: () => void;
  /** The run is over: what was being written is left out. */
  readonly abandon: () => void;
}

export function openHazards({ dice, faults, scheduler, number, dying, crash }: HazardOptions): Hazards {
  let underWay: { readonly firstSeq: number; readonly end: (ending: Ending) => void } | undefined;
  const fateOf = (firstSeq: number): Fate => {
    const subject = `fate ${firstSeq}~${number(`fate ${firstSeq}`)}`;
    if (faults.strikes('torn-tail', subject)) return 'torn';
    if (faults.strikes('write-lost', subject)) return 'lost';
    return dice.draw(subject) < 0.5 ? 'whole' : 'lost';
  };
  const failed = (cause: Failing['cause'], left: Fate): Failing => ({ kind: 'failed', cause, left });
  return {
    ending: (owner, firstSeq) => {
      const subject = `write ${firstSeq}~${number(`write ${firstSeq}`)}`;
      const takes = dice.between(`takes ${subject}`, 0.2, 9);
      const full = faults.strikes('disk-full', subject);
      if (!full && dying()) scheduler.after(takes / 2, owner, crash);
      return new Promise((resolve) => {
        const end = (ending: Ending): void => {
          underWay = undefined;
          resolve(ending);
        };
        underWay = { firstSeq, end };
        scheduler.after(takes, owner, () => {
          if (full) end(failed('disk-full', fateOf(firstSeq)));
          // What was written is there, but whoever wrote it does not know.
          else if (faults.strikes('commit-unknown', subject)) end(failed('commit-unknown', 'whole'));
          else end({ kind: 'durable' });
        });
      });
    },
    crash: () => underWay?.end(failed('crash', fateOf(underWay.firstSeq))),
    abandon: () => underWay?.end(failed('crash', 'lost')),
  };
}
