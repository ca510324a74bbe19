import type { Kysely, Transaction } from 'kysely';
import { askedFor, requestOf } from '../../engine/asked.ts';
import type { EngineEvent } from '../../engine/events.ts';
import type { Session } from '../../engine/session.ts';
import { isEngineEvent } from '../../engine/step.ts';
import { decode } from '../../journal/codec.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { openSideConnection } from '../../journal/side-connection.ts';
import { programHash } from '../../journal/snapshots/program.ts';
import { repeat } from './repeat.ts';
import { deleteEnded, finishRequests, refuseRequest, refuseTaken, requestChannel, takeRequests } from './requests-store.ts';
import type { EngineRequestTables, TakenRequest } from './requests-store.ts';

export type { EngineRequestTables } from './requests-store.ts';

export interface RequestServerOptions {
  readonly db: Kysely<EngineRequestTables>;
  readonly url: string;
  readonly session: Pick<Session, 'command'>;
  readonly report: (what: string, error: unknown) => void;
  /** How often it looks for what no wake-up told. */
  readonly lookMs?: number;
}

const LOOK_MS = 1_000;
const UNDER_WAY_MAX = 64;
const TEXT_MAX = 500;
const KEPT_DAYS = 30;
const WHAT = 'commands of other instances';

/**
 * Part of the transaction that writes entries: what was asked for is done exactly where its entry is. Throws where a request is not this engine's any more:
 * then the entry is not written either.
 */
export async function finishAsked(trx: Transaction<EngineRequestTables>, entries: readonly JournalEntry[]): Promise<void> {
  const done = entries.flatMap(({ type, seq, payload }) => {
    const id = type === 'event' ? requestOf(payload) : undefined;
    return id === undefined ? [] : [{ id, seq }];
  });
  if (done.length === 0) return;
  const finished = await finishRequests(trx, done);
  if (finished !== done.length) throw new Error(`Invariant: ${done.length} requests were taken by this engine, and ${finished} still are`);
}

/** What people and programs may ask for, and a notice; everything else comes from the engine's own process. */
function eventOf({ event: text, program }: TakenRequest): EngineEvent | string {
  if (program !== programHash()) return 'This instance runs another version of the program than the engine: run the same one everywhere.';
  const event = decode(text) as Partial<EngineEvent>;
  const isAskable = event.kind !== undefined && isEngineEvent(event.kind) && ('by' in event || event.kind === 'NoticeGiven');
  return isAskable ? (event as EngineEvent) : `The engine takes no ${event.kind ?? 'event without a kind'} from other instances.`;
}

/** Carries out what other instances ask for, in order, each once. Gives the way to stop, which finishes what it has. */
export async function serveRequests(options: RequestServerOptions): Promise<() => Promise<void>> {
  const { db, url, session, report, lookMs = LOOK_MS } = options;
  await refuseTaken(db, 'The engine ended before it had carried this out.');
  await deleteEnded(db, KEPT_DAYS);
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  const carryOut = async (taken: TakenRequest): Promise<void> => {
    const event = eventOf(taken);
    try {
      if (typeof event === 'string') return await refuseRequest(db, taken.id, event);
      await session.command(askedFor(event, taken.id));
    } catch (error) {
      report(`${WHAT}: ${taken.id}`, error);
      // Where the journal has it all the same, it stays done; a transaction that is still open holds the row, and this waits for it.
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, TEXT_MAX);
      await refuseRequest(db, taken.id, problem).catch((again: unknown) => report(WHAT, again));
    }
  };
  const look = async (): Promise<void> => {
    while (!closing.signal.aborted && underWay.size < UNDER_WAY_MAX) {
      const taken = await takeRequests(db, UNDER_WAY_MAX - underWay.size);
      if (taken.length === 0) return;
      for (const each of taken) {
        const work = carryOut(each).finally(() => underWay.delete(work));
        underWay.add(work);
      }
    }
  };
  let looking: Promise<void> = Promise.resolve();
  /** One look after the other: two at once could change the order. */
  const lookNext = (): Promise<void> => {
    const looked = looking.then(look);
    looking = looked.catch(() => undefined);
    return looked;
  };
  const side = await openSideConnection({
    url,
    channel: await requestChannel(db),
    lease: false,
    onNotification: () => void lookNext().catch((error: unknown) => report(WHAT, error)),
    onWarning: (message) => report(WHAT, new Error(message)),
  });
  const stop = repeat(lookMs, lookNext, (error) => report(WHAT, error));
  return async () => {
    closing.abort();
    await stop();
    await looking;
    await Promise.all(underWay);
    await side.close();
  };
}
