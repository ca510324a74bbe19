import type { Journal } from '../../journal/journal.ts';
import { isAction } from '../effects.ts';
import type { Action } from '../effects.ts';
import type { EngineEvent } from '../events.ts';
import { entriesOf } from '../journal-entries.ts';
import type { EngineState } from '../state.ts';
import { step } from '../step.ts';
import { stopwatch } from './clock.ts';
import type { SessionClock } from './clock.ts';
import type { Step } from '../step.ts';

/** The engine has stopped: nothing is decided or sent any more until a restart. */
export class SessionHalted extends Error {
  override readonly name = 'SessionHalted';
}

export interface LoopOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly initial: EngineState;
  /** Called when an event's batch is durable, in order; never before. `ageMs`: how long ago it was decided. */
  readonly carryOut: (action: Action, cause: EngineEvent, ageMs: number) => void;
  readonly clock: Pick<SessionClock, 'nowMs' | 'wallMs'>;
  readonly onHalt: (reason: string, error: unknown) => void;
}

export interface Loop {
  /** The newest durable state. */
  readonly state: () => EngineState;
  /** Decides on an event now, and resolves when it is durable. Rejects with {@link SessionHalted} when it cannot be. */
  readonly dispatch: (event: EngineEvent) => Promise<Step>;
  readonly onChange: (listener: () => void) => () => void;
  readonly halted: () => string | undefined;
  /** Takes no more events, and waits until the last is durable. */
  readonly drain: () => Promise<void>;
}

/**
 * Events one after another: each is stepped on the state that the one before it left, and written with all its effects as one batch. Only what
 * is durable is published and carried out, so that an order never leaves before its record.
 */
export function openLoop({ journal, initial, carryOut, clock, onHalt }: LoopOptions): Loop {
  let ahead = initial;
  let published = initial;
  let halted: string | undefined;
  let closing = false;
  let last: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();

  const halt = (reason: string, error: unknown): SessionHalted => {
    if (halted === undefined) {
      halted = reason;
      // No record can be made of it: the state in memory says so, and a restart finds out for itself.
      published = step(published, { kind: 'StateUnreadable', at: published.now, reason }).state;
      onHalt(reason, error);
      for (const listener of listeners) listener();
    }
    return new SessionHalted(`The engine has stopped: ${halted}`, { cause: error });
  };
  const refuseIfHalted = (): void => {
    if (halted !== undefined) throw new SessionHalted(`The engine has stopped: ${halted}`);
  };
  const publish = (event: EngineEvent, done: Step, ageMs: number): void => {
    published = done.state;
    for (const effect of done.effects) if (isAction(effect)) carryOut(effect, event, ageMs);
    for (const listener of listeners) listener();
  };
  const decide = (event: EngineEvent): Step => {
    try {
      return step(ahead, event);
    } catch (error) {
      throw halt(`${event.kind} broke the books: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  const dispatch = async (event: EngineEvent): Promise<Step> => {
    refuseIfHalted();
    if (closing) throw new SessionHalted('The engine is closing');
    const passedMs = stopwatch(clock);
    const done = decide(event);
    ahead = done.state;
    const written = journal.append(entriesOf(event, done.state, done.effects));
    last = written.catch(() => undefined);
    try {
      await written;
    } catch (error) {
      throw halt('the journal does not take entries any more', error);
    }
    refuseIfHalted();
    publish(event, done, passedMs());
    return done;
  };
  return {
    state: () => published,
    dispatch,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    halted: () => halted,
    drain: async () => {
      closing = true;
      await last;
    },
  };
}
