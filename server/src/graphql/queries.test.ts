import { readdirSync, readFileSync } from 'node:fs';
import { Kind, parse, print, visit } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { keyOf } from './test/principals.ts';
import { ask, PLACE_ORDER, ticket, tradeSomeDays } from './test/trading-day.ts';

const DOCUMENTS = new URL('../../../schema/documents/', import.meta.url);
const document = parse(
  readdirSync(DOCUMENTS)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(new URL(name, DOCUMENTS), 'utf8'))
    .join('\n'),
);

/** An operation with the fragments that it uses, as a client would send it. */
function documentOf(operation: OperationDefinitionNode): string {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const gather = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: ({ name }) => {
        const found = document.definitions.find((each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name.value);
        if (found?.kind !== Kind.FRAGMENT_DEFINITION || fragments.has(name.value)) return;
        fragments.set(name.value, found);
        gather(found);
      },
    });
  };
  gather(operation);
  const sent: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] };
  return print(sent);
}

withTestDatabases('queries', (openDatabase) => {
  let api: ApiWorld;
  /** The dashboard is a person's: what is their own is for no key. */
  let owner: LoggedIn;
  let strategyId: string;
  let runIds: readonly string[];
  let agentId: string;
  const backtest = async (fast: string): Promise<string> => {
    const input = { template: 'sma-crossover', symbol: 'ALDR', parameters: [{ name: 'fast', value: fast }] };
    const { run } = await ask(
      api,
      'mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { ... on RunPayload { run { id } } } }',
      { input },
    );
    const { id } = run as { id: string };
    const state = async (): Promise<unknown> => (await api.post('query ($id: ID!) { run(id: $id) { state } }', { id })).data?.['run'];
    await vi.waitFor(async () => expect(await state()).toEqual({ state: 'DONE' }), { timeout: 30_000, interval: 50 });
    return id;
  };
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    owner = await logIn(api);
    strategyId = await tradeSomeDays(api);
    await ask(api, PLACE_ORDER, ticket('query-1', { quantity: '5' }));
    await quiet(api.world);
    runIds = [await backtest('3'), await backtest('4')];
    agentId = (await keyOf(owner, 'viewer', { kind: 'agent', scopes: ['read'] })).id;
  });
  afterAll(() => api.close());

  describe('the dashboard’s queries are answered in full', () => {
    const queries = document.definitions
      .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
      .filter(({ operation }) => operation === 'query');
    test.each(queries.map((operation) => [operation.name?.value ?? '', operation] as const))('%s', async (_name, operation) => {
      const orders = await ask(api, '{ orders(first: 1) { edges { node { id } } } }');
      const [edge] = orders['edges'] as { node: { id: string } }[];
      const byName: Record<string, unknown> = {
        id: operation.name?.value === 'Strategy' ? strategyId : edge?.node.id,
        symbol: 'ALDR',
        ...(operation.name?.value === 'JournalCheck' ? { after: 0 } : {}),
        agent: agentId,
        erased: false,
        first: 20,
        last: 50,
        range: 'ALL',
        about: strategyId,
        strategyId,
        modelId: 'a'.repeat(64),
        otherId: 'b'.repeat(64),
        name: 'sma-crossover',
        version: 'a'.repeat(64),
        timeframe: 'DAY1',
        x: 'fast',
        kind: 'sweep',
        y: 'slow',
        ids: runIds,
        indicators: [{ indicator: 'RSI', parameters: [] }],
      };
      const wanted = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
      const variables = Object.fromEntries(wanted.filter((name) => name in byName).map((name) => [name, byName[name]]));
      const { errors } = await owner.post(documentOf(operation), variables);
      expect(errors, api.failures.join('; ')).toBeUndefined();
    });
  });

  test('a strategy’s profit is its trades and what it holds, to the cent', async () => {
    const strategy = await ask(
      api,
      'query ($id: ID!) { strategy(id: $id) { totalPnl dayPnl trades sparkline drawdown holdings { symbol quantity value } lastDecision source state } }',
      { id: strategyId },
    );
    const fills = [...api.world.session.state().strategies.values()];
    expect(fills).toHaveLength(1);
    expect(strategy).toMatchObject({ state: 'PAPER', trades: expect.any(Number) });
    const trades = (await api.opened.capabilities.trades.all()).filter((trade) => trade.strategyId === strategyId);
    expect(strategy['trades']).toBe(trades.length);
    expect(trades.length).toBeGreaterThan(0);
    const closed = trades.reduce((total, { grossPnl, fees }) => total + Number(grossPnl - fees) / 1e9, 0);
    const sparkline = strategy['sparkline'] as number[];
    expect(sparkline[trades.length]).toBeCloseTo(closed, 6);
    expect(sparkline.at(-1)).toBeCloseTo(Number(strategy['totalPnl']), 6);
  });

  test('a curve has as many points as are asked for, within bounds, and its ends are those of the whole', async () => {
    const [id] = runIds;
    const all = 'query ($id: ID!) { run(id: $id) { __typename equity { time } } }';
    const some = 'query ($id: ID!, $points: Int) { run(id: $id) { __typename equity(points: $points) { time } } }';
    const whole = (await ask(api, all, { id }))['equity'] as { time: string }[];
    const cut = (await ask(api, some, { id, points: 6 }))['equity'] as { time: string }[];
    expect(whole.length).toBeGreaterThan(300);
    expect(cut.length).toBeLessThanOrEqual(6);
    expect([cut.at(0), cut.at(-1)]).toEqual([whole.at(0), whole.at(-1)]);
    for (const points of [3, 10_001]) {
      const { errors } = await api.post(some, { id, points });
      expect(errors?.[0]?.message).toContain(`points must be 4 to 10000, got ${points}`);
    }
  });

  test('orders by group, page by page, each once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: Record<string, unknown> = await ask(
        api,
        'query ($after: String) { orders(first: 2, after: $after) { totalCount edges { node { id state } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      const edges = page['edges'] as { node: { id: string } }[];
      seen.push(...edges.map(({ node }) => node.id));
      const info = page['pageInfo'] as { hasNextPage: boolean; endCursor: string };
      after = info.endCursor;
      if (!info.hasNextPage) {
        expect(page['totalCount']).toBe(seen.length);
        break;
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    const filled = await ask(
      api,
      '{ orders(filter: { group: "filled" }) { edges { node { state fills { quantity price } life { name seq } slippageBps riskDecisionId } } } }',
    );
    for (const { node } of filled['edges'] as { node: { state: string; fills: unknown[]; life: unknown[] } }[]) {
      expect(node.state).toBe('FILLED');
      expect(node.fills.length).toBeGreaterThan(0);
      expect(node.life.length).toBeGreaterThan(1);
    }
  });

  test('every node is found again by its id', async () => {
    const answer = await api.post(`{
      orders(first: 1) { edges { node { id fills { id } } } } strategies { edges { node { id } } } positions { edges { node { id } } }
      instruments { id } limits { id } journal(first: 1) { edges { node { id } } } alerts(first: 1) { edges { node { id } } } }`);
    const ids = [...JSON.stringify(answer.data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(20);
    for (const id of ids) {
      const found = await ask(api, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });
      expect(found['id']).toBe(id);
    }
    expect((await api.post('{ node(id: "order-of-nobody") { id } }')).data).toEqual({ node: null });
  });

  test('a series has its indicators warmed up before the window, and no bar of the future', async () => {
    const series = await ask(
      api,
      `{ series(symbol: "ALDR", last: 30, indicators: [{ indicator: "SMA", parameters: [{ name: "timeperiod", value: "20" }] }, { indicator: "BBANDS", parameters: [{ name: "matype", value: "0" }] }]) {
        bars { t o h l c v } indicators { name values pane } fills { side } } }`,
    );
    const bars = series['bars'] as { t: string; c: number }[];
    const indicators = series['indicators'] as { name: string; values: (number | null)[] }[];
    expect(bars).toHaveLength(30);
    expect(Date.parse(bars.at(-1)?.t ?? '')).toBeLessThan(api.world.session.state().now);
    expect(indicators.map(({ name }) => name)).toEqual([
      'SMA_20',
      'BBANDS_5_2_2_SMA.upper',
      'BBANDS_5_2_2_SMA.middle',
      'BBANDS_5_2_2_SMA.lower',
    ]);
    for (const { values } of indicators) expect(values.filter((value) => value === null)).toEqual([]);
    const mean = bars.slice(-20).reduce((total, { c }) => total + c, 0) / 20;
    expect(indicators[0]?.values.at(-1)).toBeCloseTo(mean, 9);
  });

  test('columns are the same bars, and pages to the first bar of the one before join without a gap or a bar twice', async () => {
    const fields = 'columns { startAtMs open high low close volume }';
    interface Columns {
      readonly startAtMs: readonly number[];
    }
    const read = async (options: string): Promise<Columns> => {
      const series = await ask(api, `{ series(symbol: "ALDR", ${options}) { ${fields} } }`);
      return series['columns'] as Columns;
    };
    const both = await ask(api, `{ series(symbol: "ALDR", last: 60) { bars { t o h l c v } ${fields} } }`);
    const bars = both['bars'] as { t: string; o: number; h: number; l: number; c: number; v: number }[];
    expect(both['columns']).toEqual({
      startAtMs: bars.map(({ t }) => Date.parse(t)),
      open: bars.map(({ o }) => o),
      high: bars.map(({ h }) => h),
      low: bars.map(({ l }) => l),
      close: bars.map(({ c }) => c),
      volume: bars.map(({ v }) => v),
    });
    const newest = await read('last: 30');
    const older = await read(`last: 30, to: "${new Date(newest.startAtMs[0] ?? 0).toISOString()}"`);
    expect([...older.startAtMs, ...newest.startAtMs]).toEqual(bars.map(({ t }) => Date.parse(t)));
  });

  test('outputs of one indicator over the price and in a pane of their own', async () => {
    const series = await ask(
      api,
      `{ series(symbol: "ALDR", last: 30, indicators: [{ indicator: "SUPERTREND", parameters: [] }, { indicator: "HEIKIN_ASHI", parameters: [] }, { indicator: "CORREL", parameters: [{ name: "x", value: "close" }, { name: "y", value: "4" }] }]) {
        indicators { name values pane } } }`,
    );
    const indicators = series['indicators'] as { name: string; values: (number | null)[]; pane: string }[];
    expect(indicators.map(({ name, pane }) => [name, pane])).toEqual([
      ['SUPERTREND_10_3.value', 'price'],
      ['SUPERTREND_10_3.direction', 'own'],
      ['HEIKIN_ASHI.open', 'price'],
      ['HEIKIN_ASHI.high', 'price'],
      ['HEIKIN_ASHI.low', 'price'],
      ['HEIKIN_ASHI.close', 'price'],
      ['CORREL_30_close_volume', 'own'],
    ]);
    for (const { values } of indicators) expect(values.filter((value) => value === null)).toEqual([]);
  });

  test.each([
    ['{ orders(first: -1) { totalCount } }', 'first must be'],
    ['{ orders(first: 99999999) { totalCount } }', ''],
    ['{ orders(first: 2147483648) { totalCount } }', ''],
    ['{ orders(after: "nonsense") { totalCount } }', 'not a cursor'],
    ['{ orders(filter: { group: "lost" }) { totalCount } }', 'group must be'],
    ['{ series(symbol: "aapl") { symbol } }', 'symbol must be'],
    ['{ series(symbol: "ALDR", last: 0) { symbol } }', 'last must be'],
    ['{ series(symbol: "ALDR", indicators: [{ indicator: "NOPE", parameters: [] }]) { symbol } }', 'NOPE'],
    [
      '{ series(symbol: "ALDR", indicators: [{ indicator: "SMA", parameters: [{ name: "timeperiod", value: "0" }] }]) { symbol } }',
      'timeperiod',
    ],
    ['{ series(symbol: "ALDR", from: "yesterday") { symbol } }', 'not a time'],
  ])('%s is refused in words', async (query, words) => {
    const { errors } = await api.post(query);
    expect(errors?.[0]?.message).toContain(words);
    expect(errors?.[0]?.message).not.toMatch(/\bat .*\.ts|select |Invariant/);
  });

  test('the journal from its newest, by an actor and a time, and its chain worked out again', async () => {
    const document = `query ($actor: String, $since: DateTime) {
      journal(first: 5, newestFirst: true, actor: $actor, since: $since) { edges { node { seq actor at } } pageInfo { hasNextPage endCursor } }
    }`;
    const page = await ask(api, document, { actor: 'user:', since: '2000-01-01T00:00:00Z' });
    const nodes = (page['edges'] as { node: { seq: number; actor: string } }[]).map(({ node }) => node);
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.every(({ actor }) => actor.startsWith('user:'))).toBe(true);
    expect(nodes.map(({ seq }) => seq)).toEqual(nodes.map(({ seq }) => seq).toSorted((a, b) => b - a));
    const check =
      'query ($after: Int!, $first: Int) { journalCheck(after: $after, first: $first) { from to headSeq hash previousHash problem { seq } } }';
    const whole = await ask(api, check, { after: 0, first: null });
    const { seq, hash } = api.world.journal.head();
    expect(whole).toMatchObject({ from: 1, to: seq, headSeq: seq, hash, problem: null });
    for (const [variables, says] of [
      [{ after: -1 }, /from 0 to \d+; got -1/],
      [{ after: seq + 1 }, /got \d+/],
      [{ after: 0, first: 5_001 }, /first must be 1 to 5000, got 5001/],
    ] as const)
      expect((await api.post(check, variables)).errors?.[0]?.message).toMatch(says);
  });

  test('the journal by what an entry mentions', async () => {
    const about = await ask(
      api,
      'query ($about: String) { journal(first: 100, about: $about) { edges { node { seq kind type at writtenAt actor cause hash previousHash payload } } } }',
      { about: strategyId },
    );
    const nodes = (about['edges'] as { node: { kind: string; payload: string } }[]).map(({ node }) => node);
    expect(nodes.map(({ kind }) => kind)).toContain('StrategyCreated');
    for (const { payload } of nodes) expect(() => JSON.parse(payload) as unknown).not.toThrow();
  });
});
