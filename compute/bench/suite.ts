/** What `npm run bench -- --json` prints. Times are of one machine: compare by `value`, which is a ratio, except for rates. */
export interface Suite {
  readonly format: 1;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly machine: Machine;
  readonly sections: readonly Section[];
  /** Benches that print text only. */
  readonly printed: readonly { readonly file: string; readonly lines: readonly string[] }[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

/** The rows of one bench. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** What was done, and what the figures are ratios to: one sentence a line. */
  readonly about: readonly string[];
  readonly rows: readonly Row[];
  /** Libraries of others that ran in the same rounds. */
  readonly peers: readonly { readonly name: string; readonly version: string }[];
  /** Those that could not, and why in words. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

/** Nanoseconds a run. */
export interface Timing {
  readonly name: string;
  readonly bestNs: number;
  readonly medianNs: number;
  /** Timed runs. */
  readonly runs: number;
}

/**
 * `ratio`: subject / reference, at most the goal. `speed-up`: reference / subject, at least the goal. `rate`: millions of units a second,
 * at least the goal. `growth`: exponent of time over size, at most the goal.
 */
export type Figure = 'ratio' | 'speed-up' | 'rate' | 'growth';

/**
 * `wall`: elapsed. `cpu`: of all threads of the process together. `least`: the smaller of the two in each run, so that neither waiting
 * for a busy machine nor a library's garbage collected beside it counts against anyone.
 */
export type ClockName = 'wall' | 'cpu' | 'least';

export interface Row {
  readonly name: string;
  readonly figure: Figure;
  /** From the best runs. */
  readonly value: number;
  /** From the medians. */
  readonly medianValue: number;
  readonly goal: number | null;
  /** `null` without a goal. */
  readonly isMet: boolean | null;
  readonly clock: ClockName;
  /** Units of work in a run of the subject: `{ count: 1000000, of: 'bar' }`. */
  readonly units: { readonly count: number; readonly of: string };
  readonly subject: Timing;
  readonly reference: Timing | null;
  /** More of the same work in the same rounds, as ratios to the reference too. */
  readonly variants: readonly Timing[];
  readonly peers: readonly PeerTiming[];
  /** `null` where no peer has it. */
  readonly verdict: Verdict | null;
}

export interface PeerTiming extends Timing {
  /** Best time of the peer / best time of the subject. */
  readonly times: number;
  /** Whether its last value is one of the subject's, to a millionth. Definitions differ. */
  readonly agrees: boolean;
}

export interface Verdict {
  readonly fastestPeer: string;
  /** Its best time / best time of the subject. */
  readonly times: number;
  readonly isAhead: boolean;
  /** Three times as fast, where the fastest peer needs more than 6 ns a bar on the machine of the goals; `null` where it needs less. */
  readonly isThreeTimes: boolean | null;
}
