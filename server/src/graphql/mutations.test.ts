import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet, waitForRun } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { logIn } from './test/log-in.ts';
import { ask, CREATE_STRATEGY, ENABLE_STRATEGY, PLACE_ORDER, ticket } from './test/trading-day.ts';

const CANCEL =
  'mutation ($id: ID!) { cancelOrder(id: $id) { __typename ... on Error { message } ... on OrderPayload { order { id state } } } }';
const SET_LIMIT =
  'mutation ($input: SetLimitInput!) { setLimit(input: $input) { __typename ... on Error { message } ... on InvalidInputError { field } ... on LimitPayload { limit { name value changedBy default ceiling } } } }';
const KILL =
  'mutation ($input: KillSwitchInput!) { engageKillSwitch(input: $input) { __typename ... on Error { message } ... on ControlsPayload { controls { tradingState because } } } }';
const RELEASE =
  'mutation ($reason: String!) { releaseKillSwitch(reason: $reason) { __typename ... on Error { message } ... on ProposalPayload { proposal { id } } } }';
const CONFIGURE =
  'mutation ($input: ConfigureStrategyInput!) { configureStrategy(input: $input) { __typename ... on Error { message } ... on InvalidInputError { field } ... on StrategyPayload { strategy { parameters { name value } allocation size } } } }';
const RUN = `mutation ($input: RunBacktestInput!) { runBacktest(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field } ... on CompileFailedError { errors { line message } } ... on RunPayload { run { id state command parameters { name value } } } } }`;

const strategy = (change: Record<string, unknown>): Record<string, unknown> => ({
  input: { name: 'Bad', template: 'sma-crossover', symbols: ['ALDR'], ...change },
});
const backtest = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  input: { template: 'sma-crossover', symbol: 'ALDR', ...change },
});

