import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGround } from './instances/ground.ts';
import type { Ground } from './instances/ground.ts';
import { listen, Roamer } from './instances/reader.ts';
import { apiWith, eventually, logIn, run, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const SERVER = process.env['TIDEMARK_TEST_DATABASE_URL'] ?? '';
const ENTRIES = '... on JournalUpdate { cursor entries { seq hash kind } }';
const ORDERS = '... on OrderUpdate { cursor order { id state } }';
const HEALTH = '{ health { state seq head instance engine { standing instance staleSince } parts { name state detail } } }';

interface Health {
  readonly seq: number;
  readonly head: string;
  readonly instance: string;
  readonly engine: { readonly standing: string; readonly instance: string | null; readonly staleSince: string | null };
  readonly parts: readonly { readonly name: string; readonly state: string; readonly detail: string }[];
}

const originOf = ({ url }: Running): string => new URL(url).origin;
const health = async (api: Api): Promise<Health> => (await api.query<{ health: Health }>(HEALTH)).health;

async function makeKey(api: Api): Promise<{ readonly id: string; readonly secret: string }> {
  const { createApiKey } = await api.query<{ createApiKey: { id: string; secret: string } }>(
    'mutation { createApiKey(name: "roamer") { ... on ApiKeyPayload { id secret } } }',
  );
  return createApiKey;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ground: Ground;
let engine: Running;
let apis: Running[];
let api: Api;
beforeAll(async () => {
  folder = await temporaryFolder();
  ground = await openGround(SERVER, folder.path);
  engine = await ground.engine();
  apis = [await ground.api(), await ground.api()];
  // One log-in counts at each of them.
  api = await logIn(engine.url);
});
afterAll(async () => {
  for (const each of [...apis, engine]) await each.stop('SIGTERM');
  await ground.leave();
  await folder.remove();
});

/** The same session at another instance. */
const at = (instance: Running | undefined, { cookie }: Api): Api => apiWith(originOf(instance ?? engine), cookie);

/** What the database holds of what a reader has been told. */
async function recorded(from: number, count: number): Promise<readonly string[]> {
  const rows = await ground.rows<{ seq: string; hash: string; kind: string }>(
    'select seq, hash, kind from journal where seq > $1 order by seq limit $2',
    [from, count],
  );
  return rows.map(({ seq, hash, kind }) => JSON.stringify({ seq: Number(seq), hash, kind }));
}

const newest = async (): Promise<number> => Number((await ground.rows<{ seq: string }>('select max(seq) as seq from journal'))[0]?.seq);
const passes = (seq: number): Promise<true> =>
  eventually(`entry ${seq} is written`, async () => ((await newest()) >= seq ? true : undefined), 60_000);

describe('one engine and two API instances over one PostgreSQL', () => {
  test('a client moves between them, one dies, the engine dies and comes again, a connection is lost: nothing is missed, nothing comes twice', async () => {
    const { secret } = await makeKey(api);
    const entries = new Roamer('journal', ENTRIES, secret, '0');
    const orders = new Roamer('orders', ORDERS, secret, '0');
    const move = async (to: Running | undefined): Promise<void> => {
      if (to === undefined) throw new Error('there are two');
      await entries.moveTo(originOf(to));
      await orders.moveTo(originOf(to));
      await passes((await newest()) + 150);
    };
    await move(apis[0]);
    await move(engine);
    await move(apis[1]);
    // The connections that hear wake-ups are cut: readers look by themselves, and hear again.
    await ground.rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
    );
    await passes((await newest()) + 150);
    await apis[1]?.stop('SIGKILL');
    await move(apis[0]);
    await engine.stop('SIGKILL');
    const there = at(apis[0], api);
    const away = await eventually('the instance says that the engine is away', async () => {
      const now = await health(there);
      return now.engine.standing === 'AWAY' ? now : undefined;
    });
    expect(away.engine.staleSince).toMatch(/^\d{4}-/);
    expect(away.parts.find(({ name }) => name === 'engine')).toMatchObject({ state: 'DOWN' });
    expect((await fetch(`${originOf(apis[0] ?? engine)}/readyz`)).status).toBe(200);
    expect((await there.query<{ overview: object }>('{ overview { seq } }')).overview).toMatchObject({ seq: away.seq });
    engine = await ground.engine();
    await eventually('the engine is heard again', async () => ((await health(there)).engine.standing === 'CONNECTED' ? true : undefined));
    apis[1] = await ground.api();
    await move(apis[1]);
    await move(engine);
    await move(apis[0]);
    const told = entries.told.map(({ text }) => text);
    expect(told.length).toBeGreaterThan(1_000);
    expect(told).toEqual(await recorded(0, told.length));
    const changes = await ground.rows<{ seq: string }>(
      "select seq from journal where kind = 'OrderChanged' and type = 'fact' order by seq",
    );
    const seqs = orders.told.map(({ cursor }) => cursor);
    expect(seqs.length).toBeGreaterThan(10);
    expect(seqs).toEqual(changes.map(({ seq }) => seq).slice(0, seqs.length));
    entries.leave();
    orders.leave();
  });
});

describe('what ends at one instance ends at all of them', () => {
  const HEAR = { query: 'subscription { controls { tradingState } }' };
  const everywhere = async (secret: string) =>
    Promise.all([engine, ...apis].map((each) => listen(originOf(each), secret, HEAR, () => undefined)));

  test.each(['revoke', 'pause'] as const)('to %s a key at an API instance closes sockets at the engine and at the other', async (act) => {
    const { id, secret } = await makeKey(at(engine, api));
    const open = await everywhere(secret);
    await at(apis[0], api).query(`mutation ($id: ID!) { ${act}ApiKey(id: $id) { __typename } }`, { id });
    expect(await Promise.all(open.map(({ closed }) => closed))).toEqual([4403, 4403, 4403]);
  });

  test('a key that was revoked while nobody could hear it, too: what is open is looked at again', async () => {
    const { id, secret } = await makeKey(at(engine, api));
    const open = await everywhere(secret);
    await ground.rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
    );
    await ground.rows('update api_keys set revoked_at = now() where id = $1', [id]);
    expect(await Promise.all(open.map(({ closed }) => closed))).toEqual([4403, 4403, 4403]);
  });

  test('and by a process that serves nothing', async () => {
    const { id, secret } = await makeKey(at(engine, api));
    const open = await everywhere(secret);
    const revoke = () => ground.rows('update api_keys set revoked_at = now() where id = $1', [id]);
    await revoke();
    expect(await Promise.all(open.map(({ closed }) => closed))).toEqual([4403, 4403, 4403]);
  });
});

test('the embedded database has one process: an API instance without PostgreSQL is refused', async () => {
  const { code, err } = await run(['serve', '--roles', 'api', '--data-dir', `${folder.path}/none`], { DATABASE_URL: undefined });
  expect([code, err]).toEqual([2, expect.stringMatching(/DATABASE_URL.*embedded database has one process/s)]);
});
