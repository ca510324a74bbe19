import type { Transaction } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineEvent, EventOf } from '../../engine/events.ts';
import { firstState } from '../../engine/opening-record.ts';
import { plainState } from '../../engine/plain-state.ts';
import type { Session } from '../../engine/session.ts';
import type { Step } from '../../engine/step.ts';
import { programHash } from '../../journal/snapshots/program.ts';
import { insertRequest } from './requests-store.ts';
import { followEngine } from '../../engine/session/follower.ts';
import { ALDER, ENGINE, openWorld } from '../../engine/test/session-world.ts';
import type { World } from '../../engine/test/session-world.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import { followPostgresJournal, openPostgresJournal } from '../../journal/postgres.ts';
import { parseTicket } from '../../orders/ticket.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import type { Database } from '../database.ts';
import { openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import type { PostgresTestDatabase } from '../test-database.ts';
import { CommandNotDone, CommandOutcomeUnknown } from './outcomes.ts';
import { openRequestSender } from './request-sender.ts';
import { finishAsked, serveRequests } from './request-server.ts';
import type { EngineStanding } from './engine-status.ts';

const server = TEST_POSTGRES_URL ?? '';
type Handler = (trx: Transaction<Database>, entries: readonly JournalEntry[]) => Promise<void>;

interface Instance {
  readonly command: Session['command'];
  readonly close: () => Promise<void>;
}

let database: PostgresTestDatabase;
let journal: Journal;
let world: World;
let session: Session;
let instances: Instance[];
let stopServing: (() => Promise<void>) | undefined;
/** What else commits with entries. */
let meanwhile: Handler | undefined;
/** What the engine's own process was told last. */
let answered: Step | undefined;
const CONNECTED = { state: 'connected', status: { instance: 'engine' } } as unknown as EngineStanding;
let standing: EngineStanding;
/** What a look finds that is taken now, where that differs from what was seen last. */
let found: EngineStanding | undefined;
const watch = {
  standing: () => standing,
  /** As the product's: what was looked up is what is known from then on. */
  look: () => {
    standing = found ?? standing;
    return Promise.resolve(standing);
  },
};
const reports: string[] = [];

async function openInstance(): Promise<Instance> {
  const followed = await followPostgresJournal(database.db, { url: database.url, pollMs: 100 });
  const initial = firstState((await followed.read(0, 1))[0], { engine: ENGINE, limits: UNLIMITED });
  const follower = await followEngine({ journal: followed, initial, canonical: encode });
  const times = { withinMs: 700, graceMs: 300, lookMs: 20 };
  const sender = await openRequestSender({ db: database.db, follower, engine: watch, instance: 'test', ...times });
  return {
    command: sender.command,
    close: async () => {
      sender.close();
      follower.close();
      await followed.close();
    },
  };
}

const serve = async (): Promise<void> => {
  const report = (what: string, error: unknown): void => void reports.push(`${what}: ${String(error)}`);
  const command: Session['command'] = async (event) => (answered = await session.command(event));
  stopServing = await serveRequests({ db: database.db, url: database.url, session: { command }, report, lookMs: 50 });
};
const stop = async (): Promise<void> => {
  await stopServing?.();
  stopServing = undefined;
};

function orderOf(key: string, quantity = '3'): EventOf<'OrderRequested'> {
  const ticket = {
    idempotencyKey: key,
    symbol: 'ALDR',
    side: 'buy',
    quantity,
    type: 'market',
    timeInForce: 'day',
    reduceOnly: false,
  } as const;
  const parsed = parseTicket(ticket, { principal: 'ann', at: session.state().now, knows: () => true });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return { kind: 'OrderRequested', at: session.state().now, by: 'user:ann', intent: parsed.intent };
}
const note = (): EngineEvent => ({ kind: 'KillSwitchEngaged', at: session.state().now, by: 'user:ann', action: 'freeze', reason: 'test' });

const entriesOf = async (kind: string): Promise<readonly JournalEntry[]> =>
  (await journal.read(0, 100_000)).filter((entry) => entry.kind === kind && entry.type === 'event');
const rowOf = async (id: string) =>
  await database.db.selectFrom('engine_requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe.runIf(server !== '')('commands of an instance without an engine', () => {
  beforeEach(async () => {
    found = undefined;
    [standing, reports.length, instances, meanwhile] = [CONNECTED, 0, [], undefined];
    database = await openPostgresTestDatabase(server);
    journal = await openPostgresJournal({
      db: database.db,
      url: database.url,
      withTransaction: async (trx, entries) => {
        await meanwhile?.(trx, entries);
        await finishAsked(trx as Transaction<Database>, entries);
      },
    });
    world = await openWorld({ journal });
    session = world.session;
    await session.command({ kind: 'InstrumentListed', at: session.state().now, instrument: ALDER });
    instances = [await openInstance(), await openInstance()];
  });
  afterEach(async () => {
    for (const each of instances) await each.close();
    await stop();
    await world.close();
    await journal.close();
    await database.close();
  });
  const ask = async (event: EngineEvent, at = 0) => await (instances[at]?.command ?? session.command)(event);

  test('are carried out once, stand in the journal with their request, and are answered with what the engine’s own process would say', async () => {
    await serve();
    const order = orderOf('a');
    const { state, effects } = await ask(order);
    if (answered === undefined) throw new Error('the engine was asked');
    expect(encode(plainState(state))).toBe(encode(plainState(answered.state)));
    expect(encode(effects)).toBe(encode(answered.effects));
    expect(effects.some((effect) => effect.kind === 'OrderChanged' && effect.order.id === order.intent.id)).toBe(true);
    const [entry, ...others] = await entriesOf('OrderRequested');
    expect([entry?.payload, others]).toEqual([{ ...order, request: `order:${order.intent.id}` }, []]);
    expect(await rowOf(`order:${order.intent.id}`)).toMatchObject({ state: 'done', seq: entry?.seq });
  });

  test('of one key come to one order, whichever instances they are given to, and however many at once', async () => {
    await serve();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(orderOf('same'), index % 2)));
    const again = await ask(orderOf('same'), 1);
    expect(await entriesOf('OrderRequested')).toHaveLength(1);
    for (const { state } of [...answers, again]) expect(state.orders.has(orderOf('same').intent.id)).toBe(true);
    await expect(ask(orderOf('same', '4'))).rejects.toThrow(/used for a different order/);
    expect(await entriesOf('OrderRequested')).toHaveLength(1);
  });

  test('that nobody takes are withdrawn: an engine that comes later does not carry them out, and the same key may be asked again', async () => {
    await expect(ask(orderOf('late'))).rejects.toThrow(CommandNotDone);
    await serve();
    await ask(note());
    expect(await entriesOf('OrderRequested')).toEqual([]);
    await ask(orderOf('late'), 1);
    expect(await entriesOf('OrderRequested')).toHaveLength(1);
  });

  test('that wait when the engine goes away are withdrawn at once: one that comes before their time does not carry them out', async () => {
    const asking = ask(orderOf('away')).catch((error: unknown) => error);
    await expect.poll(async () => (await database.db.selectFrom('engine_requests').selectAll().execute()).length).toBe(1);
    await database.db
      .updateTable('engine_requests')
      .set({ deadline: new Date(Date.now() + 600_000) })
      .execute();
    standing = { state: 'away', since: undefined, because: 'it was stopped', status: undefined };
    expect(String(await asking)).toMatch(/engine is away: it was stopped\. Nothing was done/);
    standing = CONNECTED;
    await serve();
    await ask(note());
    expect(await entriesOf('OrderRequested')).toEqual([]);
  });

  test('whose asker died while they waited are not carried out after their time', async () => {
    const orphan = { id: 'orphan', instance: 'dead', program: programHash(), event: encode(orderOf('orphan')), withinMs: 0 };
    await insertRequest(database.db, orphan, 'nobody');
    await serve();
    await ask(note());
    expect(await entriesOf('OrderRequested')).toEqual([]);
  });

  test('that an engine took and did not write down are unknown to the asker; the next engine says that they were not carried out, and the key is free', async () => {
    const { intent } = orderOf('lost');
    const asking = ask(orderOf('lost')).catch((error: unknown) => error);
    await expect.poll(async () => (await database.db.selectFrom('engine_requests').selectAll().execute()).length).toBe(1);
    await database.db.updateTable('engine_requests').set({ state: 'taken' }).execute();
    const problem = await asking;
    expect(problem).toBeInstanceOf(CommandOutcomeUnknown);
    expect(String(problem)).toMatch(/not known.*same idempotency key/);
    await serve();
    expect(await rowOf(`order:${intent.id}`)).toMatchObject({ state: 'refused' });
    await ask(orderOf('lost'), 1);
    expect(await entriesOf('OrderRequested')).toHaveLength(1);
  });

  test('that were taken from an engine are not written by it any more: entry and request go together', async () => {
    await serve();
    meanwhile = async (trx, entries) => {
      if (entries.some(({ kind }) => kind === 'OrderRequested'))
        await trx.updateTable('engine_requests').set({ state: 'refused' }).execute();
    };
    // The transaction is undone, the request was not carried out, and this engine has ended.
    await expect(ask(orderOf('zombie'))).rejects.toThrow(CommandNotDone);
    expect(await entriesOf('OrderRequested')).toEqual([]);
    expect(session.halted()).toMatch(/does not take entries/);
    await expect(ask(note())).rejects.toThrow(/engine has stopped/);
  });

  test('that only the engine’s own process may give, or of another version of the program, are refused', async () => {
    await serve();
    await expect(ask({ kind: 'StateUnreadable', at: session.state().now, reason: 'no' })).rejects.toThrow(/takes no StateUnreadable/);
    const request = { id: 'other', instance: 'other', program: 'other', asked_at: new Date(), state: 'waiting' as const };
    await database.db
      .insertInto('engine_requests')
      .values({ ...request, event: encode(note()), deadline: null, seq: null, problem: null, ended_at: null } as never)
      .execute();
    await expect.poll(async () => (await rowOf('other')).state).toBe('refused');
    expect(await entriesOf('KillSwitchEngaged')).toEqual([]);
    expect(session.halted()).toBeUndefined();
  });

  test('are carried out by an engine that has come again, though nobody has seen it yet', async () => {
    standing = { state: 'away', since: undefined, because: 'it was stopped', status: undefined };
    found = CONNECTED;
    await serve();
    await ask(note());
    expect(await entriesOf('KillSwitchEngaged')).toHaveLength(1);
  });

  test('while the engine is away are refused at once; what was done to log-ins waits for it, and is written once', async () => {
    standing = { state: 'away', since: undefined, because: 'it has never been heard', status: undefined };
    await expect(ask(note())).rejects.toThrow(/engine is away.*Nothing was done/);
    const access = { person: { id: 'ann', name: 'Ann' }, act: 'LoggedIn', subject: 'by a link' } as const;
    await ask({ kind: 'AccessRecorded', at: session.state().now, by: 'user:ann', recordedAt: session.state().now, ...access });
    expect(await entriesOf('AccessRecorded')).toEqual([]);
    await serve();
    await expect.poll(async () => (await entriesOf('AccessRecorded')).length).toBe(1);
    await stop();
    await serve();
    expect([await entriesOf('AccessRecorded'), await entriesOf('KillSwitchEngaged')]).toMatchObject([[{ payload: access }], []]);
  });
});
