import type { Session } from '../engine/session.ts';
import type { Fact } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import { plainState } from '../engine/plain-state.ts';
import type { EngineState } from '../engine/state.ts';
import { isEngineEvent, step as engineStep } from '../engine/step.ts';
import { encode } from '../journal/codec.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import type { SubmitOutcome } from '../orders/broker.ts';
import type { ApprovedOrder } from '../risk/gate.ts';

/** An invariant that does not hold: which, and what was seen. */
export class Violated extends Error {
  override readonly name = 'Violated';
  readonly invariant: string;
  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`);
    this.invariant = invariant;
  }
}

/** A step of the engine as its record tells it: one event, what followed, and the states around it. */
export interface Stepped {
  readonly event: EngineEvent;
  readonly facts: readonly Fact[];
  /** The event and its effects, as they were written. */
  readonly entries: readonly JournalEntry[];
  readonly before: EngineState;
  readonly after: EngineState;
  /** Whether the process that took the step still lived: one that died in it cannot have done what followed. */
  readonly lived: boolean;
}

/** One invariant, or some that look at the same things. Each method is called when it happens; a violation is thrown. */
export interface Check {
  readonly durable?: (entries: readonly JournalEntry[]) => void;
  readonly stepped?: (step: Stepped) => void;
  /** An order goes to the wire. */
  readonly submitted?: (order: ApprovedOrder, state: EngineState) => void;
  readonly cancelled?: (brokerOrderId: string) => void;
  /** The broker's answer to an order has reached the process. */
  readonly answered?: (orderId: string, kind: SubmitOutcome['kind']) => void;
  /** The process is gone: what it was told and had not written down is told to nobody. */
  readonly gone?: () => void;
  /** A process has recovered from its journal. */
  readonly recovered?: (state: EngineState, problem: string | undefined) => void;
}

export interface Watch {
  readonly durable: (entries: readonly JournalEntry[]) => void;
  readonly opened: (journal: Journal) => Promise<void>;
  readonly recovered: (session: Session) => void;
  readonly stepped: (session: Session) => void;
  readonly submitted: (order: ApprovedOrder) => void;
  readonly cancelled: (brokerOrderId: string) => void;
  readonly answered: (orderId: string, kind: SubmitOutcome['kind']) => void;
  readonly reported: (what: string, error: unknown) => void;
  /** Something else that was looked at from outside. */
  readonly look: (look: () => void) => void;
  /** Something was found, or failed that must not. */
  readonly fail: (error: unknown) => void;
  readonly violation: () => Violated | undefined;
  readonly state: () => EngineState;
  readonly steps: () => number;
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const rethrow = (error: unknown): never => {
  throw error;
};

const batchesOf = (entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] => {
  const batches: JournalEntry[][] = [];
  for (const entry of entries) {
    if (entry.type === 'event') batches.push([entry]);
    else batches.at(-1)?.push(entry);
  }
  return batches;
};

/** Steps in order, each given to every check, with the state that the one before left. */
class Follower {
  state: EngineState;
  /** The newest entry whose consequence is in the state. */
  seen = 0;
  steps = 0;
  private readonly checks: readonly Check[];

  constructor(checks: readonly Check[], initial: EngineState) {
    this.checks = checks;
    this.state = initial;
  }

  take(entries: readonly JournalEntry[], after: EngineState, lived = true): void {
    const [first] = entries;
    if (first === undefined) return;
    this.steps += 1;
    const facts = entries.filter(({ type }) => type === 'fact').map(({ payload }) => payload as Fact);
    const taken: Stepped = { event: first.payload as EngineEvent, facts, entries, before: this.state, after, lived };
    this.state = after;
    this.seen = entries.at(-1)?.seq ?? this.seen;
    for (const check of this.checks) check.stepped?.(taken);
  }

  /** Entries that no process has told of: their consequence is worked out here. */
  carryOn(entries: readonly JournalEntry[], lived: boolean): void {
    for (const batch of batchesOf(entries)) {
      const [first] = batch;
      if (first !== undefined && isEngineEvent(first.kind))
        this.take(batch, engineStep(this.state, first.payload as EngineEvent).state, lived);
    }
  }

  /** A process has read its journal: it must be where the one before it was, byte for byte. */
  meet(session: Session): void {
    const read = session.state();
    for (const check of this.checks) check.recovered?.(read, session.recovered.problem);
    if (encode(plainState(read)) !== encode(plainState(this.state)))
      throw new Violated('I24', `what was recovered at entry ${this.seen} is not what was lived: ${difference(read, this.state)}`);
    this.state = read;
  }
}

/**
 * Follows the engine from outside: its journal, its states, its wire. Checks look at every step; the first violation is kept, and what comes after
 * it is not looked at. After a crash the state is carried on from the last one that was seen.
 */
export function openWatch(checks: readonly Check[], initial: EngineState): Watch {
  const follower = new Follower(checks, initial);
  let found: Violated | undefined;
  let acknowledged: JournalEntry | undefined;
  let waiting: (readonly JournalEntry[])[] = [];
  const guard = (look: () => void): void => {
    if (found !== undefined) return;
    try {
      look();
    } catch (error) {
      found = error instanceof Violated ? error : new Violated('watch', describe(error));
    }
  };
  const each = (show: (check: Check) => void): void =>
    guard(() => {
      for (const check of checks) show(check);
    });
  const fail = (error: unknown): void => guard(() => rethrow(error));
  const noteDurable = (entries: readonly JournalEntry[]): void => {
    for (const check of checks) check.durable?.(entries);
  };
  const opened = async (journal: Journal): Promise<void> => {
    waiting = [];
    for (const check of checks) check.gone?.();
    const last = acknowledged;
    const [there] = last === undefined ? [] : await journal.read(last.seq - 1, 1);
    const rest = await journal.read(follower.seen, Number.MAX_SAFE_INTEGER);
    guard(() => {
      if (there?.hash !== last?.hash)
        throw new Violated('I22', `entry ${last?.seq ?? 0} was acknowledged before the crash, and is not there after it`);
      noteDurable(rest);
      follower.carryOn(rest, false);
    });
    acknowledged = rest.at(-1) ?? acknowledged;
  };
  return {
    durable: (entries) => {
      acknowledged = entries.at(-1) ?? acknowledged;
      waiting.push(entries);
      guard(() => noteDurable(entries));
    },
    opened,
    recovered: (session) =>
      guard(() => {
        for (const batch of waiting.splice(0)) follower.carryOn(batch, true);
        follower.meet(session);
      }),
    stepped: (session) =>
      guard(() => {
        const entries = waiting.shift();
        // A halt publishes a state without a record.
        if (entries !== undefined) follower.take(entries, session.state());
      }),
    submitted: (order) => each((check) => check.submitted?.(order, follower.state)),
    cancelled: (id) => each((check) => check.cancelled?.(id)),
    answered: (orderId, kind) => each((check) => check.answered?.(orderId, kind)),
    reported: (what, error) => {
      if (error instanceof Violated) fail(error);
      if (/Invariant:|broke the books/.test(`${what} ${String(error)}`)) fail(new Violated('assertion', `${what}: ${describe(error)}`));
    },
    look: guard,
    fail,
    violation: () => found,
    state: () => follower.state,
    steps: () => follower.steps,
  };
}

/** The first field in which two states differ, in words. */
function difference(left: EngineState, right: EngineState): string {
  const [one, other] = [plainState(left), plainState(right)] as [Record<string, unknown>, Record<string, unknown>];
  for (const key of Object.keys(one)) {
    const [ours, theirs] = [encode(one[key] ?? null), encode(other[key] ?? null)];
    if (ours !== theirs) return `${key}: ${ours.slice(0, 300)} instead of ${theirs.slice(0, 300)}`;
  }
  return 'the fields differ in number';
}
