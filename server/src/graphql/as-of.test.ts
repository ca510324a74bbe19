import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY, ENABLE_STRATEGY, PLACE_ORDER, ticket } from './test/trading-day.ts';

/** Everything of the account that can be asked for as of a place. */
const ACCOUNT = `
  overview(asOf: $asOf) { asOf seq equity cash dayPnl dayPnlRatio closedDayPnl openPnl realizedPnl totalPnl drawdown highWaterMark highWaterMarkAt grossExposure netExposure
    buyingPower workingOrders reserved openPositions tradingState tradingStateBecause feedAgeMs brokerConnected market { isOpen now sessionDate phase } }
  positions(asOf: $asOf) { edges { node { id symbol name source side quantity averagePrice mark markAt value weight unrealizedPnl realizedPnl fees openedAt
    strategies difference available dayPnl dayPnlUnknownBecause moneyAtRisk moneyAtRiskRatio moneyAtRiskBasis
    stops { price quantity orderId trails } targets { price quantity orderId trails } } } }
  orders(first: 100, asOf: $asOf) { totalCount edges { node { id state symbol quantity filledQuantity averagePrice strategyName reason updatedAt
    fills { executionId quantity price seq } life { name at seq } legs { id state } } } }
  strategies(asOf: $asOf) { edges { node { id name version state pausedBecause lastDecision lastDecisionAt dayPnl totalPnl drawdown sparkline trades
    holdings { symbol quantity value } } } }
  controls(asOf: $asOf) { tradingState because changedBy changedAt openProposals killPreview { marketOpen note cancels { id strategyName }
    flattens { symbol quantity value } } breakers { code state actual trippedAt } }
  limits(asOf: $asOf) { name value actual use subject changedBy changedAt }
  brakes(asOf: $asOf) { key code because }
  strategyLimits(asOf: $asOf, strategyId: $id) { name value }
`;
/** The cost of one document is bounded: the account is asked for in two. */
const HALVES = [ACCOUNT.slice(0, ACCOUNT.indexOf('  strategies(')), ACCOUNT.slice(ACCOUNT.indexOf('  strategies('))];
const documentOf = (fields: string): string => `query ($asOf: AsOf${fields.includes('$id') ? ', $id: String!' : ''}) { ${fields} }`;

interface Seen {
  readonly seq: number;
  readonly at: Instant;
  readonly what: string;
  readonly account: unknown;
}

