/**
 * How one execution of a live operation is to run, where it is not simply for one reader, and what its source tells of its place meanwhile. Executions that many
 * readers share have one, and those that bring one reader up to what is shared.
 */
export interface LiveRun {
  /** Of facts: the entry to begin after, whatever the operation's arguments say. */
  readonly after: number;
  /** Of facts: the entry to end at; absent where it waits for more. */
  readonly until: number | undefined;
  /** Of facts: how far behind it may be. */
  readonly behindMax: number | undefined;
  /** Of facts: the entry that the newest event stands for. */
  eventSeq: number;
  /** Of facts: every event up to this entry has been taken. */
  takenSeq: number;
  /** Of facts: the newest event says to begin anew. */
  isResync: boolean;
  /** Of states: when the newest value was read, by a count that all readers share. */
  readAt: number;
  /** Of the account's equity: the entry that the newest value shown stood after. */
  shownSeq: number | undefined;
}

/** A run for facts between two entries, or without an end. */
export const factRun = (after: number, until: number | undefined, behindMax: number | undefined): LiveRun => ({
  after,
  until,
  behindMax,
  eventSeq: after,
  takenSeq: after,
  isResync: false,
  readAt: 0,
  shownSeq: undefined,
});

/** A run for a state, which goes on where the reader was. */
export const stateRun = (shownSeq: number | undefined): LiveRun => ({ ...factRun(0, undefined, undefined), shownSeq });

let reads = 0;

/** A value is read now: whatever is read later is at least as new. */
export function noteRead(run: LiveRun | undefined): void {
  reads += 1;
  if (run !== undefined) run.readAt = reads;
}
