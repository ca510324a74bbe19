import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownDatabase } from '../server/src/platform/test/own-database.ts';
import { eventually, logIn, start, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const POSTGRES_URL = process.env['TIDEMARK_TEST_DATABASE_URL'];
const START = `mutation ($input: StartSweepInput!) { startSweep(input: $input) { __typename ... on Error { message } ... on SweepPayload { sweep { id } } } }`;
const READ = `query ($id: ID!) { sweep(id: $id) { state error progress size sets refused selection { trials } best(first: 3) { sharpe parameters { name value } } } }`;
/** 317 × 321 sets, each run bar by bar under limits: some seconds of work in several parts. */
const SWEEP = {
  input: { template: 'sma-crossover', symbol: 'AAPL', grid: ['fast=2..318', 'slow=320..640'], risk: 'default', size: 'equity:0.1@signal' },
};
const SETS = 317 * 321;

interface Read {
  readonly state: string;
  readonly error: string | null;
  readonly progress: number;
  readonly sets: number;
  readonly refused: number;
  readonly selection: { readonly trials: number } | null;
  readonly best: readonly object[];
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(async () => await folder.remove());

async function startSweep(api: Api): Promise<string> {
  const { startSweep: started } = await api.query<{ startSweep: { sweep?: { id: string }; message?: string } }>(START, SWEEP);
  if (started.sweep === undefined) throw new Error(started.message);
  return started.sweep.id;
}

const read = async (api: Api, id: string): Promise<Read> => (await api.query<{ sweep: Read }>(READ, { id })).sweep;

const halfDone = (api: Api, id: string): Promise<true> =>
  eventually('a part of it is done', async () => ((await read(api, id)).progress > 0 ? true : undefined), 60_000);

const done = (api: Api, id: string): Promise<Read> =>
  eventually(
    'the sweep has ended',
    async () => {
      const sweep = await read(api, id);
      if (sweep.state === 'FAILED') throw new Error(sweep.error ?? '');
      return sweep.state === 'DONE' ? sweep : undefined;
    },
    180_000,
  );

/** What another run of the same, in one go, finds too. */
function expectWhole(sweep: Read): void {
  expect([sweep.sets + sweep.refused, sweep.refused]).toEqual([SETS, 0]);
  expect(sweep.selection?.trials).toBe(SETS);
  expect(sweep.best).toHaveLength(3);
}

describe('a sweep of 100,000 sets', () => {
  test('survives kill -9 of the server that works on it, and counts each set once', async () => {
    const serve = (): Promise<Running> => start(['serve', '--port', '0', '--data-dir', folder.path]);
    let server = await serve();
    let api = await logIn(server.url);
    const id = await startSweep(api);
    await halfDone(api, id);
    const before = await read(api, id);
    expect(before.state).toBe('RUNNING');
    await server.stop('SIGKILL');
    server = await serve();
    api = await logIn(server.url);
    const sweep = await done(api, id);
    expectWhole(sweep);
    // The same again is there at once, and counts nothing.
    const again = await done(api, await startSweep(api));
    expect(again.best).toEqual(sweep.best);
    expect(again.selection).toEqual(sweep.selection);
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  if (POSTGRES_URL !== undefined) {
    test('survives kill -9 of a worker and of the server, over two workers on PostgreSQL, and counts each set once', async () => {
      const { name, url, drop } = await ownDatabase(POSTGRES_URL, 'workers');
      const environment = { DATABASE_URL: url };
      const worker = (): Promise<Running> => start(['worker', '--threads', '1'], environment, /Tidemark works.*/);
      const serve = (): Promise<Running> =>
        start(['serve', '--port', '0', '--roles', 'api,engine', '--data-dir', `${folder.path}/${name}`], environment);
      let server = await serve();
      const workers = [await worker(), await worker()];
      try {
        let api = await logIn(server.url);
        const id = await startSweep(api);
        await halfDone(api, id);
        expect((await read(api, id)).state).toBe('RUNNING');
        await workers[0]?.stop('SIGKILL');
        await server.stop('SIGKILL');
        server = await serve();
        workers[0] = await worker();
        api = await logIn(server.url);
        expectWhole(await done(api, id));
        const { rows } = await countedTwice(url);
        expect(rows).toEqual([]);
      } finally {
        for (const each of workers) await each.stop('SIGTERM');
        await server.stop('SIGTERM');
        await drop();
      }
    });
  }
});

const START_WALK = `mutation ($input: StartWalkForwardInput!) { startWalkForward(input: $input) {
  __typename ... on Error { message } ... on WalkForwardPayload { walkForward { id } } } }`;
const READ_WALK =
  'query ($id: ID!) { walkForward(id: $id) { state error progress sets refused reusedFrom selection { trials dsr } result { windows { chosen { name value } } equity { time equity } } } }';
/** 60 × 100 sets in each of (1260 − 504) ÷ 63 windows, each run bar by bar under limits. */
const WALK = { input: { ...SWEEP.input, grid: ['fast=2..61', 'slow=62..161'], train: 504, test: 63 } };
const WALK_SETS = 60 * 100;
const WALK_WINDOWS = 12;

interface ReadWalk extends Pick<Read, 'state' | 'error' | 'progress' | 'sets' | 'refused'> {
  readonly reusedFrom: string | null;
  readonly selection: { readonly trials: number; readonly dsr: number | null } | null;
  readonly result: { readonly windows: readonly object[]; readonly equity: readonly object[] } | null;
}

const readWalk = async (api: Api, id: string): Promise<ReadWalk> =>
  (await api.query<{ walkForward: ReadWalk }>(READ_WALK, { id })).walkForward;

async function startWalk(api: Api): Promise<string> {
  const { startWalkForward: started } = await api.query<{ startWalkForward: { walkForward?: { id: string }; message?: string } }>(
    START_WALK,
    WALK,
  );
  if (started.walkForward === undefined) throw new Error(started.message);
  return started.walkForward.id;
}

const walked = (api: Api, id: string, isThere: (walk: ReadWalk) => boolean): Promise<ReadWalk> =>
  eventually(
    'the walk-forward is so far',
    async () => {
      const walk = await readWalk(api, id);
      if (walk.state === 'FAILED') throw new Error(walk.error ?? '');
      return isThere(walk) ? walk : undefined;
    },
    180_000,
  );

describe('a walk-forward of 6,000 sets in 12 windows', () => {
  test('survives kill -9 of the server that works on it, counts each set of each window once, and ends as one without a crash', async () => {
    const own = await temporaryFolder();
    const serve = (path: string): Promise<Running> => start(['serve', '--port', '0', '--data-dir', path]);
    let server = await serve(`${own.path}/killed`);
    let api = await logIn(server.url);
    const id = await startWalk(api);
    const before = await walked(api, id, ({ progress }) => progress > 0);
    expect(before.state).toBe('RUNNING');
    await server.stop('SIGKILL');
    server = await serve(`${own.path}/killed`);
    api = await logIn(server.url);
    const walk = await walked(api, id, ({ state }) => state === 'DONE');
    expect([walk.sets, walk.refused, walk.reusedFrom]).toEqual([WALK_SETS * (WALK_WINDOWS + 1), 0, null]);
    expect(walk.selection?.trials).toBe(WALK_SETS);
    expect(await server.stop('SIGTERM')).toBe(0);
    server = await serve(`${own.path}/whole`);
    api = await logIn(server.url);
    const whole = await walked(api, await startWalk(api), ({ state }) => state === 'DONE');
    expect(walk).toEqual(whole);
    expect(await server.stop('SIGTERM')).toBe(0);
    await own.remove();
  });
});

/** Parts that are there twice, or in one of the two books only. */
async function countedTwice(connectionString: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(`select coalesce(c.chunk, t.part) as part from sweep_chunks c
      full join trials t on t.source = c.sweep_id and t.part = c.chunk
      where c.chunk is null or t.part is null or c.sets <> t.sets`);
  } finally {
    await client.end();
  }
}
