import type { JournalEntry } from '../journal.ts';

/** What an audit of the records looks at, in order. */
export const CHECKS = ['chain', 'anchors', 'replay', 'decisions', 'ledger', 'snapshots', 'projections'] as const;
export type Check = (typeof CHECKS)[number];

export interface Finding {
  /** The entry, file and place, or row. */
  readonly where: string;
  readonly problem: string;
}

/** One check's result: it looked at something and found nothing, found something, or could not look. */
export interface CheckResult {
  readonly check: Check;
  /** What was looked at, for people. */
  readonly looked: string;
  readonly problems: readonly Finding[];
  /** Problems found but not listed. */
  readonly further: number;
  /** Why it did not look. */
  readonly skipped?: string;
}

const LISTED_MAX = 20;

/** Gathers what one check finds; after the first few it only counts. */
export interface Findings {
  readonly add: (where: string, problem: string) => void;
  readonly result: (looked: string) => CheckResult;
}

export function findings(check: Check): Findings {
  const problems: Finding[] = [];
  let further = 0;
  return {
    add: (where, problem) => {
      if (problems.length < LISTED_MAX) problems.push({ where, problem });
      else further += 1;
    },
    result: (looked) => ({ check, looked, problems, further }),
  };
}

export const skippedCheck = (check: Check, skipped: string): CheckResult => ({ check, looked: '', problems: [], further: 0, skipped });

/** One pass over the journal serves all of these. */
export interface Auditor {
  readonly take: (entries: readonly JournalEntry[]) => void | Promise<void>;
  readonly finish: () => CheckResult;
}
