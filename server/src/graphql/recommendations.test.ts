import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitingRecommendations } from '../engine/recommending.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { ask, tradeSomeDays } from './test/trading-day.ts';

const PARTS =
  'id state symbol side quantity releasedQuantity decidedBy decisionReason reason exposureBefore exposureAfter limits { title before after } denials { code }';
const DECIDED = `__typename ... on Error { message } ... on OrderDeniedError { denials { code } } ... on RecommendationPayload { recommendation { ${PARTS} } }`;
const APPROVE = `mutation ($id: ID!) { approveRecommendation(id: $id) { ${DECIDED} } }`;
const REDUCE = `mutation ($id: ID!, $quantity: Decimal!) { reduceRecommendation(id: $id, quantity: $quantity, reason: "half of it") { ${DECIDED} } }`;
const REJECT = `mutation ($id: ID!, $reason: String!) { rejectRecommendation(id: $id, reason: $reason) { ${DECIDED} } }`;
const SET = `mutation ($input: SetStrategyExecutionInput!) { setStrategyExecution(input: $input) {
  __typename ... on Error { message } ... on ProposalPayload { proposal { id hash title } } ... on StrategyPayload { strategy { executionMode waitMinutes shadow { result fills waiting } } } } }`;
const APPROVE_CHANGE =
  'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }';
const LIST = `query ($states: [RecommendationState!]) { recommendations(states: $states) { edges { node { ${PARTS} } } } }`;

let api: ApiWorld;
let trader: LoggedIn;
let officer: LoggedIn;
let strategyId: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  strategyId = await tradeSomeDays(api);
  const owner = await logIn(api);
  trader = await joined(api, owner, 'Tess', 'trader');
  officer = await joined(api, owner, 'Olga', 'risk_officer');
});
afterAll(() => api.close());

const setMode = (mode: string, change: Record<string, unknown> = {}) =>
  trader.ask(SET, { input: { strategyId, mode, reason: 'look first', ...change } });

/** Days of rise and fall until the strategy wants something that waits; what it closes fills meanwhile. */
async function untilRecommended(): Promise<string> {
  for (let day = 0; day < 20; day += 1) {
    const [one] = waitingRecommendations(api.world.session.state());
    if (one !== undefined) {
      await api.projector.waitFor(api.world.journal.head().seq);
      return one.id;
    }
    const level = 100 + 8 * Math.sin(day * 1.3);
    await api.world.day(level, level);
    await quiet(api.world);
  }
  throw new Error('nothing was recommended');
}

async function listed(states?: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { edges } = await trader.ask(LIST, { states });
  return (edges as readonly { readonly node: Record<string, unknown> }[]).map(({ node }) => node);
}

describe('how a strategy executes', () => {
  test('is set by one person where that restricts, with a reason and a sensible time', async () => {
    expect(await setMode('AUTOMATIC')).toMatchObject({ __typename: 'ConflictError', message: 'It is automatic already.' });
    expect(await setMode('RECOMMEND', { reason: '' })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await setMode('RECOMMEND', { waitMinutes: 0 })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await setMode('SHADOW', { waitMinutes: 5 })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await setMode('SHADOW', { strategyId: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await setMode('SHADOW')).toMatchObject({ strategy: { executionMode: 'SHADOW', shadow: { result: '0', fills: 0 } } });
    expect(await setMode('RECOMMEND')).toMatchObject({ strategy: { executionMode: 'RECOMMEND', waitMinutes: 1440, shadow: null } });
  });
});

describe('a recommendation', () => {
  test('is rejected with a reason, and stays so', async () => {
    const id = await untilRecommended();
    const [waiting] = await listed(['WAITING']);
    expect(waiting).toMatchObject({ id, state: 'WAITING', symbol: 'ALDR', quantity: '10', exposureBefore: '0' });
    expect(Number(waiting?.['exposureAfter'])).toBeGreaterThan(900);
    expect(await ask(api, APPROVE, { id })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/Programs decide/),
    });
    expect(await trader.ask(REJECT, { id, reason: '' })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await trader.ask(REJECT, { id, reason: 'the news is bad' })).toMatchObject({
      recommendation: { state: 'REJECTED', decidedBy: 'Tess', decisionReason: 'the news is bad' },
    });
    expect(await trader.ask(APPROVE, { id })).toMatchObject({ __typename: 'ConflictError' });
    expect(await trader.ask(APPROVE, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    expect(api.world.session.state().orders.has(id)).toBe(false);
  });

  test('is reduced to fewer units, and that order goes', async () => {
    const id = await untilRecommended();
    for (const quantity of ['10', '11', '0', '-1'])
      expect(await trader.ask(REDUCE, { id, quantity })).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/Reduced means above 0 and below 10/),
      });
    expect(await trader.ask(REDUCE, { id, quantity: '4' })).toMatchObject({ recommendation: { state: 'REDUCED', releasedQuantity: '4' } });
    await quiet(api.world);
    expect(api.world.session.state().orders.get(id)?.intent.quantity).toBe(4_000_000_000n);
    expect(api.world.broker.received).toContain(id);
  });

  test('passes the gate again: a denial names its codes', async () => {
    const id = await untilRecommended();
    const { session } = api.world;
    const limit = { kind: 'LimitSet', by: 'user:test', name: 'orderNotionalUsdMax', reason: 'tighter' } as const;
    await session.command({ ...limit, at: session.state().now, value: '1' });
    expect(await trader.ask(APPROVE, { id })).toMatchObject({ __typename: 'OrderDeniedError', denials: [{ code: 'OrderNotional' }] });
    await session.command({ ...limit, at: session.state().now, value: '25000' });
    expect((await listed(['DENIED'])).map((one) => [one['id'], one['denials']])).toEqual([[id, [{ code: 'OrderNotional' }]]]);
  });

  test('counts in the agreement of its strategy and of the person', async () => {
    const id = await untilRecommended();
    expect(await trader.ask(APPROVE, { id })).toMatchObject({ recommendation: { state: 'APPROVED', releasedQuantity: '10' } });
    const row = { approved: 1, reduced: 1, rejected: 1, denied: 1, rate: 0.5 };
    expect(
      await trader.ask(
        '{ recommendationAgreement { byStrategy { name approved reduced rejected denied rate } byPerson { name approved reduced rejected denied rate } } }',
      ),
    ).toEqual({ byStrategy: [{ name: 'Crossing', ...row }], byPerson: [{ name: 'Tess', ...row }] });
  });

  test('stands in the table as a rebuild makes it', async () => {
    const before = await listed();
    expect(before.length).toBeGreaterThanOrEqual(4);
    await api.projector.rebuild();
    expect(await listed()).toEqual(before);
  });
});

test('back to automatic takes a second person, once two are asked for', async () => {
  const { session } = api.world;
  await session.command({ kind: 'SecondPersonRequired', at: session.state().now });
  const proposed = await setMode('AUTOMATIC');
  expect(proposed).toMatchObject({ __typename: 'ProposalPayload', proposal: { title: `Let a strategy trade by itself: ${strategyId}` } });
  expect(session.state().strategies.get(strategyId)?.execution?.mode).toBe('recommend');
  const { id, hash } = proposed['proposal'] as { readonly id: string; readonly hash: string };
  expect(await officer.ask(APPROVE_CHANGE, { id, hash })).toMatchObject({ __typename: 'ProposalPayload' });
  expect(session.state().strategies.get(strategyId)?.execution).toBeUndefined();
});
