import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
      const name = `workers_${randomBytes(4).toString('hex')}`;
      const root = new pg.Client({ connectionString: POSTGRES_URL });
      await root.connect();
      await root.query(`create database ${name}`);
      const url = new URL(POSTGRES_URL);
      url.pathname = `/${name}`;
      const environment = { DATABASE_URL: url.href };
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
        const { rows } = await countedTwice(url.href);
        expect(rows).toEqual([]);
      } finally {
        for (const each of workers) await each.stop('SIGTERM');
        await server.stop('SIGTERM');
        await root.query(`drop database ${name} with (force)`);
        await root.end();
      }
    });
  }
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
