import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmSession } from '../accounts/session-service.ts';
import { FRESH_MS } from '../approvals/roles.ts';
import { instantFromMs } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';

const PARTS =
  'id state quantity explanation sources hash policyVersion needsTwo proposer { kind name owner } firstApproval { by } hindsight { result }';
const ANSWER = `__typename ... on Error { message } ... on OrderRefusedError { denials { code } recommendation { state } } ... on InvalidInputError { field } ... on RecommendationPayload { recommendation { ${PARTS} } }`;
const PROPOSE = `mutation ($input: ProposeOrderInput!) { proposeOrder(input: $input) { ${ANSWER} } }`;
const DECIDED = `__typename ... on Error { message } ... on RecommendationPayload { recommendation { ${PARTS} } }`;
const APPROVE = `mutation ($id: ID!, $hash: String, $policyVersion: String) { approveRecommendation(id: $id, hash: $hash, policyVersion: $policyVersion) { ${DECIDED} } }`;
const WITHDRAW = `mutation ($id: ID!) { withdrawRecommendation(id: $id, reason: "changed") { ${DECIDED} } }`;
const CREATE =
  'mutation { createApiKey(name: "Scout", kind: AGENT, role: TRADER, scopes: [PROPOSE]) { __typename ... on ApiKeyPayload { secret } } }';

type Answer = Record<string, unknown>;
let api: ApiWorld;
let owner: LoggedIn;
let trader: LoggedIn;
let secret: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  owner = await logIn(api);
  trader = await joined(api, owner, 'Tess', 'trader');
  secret = String((await owner.ask(CREATE))['secret']);
});
afterAll(() => api.close());

const byAgent = (query: string, variables: Answer) => api.post(query, variables, { authorization: `Bearer ${secret}` });
async function propose(change: Answer = {}): Promise<Answer> {
  const order = { idempotencyKey: 'one', symbol: 'ALDR', side: 'BUY', quantity: '1', type: 'LIMIT', limitPrice: '100' };
  const input = { ...order, explanation: 'It fell.\nSee the run.', sources: ['run r1'], ...change };
  const { data, errors } = await byAgent(PROPOSE, { input });
  expect(errors).toBeUndefined();
  return (data as Record<string, Answer>)['proposeOrder'] ?? expect.unreachable();
}

test('an agent asks once, a person lets exactly that go, and nobody else does', async () => {
  const first = await propose();
  expect(first).toMatchObject({
    __typename: 'RecommendationPayload',
    recommendation: {
      state: 'WAITING',
      explanation: 'It fell.\nSee the run.',
      sources: ['run r1'],
      needsTwo: false,
      proposer: { kind: 'AGENT', name: 'Scout' },
    },
  });
  expect(await propose()).toEqual(first);
  expect(await propose({ quantity: '2' })).toMatchObject({ __typename: 'ConflictError' });
  const { id, hash, policyVersion } = first['recommendation'] as Answer;
  expect((await byAgent(APPROVE, { id, hash, policyVersion })).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await trader.ask(APPROVE, { id })).toMatchObject({ message: expect.stringMatching(/Say what you were shown/) });
  expect(await trader.ask(APPROVE, { id, hash, policyVersion: 'x' })).toMatchObject({ message: expect.stringMatching(/look again/) });
  expect(api.world.session.state().orders.has(String(id))).toBe(false);
  expect(await trader.ask(APPROVE, { id, hash, policyVersion })).toMatchObject({ recommendation: { id, state: 'APPROVED' } });
  expect(api.world.session.state().orders.get(String(id))?.intent.origin).toMatchObject({ principal: expect.stringMatching(/^agent:/) });
  expect(await trader.ask(APPROVE, { id, hash, policyVersion })).toMatchObject({ __typename: 'ConflictError' });
  expect(await propose()).toMatchObject({ recommendation: { id, state: 'APPROVED' } });
});

test('people place their orders, and propose none', async () => {
  const input = { idempotencyKey: 'mine', symbol: 'ALDR', side: 'BUY', quantity: '1', explanation: 'why' };
  expect(await trader.ask(PROPOSE, { input })).toMatchObject({
    __typename: 'ConflictError',
    message: expect.stringMatching(/Agents propose/),
  });
});

test('what the gate would deny is refused with its reasons, and what cannot be read names its field', async () => {
  const limit = { name: 'orderNotionalUsdMax', value: '1000', reason: 'small' };
  await owner.ask('mutation ($input: SetLimitInput!) { setLimit(input: $input) { __typename } }', { input: limit });
  expect(await propose({ idempotencyKey: 'huge', quantity: '100000' })).toMatchObject({
    __typename: 'OrderRefusedError',
    denials: expect.arrayContaining([expect.objectContaining({ code: 'OrderNotional' })]),
    recommendation: { state: 'REFUSED' },
  });
  expect(await propose({ idempotencyKey: 'bad', explanation: 'x\u0007' })).toMatchObject({ field: 'explanation' });
  expect(await propose({ idempotencyKey: 'bad', expiresInMinutes: 4 })).toMatchObject({ field: 'expiresInMinutes' });
});

test('an agent takes its own back, and another person does not', async () => {
  const { recommendation } = await propose({ idempotencyKey: 'two', quantity: '3' });
  const { id } = recommendation as Answer;
  expect(await trader.ask(WITHDRAW, { id })).toMatchObject({ __typename: 'ConflictError' });
  const { data } = await byAgent(WITHDRAW, { id });
  expect(data).toMatchObject({ withdrawRecommendation: { recommendation: { id, state: 'WITHDRAWN' } } });
});

test('whoever has not just logged in is asked to confirm it in place, and may reject all the same', async () => {
  const idle = await joined(api, owner, 'Ida', 'trader');
  const { db } = api.database;
  for (const { id } of await db.selectFrom('sessions').select('id').where('person_id', '=', idle.id).execute())
    await confirmSession(db, id, instantFromMs(Date.now() - FRESH_MS - 1_000));
  const { id, hash, policyVersion } = (await propose({ idempotencyKey: 'stale' }))['recommendation'] as Answer;
  const { errors } = await idle.post(APPROVE, { id, hash, policyVersion });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFIRM_LOGIN' });
  expect(api.world.session.state().recommendations.get(String(id))?.state).toBe('waiting');
  const reject = `mutation ($id: ID!) { rejectRecommendation(id: $id, reason: "not now") { ${DECIDED} } }`;
  expect(await idle.ask(reject, { id })).toMatchObject({ recommendation: { id, state: 'REJECTED' } });
});

test('an agent proposes twenty an hour, whatever becomes of them, also where it asks for all at once', async () => {
  secret = String((await owner.ask(CREATE.replace('Scout', 'Flood')))['secret']);
  const sizeNow = (): number => api.world.session.state().recommendations.size;
  const before = sizeNow();
  const numbers = Array.from({ length: 26 }, (_, number) => number);
  const answers = await Promise.all(numbers.map((number) => propose({ idempotencyKey: `flood-${number}`, quantity: '100000' })));
  const names = answers.map((answer) => String(answer['__typename']));
  expect(names.toSorted()).toEqual([...Array<string>(6).fill('ConflictError'), ...Array<string>(20).fill('OrderRefusedError')]);
  expect(sizeNow()).toBe(before + 20);
  expect(await propose({ idempotencyKey: 'more' })).toMatchObject({ message: expect.stringMatching(/^20 orders of this agent .*hour/) });
});
