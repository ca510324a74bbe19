import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGround } from './instances/ground.ts';
import type { Ground } from './instances/ground.ts';
import { apiWith, eventually, logIn, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const SERVER = process.env['TIDEMARK_TEST_DATABASE_URL'] ?? '';
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on Error { message } ... on UnavailableError { outcome } ... on OrderPayload { order { id } } ... on OrderDeniedError { order { id } } } }`;
const ENGAGE =
  'mutation { engageKillSwitch(input: { action: FREEZE, reason: "drill" }) { __typename ... on Error { message } ... on UnavailableError { outcome } } }';
const ORDERS = 60;

interface Placed {
  readonly __typename: string;
  readonly message?: string;
  readonly outcome?: string;
  readonly order?: { readonly id: string };
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ground: Ground;
let engine: Running;
let apis: Running[];
let cookie: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  ground = await openGround(SERVER, folder.path);
  engine = await ground.engine();
  apis = [await ground.api(), await ground.api()];
  ({ cookie } = await logIn(engine.url));
});
afterAll(async () => {
  for (const each of [...apis, engine]) await each.stop('SIGTERM');
  await ground.leave();
  await folder.remove();
});

const at = (instance: Running): Api => apiWith(new URL(instance.url).origin, cookie);
const anywhere = (turn: number): Running => [engine, ...apis][turn % (1 + apis.length)] ?? engine;
const place = async (api: Api, key: string, quantity = '1'): Promise<Placed> => {
  const input = { idempotencyKey: key, symbol: 'AAPL', side: 'BUY', quantity };
  return (await api.query<{ placeOrder: Placed }>(PLACE, { input })).placeOrder;
};

/** Asks one instance after the other with the same key until one says what became of the order. */
const placeForSure = (key: string, turn: number, trouble: string[]): Promise<string> => {
  let tries = turn;
  return eventually(
    `an answer to ${key}`,
    async () => {
      try {
        const { order, message, outcome } = await place(at(anywhere(tries)), key);
        if (order !== undefined) return order.id;
        trouble.push(`${outcome}: ${message}`);
      } finally {
        tries += 1;
      }
      return undefined;
    },
    120_000,
  );
};

const requested = async (): Promise<readonly string[]> =>
  (
    await ground.rows<{ id: string }>(
      "select payload::jsonb -> 'intent' ->> 'id' as id from journal where kind = 'OrderRequested' and type = 'event' order by seq",
    )
  ).map(({ id }) => id);

describe('commands through any of several instances', () => {
  test('reach the one engine and are answered by the journal; a key that was used for another order is a conflict everywhere', async () => {
    const first = await place(at(anywhere(1)), 'first');
    expect(first.order?.id).toMatch(/^ticket-/);
    for (const turn of [0, 1, 2]) expect((await place(at(anywhere(turn)), 'first')).order?.id).toBe(first.order?.id);
    for (const turn of [0, 1, 2]) expect((await place(at(anywhere(turn)), 'first', '2')).__typename).toBe('ConflictError');
    const pairs = await Promise.all([0, 1, 2, 0, 1, 2].map((turn) => place(at(anywhere(turn)), 'at once')));
    expect(new Set(pairs.map(({ order }) => order?.id ?? 'none')).size).toBe(1);
  });

  test('while the engine dies and comes again, and an instance too: each key comes to one order, and what was answered is there', async () => {
    const trouble: string[] = [];
    const before = (await requested()).length;
    const placing = Promise.all(
      Array.from({ length: ORDERS }, async (_, index) => {
        await new Promise((resolve) => {
          setTimeout(resolve, index * 250);
        });
        return await placeForSure(`storm-${index}`, index, trouble);
      }),
    );
    for (let death = 0; death < 2; death += 1) {
      await eventually('some are placed', async () => ((await requested()).length > before + 8 * (death + 1) ? true : undefined));
      await engine.stop('SIGKILL');
      if (death === 0) {
        await apis[1]?.stop('SIGKILL');
        // An engine that comes again at once takes what waits, and nobody would have noticed.
        await eventually('the other instance says that it is away', () => Promise.resolve(trouble.length > 0 ? true : undefined));
      }
      engine = await ground.engine();
      if (death === 0) apis[1] = await ground.api();
    }
    const ids = await placing;
    const all = await requested();
    expect(new Set(ids).size).toBe(ORDERS);
    for (const id of ids) expect(all.filter((each) => each === id)).toEqual([id]);
    expect(all).toHaveLength(new Set(all).size);
    const twice = await ground.rows(
      "select payload::jsonb ->> 'request' from journal where payload::jsonb ? 'request' group by 1 having count(*) > 1",
    );
    expect(twice).toEqual([]);
    const open = await ground.rows("select id, state from engine_requests where state in ('waiting', 'taken') and deadline is not null");
    expect(open).toEqual([]);
    expect(trouble.filter((each) => !/^(?:NOT_DONE|UNKNOWN): /.test(each))).toEqual([]);
  });

  test('the kill switch works from any of them; without an engine it says that nothing was done', async () => {
    const state = async (of: Running): Promise<string> =>
      (await at(of).query<{ controls: { tradingState: string } }>('{ controls { tradingState } }')).controls.tradingState;
    const engage = (of: Running) => at(of).query<{ engageKillSwitch: Placed }>(ENGAGE);
    expect((await engage(anywhere(1))).engageKillSwitch.__typename).toBe('ControlsPayload');
    for (const each of [engine, ...apis])
      await eventually('all show it', async () =>
        (await state(each)) === 'HALTED' || (await state(each)) === 'FROZEN' ? true : undefined,
      );
    await engine.stop('SIGTERM');
    const refused = await eventually('the instance knows', async () => {
      const { engageKillSwitch } = await engage(anywhere(1));
      return engageKillSwitch.outcome === 'NOT_DONE' ? engageKillSwitch : undefined;
    });
    expect(refused.message).toMatch(/The engine is away since .*: it was stopped\. Nothing was done\./);
    engine = await ground.engine();
  });
});
