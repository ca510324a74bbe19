import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeGet, exchangeOrders } from '../exchange-books.ts';
import { freshGround, healthy } from './ground.ts';
import type { Store } from './ground.ts';
import { begin } from './life.ts';
import type { Ground } from './life.ts';
import type { KillPoint } from './point.ts';
import { KILL_POINTS } from './points.ts';
import { AT_REST, post, prepareForKill, tradeToDeath } from './trading.ts';
import { run, start, temporaryFolder } from '../product.ts';
import type { Api, Running } from '../product.ts';

/** A busy machine may take long to start the server. */
const DEAD_MS_MAX = 120_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exchange: Running;

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
  const fresh = (name: string) => freshGround({ folder: folder.path, exchangeUrl: exchange.url }, store, name);
  beforeAll(async () => {
    folder = await temporaryFolder();
    // A process of its own, which stands still between the steps of the test.
    exchange = await start(['exchange', '--port', '0', '--speed', '0', '--from', '2016-01-04']);
    ground = await fresh('day');
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
    const own = await fresh('stop');
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
