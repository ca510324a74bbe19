import { expect, vi } from 'vitest';
import { encode } from '../../journal/codec.ts';
import { openJournal } from '../../journal/open.ts';
import type { Broker } from '../../orders/broker.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { openSession } from '../session.ts';
import type { Session, SessionOptions } from '../session.ts';
import { ENGINE } from './session-world.ts';

export interface AccountSession {
  readonly session: Session;
  readonly close: () => Promise<void>;
}

/** The engine on a broker's account, with its journal in this folder: trading, and reconciled once. */
export async function openAccountSession(
  dir: string,
  broker: Broker,
  options: Pick<SessionOptions, 'report'> & Partial<SessionOptions>,
): Promise<AccountSession> {
  const journal = await openJournal({ kind: 'embedded', dir });
  const session = await openSession({
    engine: ENGINE,
    limits: UNLIMITED,
    journal,
    broker,
    openRunner: async () => await Promise.reject(new Error('no strategy trades here')),
    history: async () => await Promise.resolve([]),
    canonical: encode,
    ...options,
  });
  await session.start();
  await vi.waitFor(() => expect(session.state().reconciled).toBe(true), { timeout: 10_000 });
  return {
    session,
    close: async () => {
      await session.close();
      await journal.close();
    },
  };
}
