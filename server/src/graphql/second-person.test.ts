import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineEvent } from '../engine/events.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { ask, ENABLE_STRATEGY, tradeSomeDays } from './test/trading-day.ts';

const PROPOSED = '__typename ... on Error { message } ... on ProposalPayload { proposal { id hash title lines { label before after } } }';
const KILL =
  'mutation ($input: KillStrategyInput!) { killStrategy(input: $input) { __typename ... on Error { message } ... on StrategyPayload { strategy { state killed pausedBecause } } } }';
const RELEASE = `mutation ($id: ID!, $reason: String!) { releaseStrategy(strategyId: $id, reason: $reason) { ${PROPOSED} } }`;
const RELEASE_BRAKE = 'mutation ($key: String!) { releaseBrake(key: $key, reason: "alone") { __typename ... on Error { message } } }';
const RESTRICT = `mutation ($input: RestrictSymbolsInput!) { restrictSymbols(input: $input) { ${PROPOSED} ... on RestrictionsPayload { restrictions { denied allowed } } } }`;
const LAYER = `mutation ($input: SetStrategyLimitInput!) { setStrategyLimit(input: $input) { ${PROPOSED} ... on StrategyLimitPayload { limit { value } } } }`;
const APPROVE = 'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }';
const PREVIEW =
  '{ strategies(first: 1) { edges { node { killPreview { cancels { id } kept { id } marketOpen note flattens { symbol side quantity type timeInForce collarPrice problems } } holdings { symbol quantity } } } } }';

let api: ApiWorld;
let owner: LoggedIn;
let officer: LoggedIn & { readonly id: string };
let strategyId: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  strategyId = await tradeSomeDays(api);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  owner = await logIn(api);
  officer = await joined(api, owner, 'Olga', 'risk_officer');
});
afterAll(() => api.close());

const approve = async (answer: Record<string, unknown>): Promise<unknown> => {
  const { id, hash } = answer['proposal'] as { id: string; hash: string };
  return (await officer.ask(APPROVE, { id, hash }))['__typename'];
};

describe('the kill switch of a strategy', () => {
  test('shows what it would do, does it, and is released by two', async () => {
    const { data } = await api.post(PREVIEW);
    const { edges } = (data ?? {})['strategies'] as {
      readonly edges: readonly {
        readonly node: {
          readonly killPreview: { readonly flattens: readonly { readonly quantity: string }[]; readonly note: string };
          readonly holdings: readonly { readonly quantity: string }[];
        };
      }[];
    };
    const [{ node } = { node: undefined }] = edges;
    expect(node?.killPreview.flattens.map(({ quantity }) => Number(quantity))).toEqual(
      node?.holdings.map(({ quantity }) => Math.abs(Number(quantity))),
    );
    expect(node?.killPreview.note).toMatch(/market is (open|closed)/);
    expect(await ask(api, KILL, { input: { strategyId: 'nothing', action: 'FREEZE', reason: 'why not' } })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await ask(api, KILL, { input: { strategyId, action: 'FREEZE', reason: '' } })).toMatchObject({
      __typename: 'InvalidInputError',
    });
    // A program may stop, as it may the account.
    expect(await ask(api, KILL, { input: { strategyId, action: 'FREEZE', reason: 'it misbehaves' } })).toMatchObject({
      __typename: 'StrategyPayload',
      strategy: { state: 'PAUSED', killed: true, pausedBecause: 'kill switch: it misbehaves' },
    });
    expect(await ask(api, ENABLE_STRATEGY, { id: strategyId })).toMatchObject({ __typename: 'ConflictError' });
    expect(await owner.ask(RELEASE_BRAKE, { key: `StrategyKill strategy ${strategyId}` })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/second person/),
    });
    const proposed = await owner.ask(RELEASE, { id: strategyId, reason: 'mended' });
    expect(proposed).toMatchObject({ __typename: 'ProposalPayload', proposal: { title: `Release a stopped strategy: ${strategyId}` } });
    expect(await approve(proposed)).toBe('ProposalPayload');
    expect(await owner.ask(RELEASE, { id: strategyId, reason: 'mended' })).toMatchObject({ __typename: 'ConflictError' });
    expect(await ask(api, ENABLE_STRATEGY, { id: strategyId })).toMatchObject({ __typename: 'StrategyPayload' });
  });
});

describe('what lets more through', () => {
  test('a symbol is restricted by one, and let through by two', async () => {
    const restrict = (symbols: readonly string[], list = 'DENIED') => owner.ask(RESTRICT, { input: { list, symbols, reason: 'a rumour' } });
    expect(await restrict(['ZZZ', 'AAA', 'ZZZ'])).toMatchObject({
      __typename: 'RestrictionsPayload',
      restrictions: { denied: ['AAA', 'ZZZ'] },
    });
    expect(await restrict(['aaa'])).toMatchObject({ __typename: 'InvalidInputError' });
    const proposed = await restrict(['ZZZ']);
    expect(proposed).toMatchObject({ __typename: 'ProposalPayload', proposal: { lines: [{ before: 'AAA, ZZZ', after: 'ZZZ' }] } });
    expect(api.world.session.state().restrictions.denied).toEqual(['AAA', 'ZZZ']);
    expect(await approve(proposed)).toBe('ProposalPayload');
    expect((await owner.post('{ restrictions { denied allowed } }')).data).toEqual({ restrictions: { denied: ['ZZZ'], allowed: [] } });
  });

  test('a limit of one strategy is tightened by one, and loosened by two', async () => {
    const set = (value: string) => owner.ask(LAYER, { input: { strategyId, name: 'openPositionsMax', value, reason: 'a busy week' } });
    expect(await set('5')).toMatchObject({ __typename: 'StrategyLimitPayload', limit: { value: '5' } });
    const proposed = await set('6');
    expect(proposed).toMatchObject({
      __typename: 'ProposalPayload',
      proposal: {
        lines: [
          { label: 'Of', after: `strategy ${strategyId}` },
          { before: '5', after: '6' },
        ],
      },
    });
    expect(await approve(proposed)).toBe('ProposalPayload');
    expect(api.world.session.state().layers.get(`strategy:${strategyId}`)?.get('openPositionsMax')).toBe(6);
  });
});

test('who came, and who may do more, is in the journal with who did it', async () => {
  const set = 'mutation ($id: ID!, $role: Role!) { setPersonRole(id: $id, role: $role) { __typename } }';
  const tom = await joined(api, owner, 'Tom', 'viewer');
  await owner.ask(set, { id: tom.id, role: 'TRADER' });
  await owner.ask('mutation ($id: ID!) { removePerson(id: $id) { __typename } }', { id: tom.id });
  const entries = await api.world.journal.read(0, 100_000);
  const told = entries.flatMap(({ kind, payload, actor }) => {
    if (kind !== 'PersonRecorded') return [];
    const { person, role } = payload as Extract<EngineEvent, { kind: 'PersonRecorded' }>;
    return person.id === tom.id ? [[person.joined, role, actor === `user:${tom.id}` ? 'Tom' : 'owner']] : [];
  });
  expect(told).toEqual([
    [false, 'viewer', 'owner'],
    [true, 'viewer', 'Tom'],
    [true, 'trader', 'owner'],
    [true, undefined, 'owner'],
  ]);
});
