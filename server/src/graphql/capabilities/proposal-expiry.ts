import type { Instant } from '../../money/instant.ts';
import type { ReportFailure } from '../command.ts';
import type { LiveSession } from '../live-session.ts';

const CHECK_MS = 5_000;

/** Ends proposals whose time is over, so that a list of open ones tells the truth. Approving one that is late is refused by the engine itself. */
export function watchProposals(session: LiveSession, now: () => Instant, report: ReportFailure): { readonly stop: () => Promise<void> } {
  let working: Promise<void> = Promise.resolve();
  const expire = async (): Promise<void> => {
    for (const { id, expiresAt } of session.state().proposals.values()) {
      if (now() < expiresAt) continue;
      try {
        await session.command({ kind: 'ChangeExpired', at: session.state().now, proposalId: id, decidedAt: now() });
      } catch (error) {
        report('a proposal could not be ended', error);
      }
    }
  };
  const timer = setInterval(() => {
    working = working.then(expire);
  }, CHECK_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}
