import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atLeast } from '../approvals/roles.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { NEEDS } from './authorization.ts';
import type { Need } from './authorization.ts';
import { buildSchema } from './schema.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { logIn } from './test/log-in.ts';
import { rootFields } from './test/operations.ts';
import type { RootField } from './test/operations.ts';
import { everyAsker } from './test/principals.ts';
import type { Asker, KeyTerms } from './test/principals.ts';
import { acceptedSocket, openSocket, subscribe } from './test/socket.ts';
import type { HandSocket } from './test/socket.ts';

/** What a field answered: a code of authorisation, or whatever else once it was let through. */
type Outcome = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'CONFIRM_LOGIN' | 'let through';
const CODES: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'CONFIRM_LOGIN']);
const AT_ONCE = 20;

const FIELDS = rootFields(buildSchema());

let api: ApiWorld;
const askers = new Map<string, Asker>();
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  for (const asker of await everyAsker(api, await logIn(api))) askers.set(asker.name, asker);
});
afterAll(() => api.close());

/** What the terms of a key say, whatever its role. */
function expectedOfKey({ of, agents, fresh }: Need, { kind, scopes }: KeyTerms): Outcome {
  if (fresh === true) return 'CONFIRM_LOGIN';
  if (of === 'person' || (agents === false && kind === 'agent')) return 'FORBIDDEN';
  return scopes.includes(of) ? 'let through' : 'FORBIDDEN';
}

function expectedOf({ root, field }: RootField, { role, fresh, key }: Asker): Outcome {
  const need = NEEDS[root][field];
  if (need === undefined) throw new Error(`Invariant: the table knows ${root}.${field}`);
  if (role === undefined) return 'UNAUTHENTICATED';
  if (!atLeast(role, need.role)) return 'FORBIDDEN';
  if (key !== undefined) return expectedOfKey(need, key);
  return need.fresh === true && !fresh ? 'CONFIRM_LOGIN' : 'let through';
}

const outcomeOf = (errors: unknown): Outcome => {
  const codes = (Array.isArray(errors) ? errors : []).map((error: { extensions?: { code?: unknown } }) => error.extensions?.code);
  return (codes.find((code) => CODES.has(code)) as Outcome | undefined) ?? 'let through';
};

const STATUS: Readonly<Record<Outcome, number | undefined>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CONFIRM_LOGIN: 403,
  'let through': undefined,
};

