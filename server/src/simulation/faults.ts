import type { Dice } from './dice.ts';

/** The most often that a fault point fires, as a share of its occasions; `always` where a schedule, not a rate, decides. */
export const FAULTS = {
  'timeout-before-accept': 0.1,
  'timeout-after-accept': 0.1,
  'rate-limited': 0.2,
  'server-error': 0.1,
  'malformed-answer': 0.02,
  'field-missing': 0.02,
  'field-unknown': 0.02,
  'slow-answer': 0.1,
  'update-duplicated': 0.3,
  'update-reordered': 0.3,
  'update-dropped': 0.1,
  'update-malformed': 0.01,
  'fill-before-answer': 0.2,
  'fill-during-cancel': 0.2,
  'fill-during-replace': 0.3,
  'both-exits-fill': 0.5,
  'exit-end-untold': 1,
  'partial-fill': 0.7,
  'late-fill': 0.05,
  'order-refused': 0.05,
  'snapshot-behind': 1,
  'reconnect-refused': 0.5,
  'disk-full': 0.01,
  'commit-unknown': 0.01,
  'torn-tail': 1,
  'write-lost': 1,
  'bad-tick': 0.01,
  'strategy-nonsense': 0.01,
  'strategy-hung': 0.01,
  // By schedule: each is an act of the day, so many at most.
  disconnect: 1,
  'process-crash': 1,
  'crash-while-writing': 1,
  'clock-jump': 1,
  'foreign-order': 1,
  bust: 1,
  correction: 1,
  dividend: 1,
  transfer: 1,
  split: 1,
  halt: 1,
  'feed-silent': 1,
  'half-day': 1,
  'daylight-saving': 1,
} as const;
export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** Which faults a run has, how often each fired, and which of them were. */
export interface Faults {
  /** Whether the fault happens to this subject now. */
  readonly strikes: (name: FaultName, subject: string) => boolean;
  /** Whether this seed has the fault at all. */
  readonly has: (name: FaultName) => boolean;
  /** Count one that a schedule brought about. */
  readonly fired: (name: FaultName, subject: string) => void;
  /** No fault strikes any more: what was promised must now come true. */
  readonly stop: () => void;
  readonly counts: ReadonlyMap<FaultName, number>;
  /** What happened, by name and subject, in order: what shrinking may take away. */
  readonly struck: readonly string[];
}

/** Each fault is on with probability ½, with a rate of its own. `without` names strikes that are left out of a repeated run. */
export function drawFaults(dice: Dice, without: ReadonlySet<string>): Faults {
  const rates = new Map<FaultName, number>();
  for (const name of FAULT_NAMES) {
    rates.set(name, dice.draw(`fault ${name}`) < 0.5 ? FAULTS[name] * dice.draw(`rate ${name}`) : 0);
  }
  return faultsAt((name) => rates.get(name) ?? 0, dice, without);
}

/** Faults at given rates, which may depend on what is struck. */
export function faultsAt(rateOf: (name: FaultName, subject: string) => number, dice: Dice, without: ReadonlySet<string>): Faults {
  const counts = new Map<FaultName, number>();
  const struck: string[] = [];
  let stopped = false;
  const fired = (name: FaultName, subject: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    struck.push(`${name}:${subject}`);
  };
  return {
    has: (name) => !stopped && rateOf(name, '') > 0,
    strikes: (name, subject) => {
      const rate = rateOf(name, subject);
      if (stopped || rate === 0 || dice.draw(`${name}:${subject}`) >= rate || without.has(`${name}:${subject}`)) return false;
      fired(name, subject);
      return true;
    },
    fired,
    stop: () => {
      stopped = true;
    },
    counts,
    struck,
  };
}