withTestDatabases('mutations', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
  });
  afterAll(() => api.close());

  describe('placeOrder', () => {
    test('the same key gives the same order, also asked many times at once; another body is a conflict', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(api, PLACE_ORDER, ticket('once'))));
      const ids = answers.map((answer) => (answer['order'] as { id: string }).id);
      expect(new Set(ids).size).toBe(1);
      expect(await ask(api, PLACE_ORDER, ticket('once', { quantity: '11' }))).toMatchObject({ __typename: 'ConflictError' });
      await quiet(api.world);
      const requested = await api.world.journal.read(0, 10_000);
      expect(requested.filter(({ kind }) => kind === 'OrderRequested')).toHaveLength(1);
    });

    test('an order rests, and is cancelled once', async () => {
      const placed = await ask(api, PLACE_ORDER, ticket('resting', { type: 'LIMIT', limitPrice: '50', reason: 'a test' }));
      expect(placed).toMatchObject({
        __typename: 'OrderPayload',
        order: { type: 'LIMIT', limitPrice: '50', reason: 'a test', origin: 'ticket' },
      });
      const { id } = placed['order'] as { id: string };
      await quiet(api.world);
      expect(await ask(api, CANCEL, { id })).toMatchObject({ __typename: 'OrderPayload' });
      await quiet(api.world);
      expect(await ask(api, CANCEL, { id })).toMatchObject({ __typename: 'ConflictError' });
      expect(await ask(api, CANCEL, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    });

    test.each([
      ['an empty key', { idempotencyKey: '' }, 'idempotencyKey'],
      ['a key with a space', { idempotencyKey: 'a b' }, 'idempotencyKey'],
      ['a small letter', { symbol: 'aldr' }, 'symbol'],
      ['a homoglyph', { symbol: 'АLDR' }, 'symbol'],
      ['a right-to-left mark', { symbol: 'ALDR\u200f' }, 'symbol'],
      ['a line break', { symbol: 'ALDR\n' }, 'symbol'],
      ['an unlisted symbol', { symbol: 'ZZZZ' }, 'symbol'],
      ['a quantity of zero', { quantity: '0' }, 'quantity'],
      ['a negative quantity', { quantity: '-1' }, 'quantity'],
      ['a limit order without a limit', { type: 'LIMIT' }, 'limitPrice'],
      ['a market order with a limit', { limitPrice: '1' }, 'limitPrice'],
      ['a stop order without a stop', { type: 'STOP' }, 'stopPrice'],
      ['a price of zero', { type: 'LIMIT', limitPrice: '0' }, 'limitPrice'],
      ['hidden text in the reason', { reason: 'ok\u202eko' }, 'reason'],
    ])('%s is refused by its field', async (_name, change, field) => {
      const answer = await ask(api, PLACE_ORDER, ticket('bad', change));
      expect(answer).toMatchObject({ __typename: 'InvalidInputError', field, hint: expect.stringMatching(/\w/) });
    });

    test.each(['NaN', '1e400', '-0', '0x10', ' 1', '1'.repeat(40), '١٢', '', '.', '1.', '+1', '0.0000000001'])(
      'the decimal %j never reaches a resolver',
      async (text) => {
        const { errors, data } = await api.post(PLACE_ORDER, ticket('bad', { quantity: text }));
        expect(data).toBeUndefined();
        expect(errors?.[0]?.message).toContain('decimal number');
      },
    );

    test('numbers are not taken for decimals', async () => {
      const { errors } = await api.post(PLACE_ORDER, ticket('bad', { quantity: 10 }));
      expect(errors?.[0]?.message).toContain('decimal number');
    });
  });

  test('previewOrder places nothing', async () => {
    const before = api.world.journal.head().seq;
    const preview =
      'mutation ($input: PlaceOrderInput!) { previewOrder(input: $input) { __typename ... on OrderPreview { verdict denials { code } orderRisk notional referencePrice exposureBefore exposureAfter } } }';
    expect(await ask(api, preview, ticket('seen', { quantity: '2' }))).toMatchObject({ __typename: 'OrderPreview', verdict: 'approved' });
    expect(api.world.journal.head().seq).toBe(before);
  });

  describe('strategies', () => {
    test.each([
      ['a name with markup', { name: '<b>' }, 'InvalidInputError', 'name'],
      ['no such template', { template: 'nope' }, 'InvalidInputError', 'template'],
      ['neither template nor source', { template: undefined }, 'InvalidInputError', 'template'],
      ['both', { source: 'x' }, 'InvalidInputError', 'source'],
      ['no symbol', { symbols: [] }, 'InvalidInputError', 'symbols'],
      ['an unknown symbol', { symbols: ['ZZZZ'] }, 'InvalidInputError', 'symbols'],
      ['one symbol twice', { symbols: ['ALDR', 'ALDR'] }, 'InvalidInputError', 'symbols'],
      ['an unknown parameter', { parameters: [{ name: 'speed', value: '1' }] }, 'InvalidInputError', 'parameters'],
      ['a parameter out of bounds', { parameters: [{ name: 'fast', value: '0' }] }, 'InvalidInputError', 'parameters'],
      [
        'a parameter twice',
        {
          parameters: [
            { name: 'fast', value: '3' },
            { name: 'fast', value: '4' },
          ],
        },
        'InvalidInputError',
        'parameters',
      ],
      [
        'parameters that contradict each other',
        {
          parameters: [
            { name: 'fast', value: '50' },
            { name: 'slow', value: '10' },
          ],
        },
        'InvalidInputError',
        'parameters',
      ],
      ['more than all equity', { allocation: '1.5' }, 'InvalidInputError', 'allocation'],
      ['a size without a meaning', { size: 'lots' }, 'InvalidInputError', 'size'],
    ])('%s', async (_name, change, type, field) => {
      expect(await ask(api, CREATE_STRATEGY, strategy(change))).toMatchObject({ __typename: type, field });
    });

    test('a source with a mistake says where', async () => {
      const answer = await ask(
        api,
        CREATE_STRATEGY,
        strategy({ template: undefined, source: "import { Strategy } from 'tidemark';\nlet x: i32 = 'text';\n" }),
      );
      expect(answer).toMatchObject({ __typename: 'CompileFailedError' });
      expect((answer['errors'] as { line: number }[]).map(({ line }) => line)).toContain(2);
    });

    test('created, configured, enabled, disabled', async () => {
      const created = await ask(api, CREATE_STRATEGY, strategy({ name: 'Turtle 1', parameters: [{ name: 'fast', value: '5' }] }));
      expect(created).toMatchObject({
        __typename: 'StrategyPayload',
        strategy: { name: 'Turtle 1', state: 'DRAFT', template: 'sma-crossover' },
      });
      expect((created['strategy'] as { source: string }).source).toContain('import');
      expect(await ask(api, CREATE_STRATEGY, strategy({ name: 'Turtle 1' }))).toMatchObject({ __typename: 'ConflictError' });
      const { id } = created['strategy'] as { id: string };
      const configured = await ask(api, CONFIGURE, { input: { id, parameters: [{ name: 'fast', value: '6' }], size: 'units:7' } });
      expect(configured).toMatchObject({
        strategy: { size: 'units:7', parameters: expect.arrayContaining([{ name: 'fast', value: '6' }]) },
      });
      expect(await ask(api, CONFIGURE, { input: { id, size: 'units:-1' } })).toMatchObject({
        __typename: 'InvalidInputError',
        field: 'size',
      });
      expect(await ask(api, CONFIGURE, { input: { id: 'x' } })).toMatchObject({ __typename: 'NotFoundError' });
      expect(await ask(api, ENABLE_STRATEGY, { id })).toMatchObject({ strategy: { state: 'PAPER' } });
      expect(await ask(api, ENABLE_STRATEGY, { id })).toMatchObject({ __typename: 'ConflictError' });
      expect(await ask(api, CONFIGURE, { input: { id, size: 'units:8' } })).toMatchObject({ __typename: 'ConflictError' });
      const disable =
        'mutation ($id: ID!) { disableStrategy(id: $id, reason: "enough for today") { __typename ... on Error { message } ... on StrategyPayload { strategy { state pausedBecause } } } }';
      expect(await ask(api, disable, { id })).toMatchObject({ strategy: { state: 'PAUSED' } });
      expect(await ask(api, disable, { id })).toMatchObject({ __typename: 'ConflictError' });
      expect(await ask(api, ENABLE_STRATEGY, { id: 'nobody' })).toMatchObject({ __typename: 'NotFoundError' });
    });
  });

  describe('setLimit', () => {
    test('holds from now on, and says who', async () => {
      const answer = await ask(api, SET_LIMIT, { input: { name: 'openPositionsMax', value: '7', reason: 'a calm week' } });
      expect(answer).toMatchObject({ limit: { name: 'openPositionsMax', value: '7', changedBy: expect.stringContaining('user:') } });
    });
    test.each([
      ['an unknown name', { name: '__proto__', value: '1', reason: 'why not' }, 'name'],
      ['beyond the ceiling', { name: 'orderRiskRatioMax', value: '0.9', reason: 'why not' }, 'value'],
      ['negative', { name: 'orderRiskRatioMax', value: '-0.01', reason: 'why not' }, 'value'],
      ['a broken count', { name: 'openPositionsMax', value: '1.5', reason: 'why not' }, 'value'],
      ['no reason', { name: 'orderRiskRatioMax', value: '0.01', reason: ' ' }, 'reason'],
    ])('%s is refused', async (_name, input, field) => {
      expect(await ask(api, SET_LIMIT, { input })).toMatchObject({ __typename: 'InvalidInputError', field });
    });
  });

  test('the kill switch denies entries with its reason, until it is released', async () => {
    expect(await ask(api, RELEASE, { reason: 'nothing to do' })).toMatchObject({ __typename: 'ConflictError' });
    expect(await ask(api, KILL, { input: { action: 'FREEZE', reason: '' } })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await ask(api, KILL, { input: { action: 'FREEZE', reason: 'a drill' } })).toMatchObject({
      controls: { tradingState: expect.not.stringMatching('ACTIVE') },
    });
    const denied = await ask(api, PLACE_ORDER, ticket('denied', { quantity: '1' }));
    expect(denied).toMatchObject({
      __typename: 'OrderDeniedError',
      denials: expect.arrayContaining([expect.objectContaining({ code: 'TradingState' })]),
    });
    expect(await ask(api, RELEASE, { reason: 'the drill is over' })).toMatchObject({ __typename: 'ProposalPayload' });
    expect(api.world.session.state().tradingState).toBe('FROZEN');
    await quiet(api.world);
    const alerts = await ask(api, '{ alerts(open: true) { edges { node { id code severity seq } } } }');
    const [alert] = alerts['edges'] as { node: { id: string } }[];
    expect(alert).toBeDefined();
    const acknowledge =
      'mutation ($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { __typename ... on AlertPayload { alert { id acknowledgedBy note } } } }';
    expect(await ask(api, acknowledge, { id: alert?.node.id, note: 'x'.repeat(501) })).toMatchObject({
      __typename: 'InvalidInputError',
    });
    expect(await ask(api, acknowledge, { id: alert?.node.id, note: ' the cable was loose ' })).toMatchObject({
      alert: { acknowledgedBy: expect.stringContaining('user:'), note: 'the cable was loose' },
    });
    await quiet(api.world);
    const noted = await ask(api, '{ alerts(open: false) { edges { node { id note } } } }');
    expect(noted['edges']).toContainEqual({ node: { id: alert?.node.id, note: 'the cable was loose' } });
    expect(await ask(api, acknowledge, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
  });

  describe('runBacktest', () => {
    test.each([
      ['two things to test', { strategyId: 'x' }, 'InvalidInputError'],
      ['no such strategy', { template: undefined, strategyId: 'x' }, 'NotFoundError'],
      ['no bars', { symbol: 'ZZZZ' }, 'InvalidInputError'],
      ['an end before its start', { from: '2023-01-01T00:00:00Z', to: '2022-01-01T00:00:00Z' }, 'InvalidInputError'],
      ['no cash', { cash: '0' }, 'InvalidInputError'],
      ['a fee above everything', { commissionRate: 2 }, 'InvalidInputError'],
      ['an unknown fill', { fill: 'yesterday' }, 'InvalidInputError'],
      ['limits that there are not', { risk: '{"hope":1}' }, 'InvalidInputError'],
      ['limits that are no JSON', { risk: 'limits.json' }, 'InvalidInputError'],
      ['leverage of nothing', { leverage: 0 }, 'InvalidInputError'],
      ['an unknown size', { size: 'huge' }, 'InvalidInputError'],
      ['a bad parameter', { parameters: [{ name: 'fast', value: 'x' }] }, 'InvalidInputError'],
      ['a source that does not compile', { template: undefined, source: 'nonsense(' }, 'CompileFailedError'],
    ])('%s', async (_name, change, type) => {
      expect(await ask(api, RUN, backtest(change))).toMatchObject({ __typename: type });
    });

    test.each([
      ['fill', { fill: 'yesterday' }],
      ['unaffordable', { unaffordable: 'beg' }],
      ['protectiveFrom', { protectiveFrom: 'never' }],
      ['risk', { risk: 'much' }],
      ['volumeLimit', { volumeLimit: 0 }],
      ['debitRate', { debitRate: 99 }],
    ])('names the field that is wrong: %s', async (field, change) => {
      const answer = await ask(api, RUN, backtest(change));
      expect(answer).toMatchObject({ __typename: 'InvalidInputError', field });
      expect(answer['message']).not.toContain('--');
    });

    test('takes every option, and says them all in its command', async () => {
      const started = await ask(
        api,
        RUN,
        backtest({
          commissionMinimum: 1,
          regulatoryFees: true,
          fill: 'volume-share',
          volumeLimit: 0.1,
          impact: 0.2,
          spreadBps: 3,
          unaffordable: 'reduce',
          protectiveFrom: 'next-bar',
          leverage: 2,
          maintenance: 0.3,
          borrowRate: 0.03,
          cashRate: 0.01,
          debitRate: 0.06,
          risk: '{"drawdown":0.2}',
          periodsPerYear: 365,
          seed: 7,
        }),
      );
      const { id, command } = started['run'] as { id: string; command: string };
      for (const words of [
        '--commission-minimum 1',
        '--regulatory-fees',
        '--fill volume-share',
        '--volume-limit 0.1',
        '--impact 0.2',
        '--spread-bps 3',
        '--unaffordable reduce',
        '--protective-from next-bar',
        '--leverage 2',
        '--maintenance 0.3',
        '--borrow-rate 0.03',
        '--cash-rate 0.01',
        '--debit-rate 0.06',
        '"drawdown":0.2',
        '"openPositions":20',
        '--periods-per-year 365',
        '--seed 7',
      ])
        expect(command).toContain(words);
      await waitForRun(api, id);
      expect(await ask(api, 'query ($id: ID!) { run(id: $id) { state error } }', { id })).toMatchObject({ state: 'DONE', error: null });
    });

    test('runs to its end, with metrics, trades, a report and the command that repeats it', async () => {
      const started = await ask(
        api,
        RUN,
        backtest({
          parameters: [
            { name: 'fast', value: '5' },
            { name: 'slow', value: '20' },
          ],
        }),
      );
      const { id } = started['run'] as { id: string };
      await waitForRun(api, id);
      const run = await ask(
        api,
        'query ($id: ID!) { run(id: $id) { state progress error bars dataHash from to badges command reportUrl jsonUrl metrics { name label value unit } trades { symbol entryPrice } equity { time equity drawdown } } }',
        { id },
      );
      expect(run).toMatchObject({
        state: 'DONE',
        progress: 1,
        error: null,
        reportUrl: `/reports/${id}.html`,
        badges: expect.arrayContaining(['fewer than 30 trades']),
      });
      expect(run['command']).toContain('--strategy sma-crossover --symbols ALDR');
      expect((run['trades'] as unknown[]).length).toBeGreaterThan(2);
      const points = run['equity'] as { drawdown: number }[];
      expect(points.length).toBe(run['bars']);
      expect(Math.max(...points.map(({ drawdown }) => drawdown))).toBe(0);
      const studied = await ask(
        api,
        'query ($id: ID!) { run(id: $id) { roundTrips { note trips { trade { symbol entryPrice } adverse favourable } } cone { reason accounts points { time equity levels } } } }',
        { id },
      );
      const { note, trips } = studied['roundTrips'] as {
        note: string | null;
        trips: { trade: unknown; adverse: number; favourable: number }[];
      };
      expect(note).toBeNull();
      expect(trips.map(({ trade }) => trade)).toEqual(run['trades']);
      expect(trips.every(({ adverse, favourable }) => adverse <= 0 && favourable >= 0)).toBe(true);
      const cone = studied['cone'] as { reason: string | null; points: { time: string; levels: number[] }[] };
      expect(cone.reason).toBeNull();
      expect(cone.points.at(-1)?.time).toBe((run['equity'] as { time: string }[]).at(-1)?.time);
      const json = await fetch(`${api.server.url}/reports/${id}.json`, { headers: { authorization: `Bearer ${api.apiKey}` } });
      expect(await json.json()).toMatchObject({ data: { symbols: ['ALDR'] } });
      for (const [what, header] of [
        ['trades', 'symbol,direction,status,size,entry_time'],
        ['equity', 'time,equity,drawdown'],
      ] as const) {
        const csv = await fetch(`${api.server.url}/reports/${id}.${what}.csv`, { headers: { authorization: `Bearer ${api.apiKey}` } });
        expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="${id}.${what}.csv"`);
        expect(await csv.text()).toContain(header);
      }
      expect((await fetch(`${api.server.url}/reports/${id}.equity.csv`)).status).toBe(401);
      const html = await fetch(`${api.server.url}/reports/${id}.html`, { headers: { authorization: `Bearer ${api.apiKey}` } });
      expect(html.headers.get('content-security-policy')).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
      expect((await fetch(`${api.server.url}/reports/${id}.html`)).status).toBe(401);
      const abort = 'mutation ($id: ID!) { abortRun(id: $id) { __typename ... on Error { message } } }';
      expect(await ask(api, abort, { id })).toMatchObject({ __typename: 'ConflictError' });
      expect(await ask(api, abort, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    });
  });

  test('an API key works at once, its name is checked, and no key makes another', async () => {
    const create =
      'mutation ($name: String!) { createApiKey(name: $name) { __typename ... on InvalidInputError { field } ... on ApiKeyPayload { secret name role } } }';
    const refused = await api.post(create, { name: 'notebook' });
    expect(refused.errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
    const owner = await logIn(api);
    expect(await owner.ask(create, { name: '\u202e' })).toMatchObject({ __typename: 'InvalidInputError', field: 'name' });
    const made = await owner.ask(create, { name: 'notebook' });
    expect(made).toMatchObject({ role: 'TRADER' });
    const { status, data } = await api.post('{ viewer { name kind role } }', {}, { authorization: `Bearer ${String(made['secret'])}` });
    expect([status, data]).toEqual([200, { viewer: { name: 'notebook', kind: 'api-key', role: 'TRADER' } }]);
  });
});
