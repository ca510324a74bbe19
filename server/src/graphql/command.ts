import type { Effect } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { EngineState } from '../engine/state.ts';
import { CommandNotDone, CommandOutcomeUnknown } from '../platform/instances/outcomes.ts';
import { unavailable } from './errors.ts';
import type { Unavailable } from './errors.ts';
import type { LiveSession } from './live-session.ts';

export type CommandOutcome =
  | { readonly ok: true; readonly state: EngineState; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly error: Unavailable };

/** Where failures of a part are written for the operator; callers only hear that it is unavailable. */
export type ReportFailure = (what: string, error: unknown) => void;

/** What whoever gave the command is told: that nothing was done where that is certain, and that it is not known everywhere else. */
function unavailableAfter(error: unknown): Unavailable {
  if (error instanceof CommandNotDone) return unavailable(error.message);
  if (error instanceof CommandOutcomeUnknown) return unavailable(error.message, 'unknown');
  return unavailable(
    'The engine did not confirm this. Look at Health and at the journal before you try again; an order is tried again with the same idempotency key.',
    'unknown',
  );
}

/** Gives the engine an event and waits until it is durable. */
export async function command(session: LiveSession, event: EngineEvent, report: ReportFailure): Promise<CommandOutcome> {
  try {
    const { state, effects } = await session.command(event);
    return { ok: true, state, effects };
  } catch (error) {
    report(`engine refused ${event.kind}`, error);
    return { ok: false, error: unavailableAfter(error) };
  }
}
