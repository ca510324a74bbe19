import type { AccessAct } from '../../approvals/access.ts';
import type { KnownPerson } from '../../accounts/people-service.ts';
import { unrecorded } from '../../engine/people.ts';
import type { Instant } from '../../money/instant.ts';
import type { ReportFailure } from '../command.ts';
import type { LiveSession } from '../live-session.ts';

export interface PeopleRecord {
  /** Writes into the journal whatever it does not know yet of the people who are here. What fails is written at the next time. */
  readonly record: (by: string) => Promise<void>;
  /** Writes into the journal what was done to somebody's log-in, sessions, second factors or keys. False where it could not be written, which is told to the operator. */
  readonly access: (by: string, personId: string, act: AccessAct, subject?: string) => Promise<boolean>;
}

/** People are compared with the journal, so that what was changed by another door, or just before a crash, is written down too. */
export function openPeopleRecord(
  session: LiveSession,
  list: () => Promise<readonly KnownPerson[]>,
  now: () => Instant,
  report: ReportFailure,
): PeopleRecord {
  let last: Promise<unknown> = Promise.resolve();
  const write = async (by: string): Promise<void> => {
    try {
      const people = (await list()).map(({ id, name, role, joinedAt }) => ({ id, name, role, joined: joinedAt !== undefined }));
      for (const { person, role } of unrecorded(session.state(), people)) {
        const known = role === undefined ? {} : { role };
        await session.command({ kind: 'PersonRecorded', at: session.state().now, by, person, ...known, recordedAt: now() });
      }
    } catch (error) {
      report('a change of people could not be written into the journal', error);
    }
  };
  const writeAccess = async (by: string, personId: string, act: AccessAct, subject?: string): Promise<boolean> => {
    try {
      const name = (await list()).find(({ id }) => id === personId)?.name ?? personId;
      const about = subject === undefined ? {} : { subject };
      await session.command({
        kind: 'AccessRecorded',
        at: session.state().now,
        by,
        person: { id: personId, name },
        act,
        ...about,
        recordedAt: now(),
      });
      return true;
    } catch (error) {
      report(`${act} of ${personId} could not be written into the journal`, error);
      return false;
    }
  };
  const afterwards = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done;
    return done;
  };
  return {
    record: (by) => afterwards(() => write(by)),
    access: (by, personId, act, subject) => afterwards(() => writeAccess(by, personId, act, subject)),
  };
}