async function overHttp({ root, name, document }: RootField, { headers }: Asker): Promise<Outcome> {
  const stop = new AbortController();
  const response = await fetch(`${api.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(root === 'Subscription' ? { accept: 'text/event-stream' } : {}), ...headers },
    body: JSON.stringify({ query: document }),
    signal: stop.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    // Whoever is let in is told something now or later; what was refused is told at once.
    stop.abort();
    return 'let through';
  }
  const outcome = outcomeOf(((await response.json()) as { errors?: unknown }).errors);
  expect([name, STATUS[outcome] ?? response.status]).toEqual([name, response.status]);
  return outcome;
}

/** All at once on one socket; what follows is answered only when what came before was judged. */
async function overSocket(fields: readonly RootField[], opened: HandSocket): Promise<readonly Outcome[]> {
  for (const { name, document } of fields) opened.send(subscribe(name, document));
  const barrier = `after ${fields[0]?.name ?? ''}`;
  opened.send(subscribe(barrier, '{ people { id } }'));
  const ends = (id: string) => opened.frame((frame) => frame.id === id && (frame.type === 'error' || frame.type === 'complete'));
  await ends(barrier);
  return await Promise.all(
    fields.map(async ({ root, name }) => {
      if (root !== 'Subscription') await ends(name);
      const said = opened.frames.filter((frame) => frame.id === name);
      opened.send({ id: name, type: 'complete' });
      const answers = said.flatMap(({ type, payload }) =>
        type === 'error' ? payload : (payload as { errors?: unknown } | undefined)?.errors,
      );
      return outcomeOf(answers.filter((error) => error !== undefined));
    }),
  );
}

type Ask = (fields: readonly RootField[]) => Promise<readonly Outcome[]>;

async function askAll(fields: readonly RootField[], ask: Ask): Promise<Record<string, Outcome>> {
  const found: Record<string, Outcome> = {};
  for (let at = 0; at < fields.length; at += AT_ONCE) {
    const some = fields.slice(at, at + AT_ONCE);
    const outcomes = await ask(some);
    some.forEach(({ name }, index) => (found[name] = outcomes[index] ?? 'UNAUTHENTICATED'));
  }
  return found;
}

/** Whatever an operation could have changed: the journal, and everything that people have. */
async function standing(): Promise<unknown> {
  const { db } = api.database;
  const tables = ['people', 'sessions', 'login_tokens'] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().orderBy('created_at').execute()));
  const keys = await db.selectFrom('api_keys').select(['id', 'name', 'role', 'person_id', 'revoked_at']).orderBy('id').execute();
  const made = await Promise.all(
    (['strategy_versions', 'runs', 'sweeps', 'trainings'] as const).map((table) => db.selectFrom(table).selectAll().execute()),
  );
  return { head: api.world.journal.head().seq, rows, keys, made: made.map(({ length }) => length) };
}

/** Each field's outcome is the table's. What is to be refused goes first, and leaves everything as it was. */
async function expectTheTable(asker: Asker, ask: Ask): Promise<void> {
  const expected = (field: RootField): Outcome => expectedOf(field, asker);
  const refused = FIELDS.filter((field) => expected(field) !== 'let through');
  const passing = FIELDS.filter((field) => expected(field) === 'let through');
  const before = await standing();
  const found = await askAll(refused, ask);
  expect(await standing()).toEqual(before);
  Object.assign(found, await askAll(passing, ask));
  expect(found).toEqual(Object.fromEntries([...refused, ...passing].map((field) => [field.name, expected(field)])));
}

const NAMES = [
  'nobody',
  'an unknown key',
  'an unknown session',
  ...['viewer', 'trader', 'risk officer', 'admin'].flatMap((role) => [
    `role ${role}, just logged in`,
    `a key of the role ${role}`,
    `role ${role}, whose log-in is a while ago`,
  ]),
  'a viewer’s key of an admin',
  'an admin’s key of somebody who is a trader now',
  'an admin’s key to read',
  'an admin’s key for research',
  'an admin’s key to stop',
  'an agent that may all',
  'an expired session',
  'a session after its log-out',
  'a session of before a change of role',
  'a revoked key',
  'a removed person',
  'another browser of a removed person',
  'a key of a removed person',
];

const askerNamed = (name: string): Asker => {
  const asker = askers.get(name);
  if (asker === undefined) throw new Error(`Invariant: somebody is ${name}`);
  return asker;
};

test('everybody is asked, for every field of the schema', () => {
  expect([...askers.keys()].sort()).toEqual([...NAMES].sort());
  expect(FIELDS.map(({ name }) => name).sort()).toEqual(
    Object.entries(NEEDS)
      .flatMap(([root, needs]) => Object.keys(needs).map((field) => `${root}.${field}`))
      .sort(),
  );
});

describe.each(NAMES)('%s', (name) => {
  test('over HTTP', async () => {
    const asker = askerNamed(name);
    await expectTheTable(asker, (fields) => Promise.all(fields.map((field) => overHttp(field, asker))));
  });

  test('over WebSocket', async () => {
    const asker = askerNamed(name);
    const { cookie, origin } = asker.headers;
    const options = cookie === undefined ? {} : { headers: { cookie }, ...(origin === undefined ? {} : { origin }) };
    if (asker.role !== undefined) {
      const opened = await acceptedSocket(api, options, asker.init);
      await expectTheTable(asker, (fields) => overSocket(fields, opened));
      opened.socket.close();
      return;
    }
    const before = await standing();
    for (const greeting of [[{ type: 'connection_init', payload: asker.init }], []]) {
      const opened = await openSocket(api, options);
      for (const message of greeting) opened.send(message);
      for (const { name: id, document } of FIELDS) opened.send(subscribe(id, document));
      expect((await opened.closed).code).toBeOneOf([4401, 4403]);
      expect(opened.frames).toEqual([]);
    }
    expect(await standing()).toEqual(before);
  });
});

describe('what is no GraphQL', () => {
  test.each(['/reports/run-1.html', '/reports/run-1.json', `/models/${'a'.repeat(64)}/model`, '/metrics'])(
    '%s is for whoever is logged in, and for nobody else',
    async (path) => {
      for (const { name, role, headers } of askers.values()) {
        const { status } = await fetch(`${api.server.url}${path}`, { headers });
        expect([name, status === 401]).toEqual([name, role === undefined]);
      }
    },
  );
});

test('nothing of all this was a failure of ours', () => expect(api.failures).toEqual([]));