withTestDatabases('the past of the account', (openDatabase) => {
  let api: ApiWorld;
  let strategyId = '';
  const seen: Seen[] = [];

  async function account(asOf?: Record<string, unknown>): Promise<unknown> {
    const parts: unknown[] = [];
    for (const half of HALVES) {
      const { data, errors } = await api.post(documentOf(half), { asOf, ...(half.includes('$id') ? { id: strategyId } : {}) });
      if (errors !== undefined) throw new Error(`${JSON.stringify(errors)} ${api.failures.join('; ')}`);
      parts.push(data);
    }
    return parts;
  }
  /** Notes what a reader sees while nothing is written: the broker's figures may still come in meanwhile. */
  async function look(what: string): Promise<void> {
    for (;;) {
      await quiet(api.world);
      const { seq } = api.world.journal.head();
      await api.projector.waitFor(seq);
      const [at, read] = [api.world.session.state().now, await account()];
      if (api.world.journal.head().seq !== seq) continue;
      seen.push({ seq, at, what, account: read });
      return;
    }
  }

  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await look('before anything');
    const created = await ask(api, CREATE_STRATEGY, {
      input: {
        name: 'Crossing',
        template: 'sma-crossover',
        parameters: [
          { name: 'fast', value: '1' },
          { name: 'slow', value: '2' },
          { name: 'direction', value: 'longshort' },
        ],
        symbols: ['ALDR'],
        allocation: '0.5',
        size: 'units:10',
      },
    });
    strategyId = (created['strategy'] as { id: string }).id;
    await look('a draft');
    await ask(api, ENABLE_STRATEGY, { id: strategyId });
    await look('enabled');
    for (const [open, close] of [
      [100, 100],
      [100, 98],
      [98, 103],
      [103, 99],
      [99, 104],
    ] as const) {
      await api.world.day(open, close);
      await look(`closed at ${close}`);
    }
    await ask(api, PLACE_ORDER, ticket('past-1', { type: 'LIMIT', limitPrice: '50' }));
    await look('an order that rests');
    await ask(
      api,
      'mutation { setLimit(input: { name: "orderNotionalMax", value: "5000", reason: "a tighter limit for a test" }) { __typename ... on Error { message } } }',
    );
    await look('a limit');
    await ask(
      api,
      'mutation { engageKillSwitch(input: { action: FREEZE, reason: "a drill of the past" }) { __typename ... on Error { message } } }',
    );
    await look('stopped');
    await api.world.day(104, 101);
  });
  afterAll(() => api.close());

  test('is what a reader saw then: account, positions, orders, strategies, risk, to the last field', async () => {
    expect(seen).toHaveLength(11);
    for (const { seq, what, account: then } of seen) expect(await account({ seq }), `${what}, entry ${seq}`).toEqual(then);
    // Backwards too: one past does not colour another.
    for (const { seq, what, account: then } of seen.toReversed().slice(0, 4)) expect(await account({ seq }), what).toEqual(then);
  });

  test('by venue time it is the last entry of then', async () => {
    const last = new Map(seen.map((each) => [each.at, each]));
    const entries = await api.world.journal.read(0, 100_000);
    for (const { at, seq, account: then } of last.values()) {
      const newest = entries.findLast((entry) => entry.at <= at)?.seq;
      const { data } = await api.post('query ($asOf: AsOf) { overview(asOf: $asOf) { seq asOf } }', { asOf: { at: formatInstant(at) } });
      expect(data).toMatchObject({ overview: { seq: newest, asOf: formatInstant(at) } });
      if (newest === seq) expect(await account({ at: formatInstant(at) })).toEqual(then);
    }
  });

  test('one order and one strategy by id, and what was not there yet', async () => {
    const drafted = seen.find(({ what }) => what === 'a draft')?.seq ?? 0;
    const resting = seen.find(({ what }) => what === 'an order that rests');
    if (resting === undefined) throw new Error('nobody looked');
    const orders = (resting.account as [{ orders: { edges: { node: { id: string; state: string } }[] } }])[0].orders.edges;
    const id = orders.find(({ node }) => node.state === 'ACCEPTED' || node.state === 'WORKING')?.node.id;
    const document =
      'query ($id: ID!, $strategy: ID!, $asOf: AsOf) { order(id: $id, asOf: $asOf) { state } strategy(id: $strategy, asOf: $asOf) { state } }';
    const at = async (seq: number) => (await api.post(document, { id, strategy: strategyId, asOf: { seq } })).data;
    expect(await at(drafted)).toEqual({ order: null, strategy: { state: 'DRAFT' } });
    expect(await at(resting.seq)).toMatchObject({
      order: { state: expect.stringMatching(/ACCEPTED|WORKING/) },
      strategy: { state: 'PAPER' },
    });
    expect(await at(1)).toEqual({ order: null, strategy: null });
  });

  test('filters and pages of past orders', async () => {
    const { seq } = seen.at(-2) ?? { seq: 0 };
    const document = `query ($seq: Int!, $after: String, $group: String) {
      orders(first: 1, after: $after, filter: { group: $group }, asOf: { seq: $seq }) { totalCount edges { node { id state } } pageInfo { hasNextPage endCursor } } }`;
    const ids: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const page = (await api.post(document, { seq, after })).data?.['orders'] as {
        totalCount: number;
        edges: { node: { id: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      ids.push(...page.edges.map(({ node }) => node.id));
      total = page.totalCount;
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(ids).size).toBe(total);
    expect(total).toBeGreaterThan(1);
    const working = await api.post(document, { seq, group: 'working' });
    expect(working.data).toMatchObject({ orders: { totalCount: 1 } });
  });

  describe('is refused', () => {
    const overview = 'query ($asOf: AsOf) { overview(asOf: $asOf) { seq } }';
    test.each([
      { name: 'entry 0', asOf: { seq: 0 }, says: /from 1; got 0/ },
      { name: 'an entry below', asOf: { seq: -5 }, says: /from 1; got -5/ },
      { name: 'an entry of the future', asOf: { seq: 2_000_000_000 }, says: /in the future: the journal’s last entry is \d+/ },
      { name: 'a time before the start', asOf: { at: '1999-01-01T00:00:00Z' }, says: /before the journal’s start, 2024-03-04T/ },
      { name: 'a time of the future', asOf: { at: '2031-01-01T00:00:00Z' }, says: /in the future: the venue’s clock shows 2024-/ },
    ])('$name', async ({ asOf, says }) => {
      const { errors } = await api.post(overview, { asOf });
      expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(says), extensions: { code: 'BAD_USER_INPUT' } });
    });

    test.each([
      { asOf: {} },
      { asOf: { seq: 5, at: '2024-03-04T15:00:00Z' } },
      { asOf: { seq: null } },
      { asOf: { seq: '5' } },
      { asOf: 5 },
    ])('what names no single place: $asOf', async ({ asOf }) => {
      const { errors, data } = await api.post(overview, { asOf });
      expect(errors).toBeDefined();
      expect(data ?? null).toBeNull();
    });

    test('too much of it at once, and without a principal', async () => {
      const many = Array.from({ length: 11 }, (_, index) => `o${index}: overview(asOf: { seq: ${index + 1} }) { seq }`).join(' ');
      expect((await api.post(`{ ${many} }`)).errors?.[0]?.extensions?.code).toBe('QUERY_TOO_LARGE');
      const free = Array.from({ length: 11 }, (_, index) => `o${index}: overview(asOf: $asOf) { seq }`).join(' ');
      expect((await api.post(`query ($asOf: AsOf) { ${free} }`, { asOf: null })).errors).toBeUndefined();
      const { status } = await api.post(overview, { asOf: { seq: 3 } }, { authorization: 'Bearer tmk_nobody_nobody_nobody' });
      expect(status).toBe(401);
    });
  });

  test('many readers of one place, and of many, are all answered or told to wait', async () => {
    const head = api.world.journal.head().seq;
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        api.post('query ($s: Int!) { overview(asOf: { seq: $s }) { seq } }', { s: head - (index % 12) }),
      ),
    );
    for (const { data, errors } of answers) {
      if (errors === undefined) expect(data).toMatchObject({ overview: { seq: expect.any(Number) } });
      else expect(errors[0]?.extensions?.code).toBe('UNAVAILABLE');
    }
    expect(answers.filter(({ errors }) => errors === undefined).length).toBeGreaterThanOrEqual(8);
  });
});
