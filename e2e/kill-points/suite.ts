import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownDatabase } from '../../server/src/platform/test/own-database.ts';
import { accountAt, differencesBetween, exchangeGet, exchangeOrders } from '../exchange-books.ts';
import { begin } from './life.ts';
import type { Ground, Life } from './life.ts';
import type { KillPoint } from './point.ts';
import { KILL_POINTS } from './points.ts';
import { AT_REST, post, prepareForKill, tradeToDeath } from './trading.ts';
import { eventually, logIn, run, start, temporaryFolder } from '../product.ts';
import type { Api, Running } from '../product.ts';

const POSTGRES_URL = process.env['TIDEMARK_TEST_DATABASE_URL'];
/** A busy machine may take long to start the server. */
const DEAD_MS_MAX = 120_000;

export type Store = 'embedded' | 'postgres';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exchange: Running;

/** A folder, a database and an account that nobody has used. */
async function freshGround(store: Store, name: string): Promise<Ground & { readonly leave: () => Promise<void> }> {
  const id = `kill_${name}_${randomBytes(4).toString('hex')}`;
  const dataDir = join(folder.path, id, 'data');
  await mkdir(dataDir, { recursive: true });
  const keys = { APCA_API_KEY_ID: id, APCA_API_SECRET_KEY: 'secret' };
  const ground = { dataDir, keys, account: accountAt(exchange.url, id, 'secret') };
  if (store === 'embedded' || POSTGRES_URL === undefined)
    return { ...ground, databaseUrl: undefined, leave: async () => await Promise.resolve() };
  const { url: databaseUrl, drop } = await ownDatabase(POSTGRES_URL, 'kill');
  return { ...ground, databaseUrl, leave: drop };
}

/** Waits until the server is ready and its books are the exchange's. */
async function healthy(life: Life, ground: Ground): Promise<Api> {
  const url = await life.ready;
  if (url === undefined) throw new Error(`the server did not start:\n${life.output()}`);
  const api = await logIn(url);
  let last: readonly string[] = [];
  const settled = async (): Promise<true | undefined> => {
    last = await differencesBetween(api, ground.account);
    if (last.length > 0) throw new Error(last.join('; '));
    return true;
  };
  await eventually('our books are the exchange’s', settled, 40_000);
  return api;
}

const disarm = async (): Promise<void> => void (await fetch(`${exchange.url}/sim/faults`, { method: 'DELETE' }));

/** One life up to its death at the point. */
async function liveAndDie(point: KillPoint, ground: Ground): Promise<void> {
  const life = await begin(ground, point);
  try {
    if (point.phase !== 'starting') {
      const api = await healthy(life, ground);
      if (point.phase === 'killing') await prepareForKill(api, ground);
      for (const fault of point.faults ?? []) await post(exchange.url, '/sim/faults', fault);
      await life.arm();
      if (point.phase === 'trading') await tradeToDeath(life, api, ground);
      if (point.phase === 'stopping') life.signal('SIGTERM');
      // The server may die under the request: whether it did what it should is looked at afterwards.
      if (point.phase === 'killing') await Promise.allSettled([pullKillSwitch(api, point)]);
    }
    const end = await Promise.race([
      life.ended,
      new Promise((resolve) => setTimeout(resolve, DEAD_MS_MAX, `alive after all:\n${life.output()}`)),
    ]);
    expect(end).toBe('SIGKILL');
  } finally {
    life.signal('SIGKILL');
    await life.ended;
    await disarm();
  }
}

const pullKillSwitch = async (api: Api, { flatten }: KillPoint): Promise<unknown> =>
  api.query('mutation($input: KillSwitchInput!) { engageKillSwitch(input: $input) { __typename } }', {
    input: { action: flatten === true ? 'FLATTEN' : 'FREEZE', reason: 'drill' },
  });

/** A life without a point: books are equal, it stops in good order, and the journal holds together. */
async function liveAndStop(ground: Ground, look: (api: Api) => Promise<void>): Promise<void> {
  const life = await begin(ground);
  const api = await healthy(life, ground);
  await look(api);
  life.signal('SIGTERM');
  expect(await life.ended).toBe(0);
  const verified = await run(
    ['verify', '--data-dir', ground.dataDir],
    ground.databaseUrl === undefined ? {} : { DATABASE_URL: ground.databaseUrl },
  );
  expect(verified.err + verified.out).toMatch(/entries/);
  expect(verified.code, verified.err + verified.out).toBe(0);
}

/** The server is killed at each point of a store, and starts again over what is left. */
export function killPointSuite(store: Store): void {
  const points = KILL_POINTS[store];
  let ground: Awaited<ReturnType<typeof freshGround>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    // A process of its own, which stands still between the steps of the test.
    exchange = await start(['exchange', '--port', '0', '--speed', '0', '--from', '2016-01-04']);
    ground = await freshGround(store, 'day');
  });
  afterAll(async () => {
    await ground.leave();
    await exchange.stop('SIGTERM');
    await folder.remove();
  });

  test.each(points.filter(({ phase }) => phase !== 'killing'))('$name', async (point) => {
    await liveAndDie(point, ground);
  });

  test('after all of them: no order lost or doubled, books equal to the exchange’s, trading goes on, and the chain verifies', async () => {
    await liveAndStop(ground, async (api) => {
      const { overview } = await api.query<{ overview: { tradingState: string } }>('{ overview { tradingState } }');
      expect(overview.tradingState).toBe('ACTIVE');
      expect((await exchangeOrders(ground.account)).length).toBeGreaterThan(points.length / 2);
    });
  });

  test.each(points.filter(({ phase }) => phase === 'killing'))('$name', async (point) => {
    const own = await freshGround(store, 'stop');
    try {
      await liveAndDie(point, own);
      await liveAndStop(own, async (api) => {
        const { overview } = await api.query<{ overview: { tradingState: string } }>('{ overview { tradingState } }');
        // What was not on record was not promised; the person was told of no success.
        const stopped = point.name.includes('not yet on record') ? 'ACTIVE' : point.flatten === true ? 'HALTED' : 'FROZEN';
        expect(overview.tradingState).toBe(stopped);
        const open = await exchangeGet<readonly { readonly symbol: string }[]>(own.account, '/v2/orders?status=open');
        // Where trading goes on, an entry that was bought before the end may be working beside those at rest.
        if (stopped === 'ACTIVE') expect(open.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining([...AT_REST]));
        else expect(open).toEqual([]);
      });
    } finally {
      await own.leave();
    }
  });
}
