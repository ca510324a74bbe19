import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { ask, PLACE_ORDER, ticket, tradeSomeDays } from './test/trading-day.ts';

const BRAKES = 'brakes { key code scope subject effect because by reset }';
const PAUSE = `mutation ($input: PauseEntriesInput!) { pauseEntries(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field } ... on ControlsPayload { controls { tradingState ${BRAKES} } } } }`;
const RELEASE = `mutation ($key: String!, $reason: String!) { releasePause(key: $key, reason: $reason) {
  __typename ... on Error { message } ... on ProposalPayload { proposal { id hash kind title lines { label before after } } } } }`;
const RELEASE_BRAKE = 'mutation ($key: String!) { releaseBrake(key: $key, reason: "alone") { __typename ... on Error { message } } }';
const APPROVE = 'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }';
const CONTROLS = `{ controls { ${BRAKES} } }`;

let api: ApiWorld;
let owner: LoggedIn;
let officer: LoggedIn & { readonly id: string };
let strategyId: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  strategyId = await tradeSomeDays(api);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  owner = await logIn(api);
  officer = await joined(api, owner, 'Olga', 'risk_officer');
});
afterAll(() => api.close());

const brakes = async (): Promise<readonly Record<string, unknown>[]> =>
  (await ask(api, CONTROLS))['brakes'] as readonly Record<string, unknown>[];

async function approve(answer: Record<string, unknown>): Promise<unknown> {
  const { id, hash } = answer['proposal'] as { id: string; hash: string };
  return (await officer.ask(APPROVE, { id, hash }))['__typename'];
}

test.each([
  { name: 'no reason', input: { scope: 'ACCOUNT', reason: ' ' }, answer: { __typename: 'InvalidInputError', field: 'reason' } },
  { name: 'the account of something', input: { scope: 'ACCOUNT', subject: 'x' }, answer: { field: 'subject' } },
  { name: 'a symbol without one', input: { scope: 'SYMBOL' }, answer: { field: 'subject' } },
  { name: 'no symbol', input: { scope: 'SYMBOL', subject: 'not a symbol' }, answer: { field: 'subject' } },
  { name: 'no such strategy', input: { scope: 'STRATEGY', subject: 'nobody' }, answer: { __typename: 'NotFoundError' } },
])('$name is refused, and nothing is paused', async ({ input, answer }) => {
  expect(await owner.ask(PAUSE, { input: { reason: 'a rumour', ...input } })).toMatchObject(answer);
  expect(await brakes()).toEqual([]);
});

test.each([
  { scope: 'ACCOUNT', subject: undefined, key: 'Pause account', words: 'the account' },
  { scope: 'STRATEGY', subject: (): string => strategyId, key: (): string => `Pause strategy ${strategyId}`, words: 'strategy crossing' },
  { scope: 'SYMBOL', subject: 'ALDR', key: 'Pause symbol ALDR', words: 'ALDR' },
])('$scope is paused by one, denies what opens, and goes on when two say so', async ({ scope, subject, key, words }) => {
  const name = typeof subject === 'function' ? subject() : subject;
  const itsKey = typeof key === 'function' ? key() : key;
  const input = { scope, subject: name, reason: 'a rumour' };
  const paused = await owner.ask(PAUSE, { input });
  const [brake, ...others] = await brakes();
  expect(others).toEqual([]);
  expect(brake).toMatchObject({
    key: itsKey,
    code: 'Pause',
    scope: scope.toLowerCase(),
    subject: name ?? null,
    because: 'a rumour',
    reset: 'person',
  });
  expect(brake?.['by']).not.toMatch(/^user:/);
  expect(paused).toMatchObject({ __typename: 'ControlsPayload', controls: { tradingState: 'ACTIVE', brakes: [{ key: itsKey }] } });
  expect(await owner.ask(PAUSE, { input })).toMatchObject({ __typename: 'ConflictError', message: expect.stringMatching(/already/) });

  const opens = await ask(api, PLACE_ORDER, ticket(`opens-${scope}`, { quantity: '1' }));
  if (scope === 'STRATEGY') expect(opens['__typename']).toBe('OrderPayload');
  else
    expect(opens).toMatchObject({
      __typename: 'OrderDeniedError',
      denials: [{ code: 'Paused', actual: itsKey, message: expect.stringMatching(/is paused by .*a rumour/) }],
    });

  expect(await officer.ask(RELEASE_BRAKE, { key: itsKey })).toMatchObject({ message: expect.stringMatching(/second person/) });
  expect(await owner.ask(RELEASE, { key: itsKey, reason: '' })).toMatchObject({ __typename: 'InvalidInputError' });
  const proposed = await owner.ask(RELEASE, { key: itsKey, reason: 'looked at it' });
  expect(proposed).toMatchObject({
    proposal: {
      kind: 'unpause',
      title: expect.stringContaining(words),
      lines: [{ label: 'Paused' }, { label: 'Since' }, { after: 'a rumour' }],
    },
  });
  expect(await brakes()).toHaveLength(1);
  expect(await approve(proposed)).toBe('ProposalPayload');
  expect(await brakes()).toEqual([]);
  expect(await owner.ask(RELEASE, { key: itsKey, reason: 'again' })).toMatchObject({ __typename: 'NotFoundError' });
});

test('the journal tells who has paused, why, and who has let it go', async () => {
  const kinds = `query ($kind: String!) { journal(first: 10, kind: $kind) { edges { node { actor payload } } } }`;
  const told = async (kind: string): Promise<readonly string[]> => {
    const { edges } = (await ask(api, kinds, { kind })) as unknown as { edges: readonly { node: unknown }[] };
    return edges.map(({ node }) => JSON.stringify(node));
  };
  expect(await told('EntriesPaused')).toHaveLength(3);
  expect((await told('BrakePut')).every((text) => text.includes('a rumour'))).toBe(true);
  expect((await told('BrakeLifted')).every((text) => /looked at it \(approved by /.test(text))).toBe(true);
});
