import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { requestOf } from '../../engine/asked.ts';
import type { EngineEvent } from '../../engine/events.ts';
import type { Session } from '../../engine/session.ts';
import type { Follower } from '../../engine/session/follower.ts';
import type { Step } from '../../engine/step.ts';
import { decode, encode } from '../../journal/codec.ts';
import { programHash } from '../../journal/snapshots/program.ts';
import { formatInstant } from '../../money/instant.ts';
import { sameRequest } from '../../orders/ticket.ts';
import type { EngineStanding, EngineWatch } from './engine-status.ts';
import { CommandNotDone, CommandOutcomeUnknown } from './outcomes.ts';
import { insertRequest, requestChannel, selectRequest, withdrawRequest } from './requests-store.ts';
import type { EngineRequestTables, RequestView } from './requests-store.ts';

export interface RequestSenderOptions {
  readonly db: Kysely<EngineRequestTables>;
  readonly follower: Follower;
  readonly engine: Pick<EngineWatch, 'standing' | 'look'>;
  /** This process. */
  readonly instance: string;
  /** How long the engine may take to begin; what it has not taken by then is withdrawn. */
  readonly withinMs?: number;
  /** How long, beyond that, the journal may take to tell what came of what the engine has taken. */
  readonly graceMs?: number;
  readonly lookMs?: number;
}

const WITHIN_MS = 10_000;
const GRACE_MS = 5_000;
const LOOK_MS = 250;

/** An order's id derives from its key, so that the same key is the same request, whichever instance it is given to. */
const idOf = (event: EngineEvent): string =>
  event.kind === 'OrderRequested' || event.kind === 'ReplaceRequested' ? `order:${event.intent.id}` : `${event.kind}:${randomUUID()}`;

function isSame(asked: EngineEvent, before: string): boolean {
  if (asked.kind !== 'OrderRequested' && asked.kind !== 'ReplaceRequested') return true;
  const { kind, intent } = decode(before) as typeof asked;
  return kind === asked.kind && sameRequest(intent, asked.intent);
}

const SAFE = 'An order is asked for again with the same idempotency key: it is not placed twice.';
const unknown = (what: string): CommandOutcomeUnknown =>
  new CommandOutcomeUnknown(`${what} Whether it was carried out is not known here. Look at the journal before you give it again. ${SAFE}`);

/** What is to be written down whatever the engine does now: it waits until an engine comes. */
const isRecord = ({ kind }: EngineEvent): boolean => kind === 'AccessRecorded';

interface Waiting {
  readonly told: Promise<Step>;
  /** What stands in the journal up to here was told to others. */
  readonly enteredAt: number;
  readonly leave: () => void;
}

/** Gives an answer to whoever waits for the journal to tell of a request. */
function waitingRoom(follower: Follower) {
  const waiting = new Map<string, Set<(done: Step) => void>>();
  const stop = follower.onStep(({ event, state, effects }) => {
    const id = requestOf(event);
    if (id !== undefined) for (const tell of waiting.get(id) ?? []) tell({ state, effects });
  });
  return {
    stop,
    /** Asked for before the request is written: what comes of it cannot be missed. */
    enter: (id: string): Waiting => {
      const { promise, resolve } = Promise.withResolvers<Step>();
      const mine = waiting.get(id) ?? new Set();
      waiting.set(id, mine.add(resolve));
      const leave = (): void => {
        mine.delete(resolve);
        if (mine.size === 0 && waiting.get(id) === mine) waiting.delete(id);
      };
      return { told: promise, enteredAt: follower.seq(), leave };
    },
  };
}

const awayText = ({ since, because }: Extract<EngineStanding, { state: 'away' }>): string =>
  `The engine is away${since === undefined ? '' : ` since ${formatInstant(since)}`}: ${because}. Nothing was done. What rests at the broker can be cancelled there.`;

/** Nothing is asked of an engine that is not there, or whose answer could not be read. One that has just come again is found: a kill switch is not refused for what was so a second ago. */
async function refuseWithout({ engine, follower }: RequestSenderOptions): Promise<void> {
  const known = engine.standing();
  const standing = known.state === 'away' ? await engine.look() : known;
  if (standing.state === 'away') throw new CommandNotDone(awayText(standing));
  const problem = follower.problem();
  if (problem !== undefined)
    throw new CommandNotDone(
      `This instance does not come to the engine's state (${problem}). Nothing was done: use the engine's own instance, ${standing.status.instance}.`,
    );
}

/** Follows a request until it has ended, or can no longer be waited for. */
async function follow(id: string, { told, enteredAt }: Waiting, options: RequestSenderOptions): Promise<Step> {
  const { db, follower, engine, withinMs = WITHIN_MS, graceMs = GRACE_MS, lookMs = LOOK_MS } = options;
  const endAt = performance.now() + withinMs + graceMs;
  let last: RequestView | undefined;
  let wasTold = false;
  while (performance.now() < endAt) {
    const done = await Promise.race([told, sleep(lookMs)]);
    if (done !== undefined) return done;
    // A look that fails says nothing of the request.
    last = await selectRequest(db, id).catch(() => last);
    if (last?.state === 'refused') throw new CommandNotDone(`Nothing was done: ${last.problem ?? 'the engine refused it.'}`);
    if (last?.state === 'withdrawn') throw new CommandNotDone('Nothing was done: it was withdrawn.');
    // Told before anybody waited here: nobody will be told again.
    if (wasTold) return { state: follower.state(), effects: [] };
    wasTold = last?.seq !== undefined && last.seq <= enteredAt;
    const standing = engine.standing();
    if (last?.state === 'waiting' && (last.isLate || standing.state === 'away') && (await withdrawRequest(db, id).catch(() => false)))
      throw new CommandNotDone(
        standing.state === 'away'
          ? awayText(standing)
          : `The engine did not take this within ${withinMs / 1000} s. It was withdrawn: nothing was done.`,
      );
  }
  if (last?.state === 'done')
    throw new CommandOutcomeUnknown(
      `It was carried out, as entry ${last.seq ?? '?'} of the journal, and what came of it is not read here yet. ${SAFE}`,
    );
  throw unknown('The engine has not answered in time.');
}

/**
 * Commands of an instance without an engine: each is written down under its key, carried out by the one engine at most once, and answered by the journal. Rejects with {@link CommandNotDone}
 * or {@link CommandOutcomeUnknown}.
 */
export async function openRequestSender(
  options: RequestSenderOptions,
): Promise<{ readonly command: Session['command']; readonly close: () => void }> {
  const { db, follower, instance, withinMs = WITHIN_MS } = options;
  const channel = await requestChannel(db);
  const room = waitingRoom(follower);
  const write = async (id: string, event: EngineEvent, within: number | undefined): Promise<void> => {
    try {
      const request = { id, instance, program: programHash(), event: encode(event), withinMs: within };
      if (await insertRequest(db, request, channel)) return;
    } catch (error) {
      throw unknown(`The database did not confirm the request (${error instanceof Error ? error.message : String(error)}).`);
    }
    const before = await selectRequest(db, id);
    if (before !== undefined && !isSame(event, before.event))
      throw new CommandNotDone('This idempotency key was used for a different order. Use a fresh key for a new order.');
  };
  return {
    command: async (event) => {
      const id = idOf(event);
      if (isRecord(event)) {
        await write(id, event, undefined);
        return { state: follower.state(), effects: [] };
      }
      await refuseWithout(options);
      const waiting = room.enter(id);
      try {
        await write(id, event, withinMs);
        return await follow(id, waiting, options);
      } finally {
        waiting.leave();
      }
    },
    close: room.stop,
  };
}
