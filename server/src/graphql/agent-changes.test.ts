import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentChange } from '../agents/changes/change.ts';
import { confirmSession } from '../accounts/session-service.ts';
import { FRESH_MS } from '../approvals/roles.ts';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { arrived, keyOf } from './test/principals.ts';
import type { Known } from './test/principals.ts';
import { ask, CREATE_STRATEGY, CROSSING, ENABLE_STRATEGY } from './test/trading-day.ts';
import { refuseAccess } from './test/unwritten-access.ts';

const PARTS = `proposal { id kind title state hash explanation sources because outcome decidedBy whyNot lines { label before after } proposer { kind id name owner } }`;
const ANSWER = `__typename ... on Error { message } ... on InvalidInputError { field hint } ... on UnavailableError { outcome } ... on ChangeProposalPayload { ${PARTS} }`;
const PROPOSE = `mutation ($input: ProposeChangeInput!) { proposeChange(input: $input) { __typename ... on Error { message } ... on InvalidInputError { field hint } ... on ChangeProposalPayload { ${PARTS} } } }`;
const APPROVE = `mutation ($id: ID!, $hash: String!) { approveChangeProposal(id: $id, hash: $hash) { ${ANSWER} } }`;
const REJECT = `mutation ($id: ID!) { rejectChangeProposal(id: $id, reason: "not now") { ${ANSWER} } }`;
const WITHDRAW = `mutation ($id: ID!) { withdrawChangeProposal(id: $id, reason: "changed") { ${ANSWER} } }`;
const SET_LIMIT = 'mutation ($input: SetLimitInput!) { setLimit(input: $input) { __typename ... on Error { message } } }';
const CONFIGURE = 'mutation ($input: ConfigureStrategyInput!) { configureStrategy(input: $input) { __typename ... on Error { message } } }';

type Answer = Record<string, unknown>;
interface Shown {
  readonly id: string;
  readonly hash: string;
}

withTestDatabases('changes that agents propose, by the API', (openDatabase) => {
  let api: ApiWorld;
  let owner: LoggedIn;
  let trader: Known;
  let secret: string;
  let agent: string;
  let strategyId: string;
  let strategies = 0;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
    owner = await logIn(api);
    trader = await arrived(api, 'Tess', 'trader');
    await owner.ask(SET_LIMIT, { input: { name: 'orderNotionalUsdMax', value: '9000', reason: 'to begin with' } });
  });
  afterAll(() => api.close());
  // Each has an agent and a strategy of its own: five of one agent wait at most.
  beforeEach(async () => {
    strategies += 1;
    const key = await keyOf(owner, 'trader', { kind: 'agent', scopes: ['read', 'propose'] });
    [secret, agent] = [key.secret, `agent:${key.id}`];
    const created = await ask(api, CREATE_STRATEGY, { input: { ...CROSSING, name: `Crossing ${strategies}` } });
    strategyId = (created['strategy'] as { id: string }).id;
  });

  const byAgent = (query: string, variables: Answer) => api.post(query, variables, { authorization: `Bearer ${secret}` });
  async function propose(change: Answer): Promise<Answer> {
    const { data, errors } = await byAgent(PROPOSE, {
      input: { idempotencyKey: 'one', explanation: 'Less\u200B noise.', sources: ['run r1'], ...change },
    });
    expect(errors).toBeUndefined();
    return (data as Record<string, Answer>)['proposeChange'] ?? expect.unreachable();
  }
  const parameters = (change: Answer = {}): Answer => ({
    parameters: { id: strategyId, parameters: [{ name: 'slow', value: '4' }], ...change },
  });
  const shown = (answer: Answer): Shown => answer['proposal'] as Shown;
  const config = () => api.world.session.state().strategies.get(strategyId)?.config ?? expect.unreachable();
  const limitNow = (): string => String(api.world.session.state().limits.orderNotionalUsdMax / 1_000_000_000n);
  async function entries(kind: string): Promise<readonly Answer[]> {
    const { journal } = api.opened.capabilities;
    await journal.projected(journal.head().seq);
    const { data } = await api.post('query ($kind: String) { journal(kind: $kind, first: 500) { edges { node { actor payload } } } }', {
      kind,
    });
    return (data as { journal: { edges: { node: Answer }[] } }).journal.edges.map(({ node }) => node);
  }

  describe('parameters', () => {
    test('an agent asks once, a person lets exactly that happen, and the strategy has them by that person', async () => {
      const first = await propose(parameters({ allocation: '0.4' }));
      expect(first).toMatchObject({
        __typename: 'ChangeProposalPayload',
        proposal: {
          kind: 'PARAMETERS',
          title: `Configure Crossing ${strategies}`,
          state: 'WAITING',
          explanation: 'Less\u200B noise.',
          sources: ['run r1'],
          whyNot: 'Programs approve nothing.',
          proposer: { kind: 'AGENT', id: agent, name: 'matrix' },
          lines: [
            { label: 'Version', before: null, after: config().version.slice(0, 12) },
            { label: 'slow', before: '3', after: '4' },
            { label: 'Share of equity', before: '0.5', after: '0.4' },
          ],
        },
      });
      expect(await propose(parameters({ allocation: '0.4' }))).toEqual(first);
      expect(await propose(parameters())).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/different proposal/),
      });
      expect(config().parameters).toMatchObject({ fast: 2, slow: 3 });
      const { id, hash } = shown(first);
      expect(await trader.ask(APPROVE, { id, hash: 'f'.repeat(64) })).toMatchObject({ message: expect.stringMatching(/look at it again/) });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({
        proposal: { state: 'APPROVED', outcome: 'It is done.', decidedBy: 'Tess' },
      });
      expect(config()).toMatchObject({ parameters: { fast: 2, slow: 4 }, allocation: 400_000_000n });
      const configured = (await entries('StrategyConfigured')).find(({ payload }) => JSON.stringify(payload).includes(strategyId));
      expect(configured).toMatchObject({ actor: `user:${trader.id}` });
      expect(JSON.stringify(await entries('AccessRecorded'))).toMatch(
        new RegExp(`AgentChangeProposed[^]*${id}[^]*AgentChangeApproved[^]*${hash}`),
      );
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: expect.stringMatching(/waits no more: it is approved/) });
    });

    test('two who approve at once make it once', async () => {
      const before = (await entries('StrategyConfigured')).length;
      const { id, hash } = shown(await propose(parameters()));
      const olga = await arrived(api, `Olga ${strategies}`, 'risk_officer');
      const answers = await Promise.all([trader, olga, trader, olga].map((person) => person.ask(APPROVE, { id, hash })));
      expect(answers.filter(({ __typename }) => __typename === 'ChangeProposalPayload')).toHaveLength(1);
      expect(answers.filter(({ __typename }) => __typename === 'ConflictError')).toHaveLength(3);
      expect((await entries('StrategyConfigured')).length).toBe(before + 1);
    });

    test('what was taken before a crash says that nobody knows, and is not made by a second approval', async () => {
      const { id, hash } = shown(await propose(parameters()));
      const { changeProposals } = api.opened.capabilities;
      await changeProposals.decide({ id, hash }, { state: 'approved', by: `user:${trader.id}`, at: instantFromMs(Date.now()) });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ConflictError' });
      expect(config().parameters).toMatchObject({ slow: 3 });
      const { data } = await api.post('{ changeProposals(open: false, first: 1) { edges { node { id state outcome } } } }');
      expect(data).toEqual({ changeProposals: { edges: [{ node: { id, state: 'APPROVED', outcome: null } }] } });
    });

    test('are proposed anew where the strategy was configured meanwhile', async () => {
      const { id, hash } = shown(await propose(parameters()));
      await ask(api, CONFIGURE, { input: { id: strategyId, size: 'units:11' } });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/proposed anew/),
      });
      expect(config().parameters).toMatchObject({ slow: 3 });
      const { data } = await owner.post('{ changeProposals(open: true, first: 1) { edges { node { id whyNot } } } }');
      expect(data).toEqual({ changeProposals: { edges: [{ node: { id, whyNot: expect.stringMatching(/proposed anew/) } }] } });
    });

    test('that no longer fit once they are taken are not made, and the journal says so', async () => {
      const { id, hash } = shown(await propose(parameters()));
      const { changeProposals } = api.opened.capabilities;
      const decide = changeProposals.decide.bind(changeProposals);
      vi.spyOn(changeProposals, 'decide').mockImplementationOnce(async (of, decision) => {
        const taken = await decide(of, decision);
        await ask(api, CONFIGURE, { input: { id: strategyId, size: 'units:12' } });
        return taken;
      });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/proposed anew/),
      });
      expect(config().parameters).toMatchObject({ slow: 3 });
      expect(await changeProposals.byId(id)).toMatchObject({ state: 'failed', outcome: expect.stringMatching(/proposed anew/) });
      expect(JSON.stringify(await entries('AccessRecorded'))).toMatch(new RegExp(`AgentChangeFailed[^]*${id}`));
    });

    test('that cannot be written down are not made', async () => {
      const { id, hash } = shown(await propose(parameters()));
      const again = refuseAccess(api);
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({
        message: expect.stringMatching(/^Nothing was done: it could not be/),
      });
      again();
      expect(api.failures.splice(0)).toEqual(['Approved', 'Failed'].map((act) => expect.stringContaining(`AgentChange${act}`)));
      expect(config().parameters).toMatchObject({ slow: 3 });
      expect(await api.opened.capabilities.changeProposals.byId(id)).toMatchObject({ state: 'failed' });
    });

    test('that cannot be written down are not proposed either, and the same key proposes them later', async () => {
      const again = refuseAccess(api);
      expect(await propose(parameters())).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/^Nothing was proposed: it could not be written down/),
      });
      again();
      expect(api.failures.splice(0)).toEqual([expect.stringContaining('AgentChangeProposed')]);
      const about = 'query ($open: Boolean) { changeProposals(open: $open) { edges { node { proposer { id } } } } }';
      expect(JSON.stringify((await api.post(about, { open: true })).data)).not.toContain(agent);
      const { id } = shown(await propose(parameters()));
      expect(JSON.stringify(await entries('AccessRecorded'))).toMatch(new RegExp(`AgentChangeProposed[^]*${id}`));
    });

    test('of a strategy that runs wait until it is disabled', async () => {
      await ask(api, ENABLE_STRATEGY, { id: strategyId });
      const { id, hash } = shown(await propose(parameters()));
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: 'A strategy that runs is not changed: disable it first.' });
      await ask(api, 'mutation ($id: ID!) { disableStrategy(id: $id, reason: "to change it") { __typename } }', { id: strategyId });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ proposal: { state: 'APPROVED' } });
      expect(config().parameters).toMatchObject({ slow: 4 });
    });
  });

  describe('a limit', () => {
    test('is lowered by a person who could lower it, for the account and for a strategy', async () => {
      const to = String(Number(limitNow()) - 100);
      const account = await propose({ limit: { name: 'orderNotionalUsdMax', value: to } });
      expect(account).toMatchObject({ proposal: { kind: 'LIMIT', lines: [{ before: `$${limitNow()}`, after: `$${to}` }] } });
      expect(await trader.ask(APPROVE, { ...shown(account) })).toMatchObject({ proposal: { outcome: 'It is done.' } });
      expect(limitNow()).toBe(to);
      const [set] = (await entries('LimitSet')).slice(-1);
      expect(set).toMatchObject({ actor: `user:${trader.id}`, payload: expect.stringContaining(shown(account).id) });

      const ofOne = await propose({ idempotencyKey: 'two', limit: { name: 'orderNotionalUsdMax', value: '50', strategyId } });
      expect(await trader.ask(APPROVE, { ...shown(ofOne) })).toMatchObject({ proposal: { outcome: 'It is done.' } });
      expect(api.world.session.state().layers.get(`strategy:${strategyId}`)?.get('orderNotionalUsdMax')).toBe(50_000_000_000n);
    });

    test('that was set meanwhile is not touched', async () => {
      const { id, hash } = shown(await propose({ limit: { name: 'orderNotionalUsdMax', value: '5000' } }));
      await owner.ask(SET_LIMIT, { input: { name: 'orderNotionalUsdMax', value: '4000', reason: 'tighter still' } });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: expect.stringMatching(/proposed anew/) });
      expect(limitNow()).toBe('4000');
      expect(api.world.session.state().proposals.size).toBe(0);
    });
  });

  const other = (limit: Answer) => ({ limit: { name: 'orderNotionalUsdMax', value: '1', ...limit } });
  test.each<{ name: string; change: () => Answer; refused: Answer }>([
    {
      name: 'a limit that would let more through',
      change: () => other({ value: '99999' }),
      refused: { message: expect.stringMatching(/agents propose tighter limits only/) },
    },
    {
      name: 'a limit that is like that',
      change: () => other({ value: limitNow() }),
      refused: { message: expect.stringMatching(/already/) },
    },
    { name: 'no limit of this name', change: () => other({ name: 'nothing' }), refused: { field: 'name' } },
    { name: 'no value of it', change: () => other({ value: '-1' }), refused: { field: 'value' } },
    { name: 'a limit of no strategy', change: () => other({ strategyId: 'nobody' }), refused: { __typename: 'NotFoundError' } },
    { name: 'no strategy', change: () => parameters({ id: 'nobody' }), refused: { __typename: 'NotFoundError' } },
    {
      name: 'no parameter of it',
      change: () => parameters({ parameters: [{ name: 'luck', value: '1' }] }),
      refused: { field: 'parameters' },
    },
    {
      name: 'a parameter beyond its bounds',
      change: () => parameters({ parameters: [{ name: 'slow', value: '-3' }] }),
      refused: { field: 'parameters' },
    },
    {
      name: 'parameters that the module refuses',
      change: () => parameters({ parameters: [{ name: 'fast', value: '90' }] }),
      refused: { field: 'parameters' },
    },
    { name: 'an allocation beyond all', change: () => parameters({ allocation: '1.5' }), refused: { field: 'allocation' } },
    { name: 'a symbol that is not listed', change: () => parameters({ symbols: ['ZZZZ'] }), refused: { field: 'symbols' } },
    {
      name: 'a configuration that is like that',
      change: () => parameters({ parameters: null }),
      refused: { message: expect.stringMatching(/like that already/) },
    },
    { name: 'no model', change: () => ({ promotion: { modelId: 'a'.repeat(64) } }), refused: { __typename: 'NotFoundError' } },
    { name: 'nothing', change: () => ({}), refused: { field: 'input', message: '0 changes are given' } },
    { name: 'two things', change: () => ({ ...parameters(), ...other({}) }), refused: { field: 'input', message: '2 changes are given' } },
    { name: 'without a word', change: () => ({ ...parameters(), explanation: ' ' }), refused: { field: 'explanation' } },
    { name: 'control characters', change: () => ({ ...parameters(), explanation: 'x\u0007' }), refused: { field: 'explanation' } },
    {
      name: 'too many sources',
      change: () => ({ ...parameters(), sources: Array.from({ length: 11 }, () => 's') }),
      refused: { field: 'sources' },
    },
    {
      name: 'less time than a person needs',
      change: () => ({ ...parameters(), expiresInMinutes: 4 }),
      refused: { field: 'expiresInMinutes' },
    },
    { name: 'no key', change: () => ({ ...parameters(), idempotencyKey: '' }), refused: { field: 'idempotencyKey' } },
  ])('$name is refused', async ({ change, refused }) => {
    expect(await propose(change())).toMatchObject(refused);
    const { data } = await byAgent('{ changeProposals(open: true) { edges { node { proposer { id } } } } }', {});
    expect(JSON.stringify(data)).not.toContain(agent);
  });

  test('five of one agent wait at most', async () => {
    const change = (key: number) => propose({ idempotencyKey: `k${key}`, ...parameters() });
    for (let key = 0; key < 5; key += 1) expect(await change(key)).toMatchObject({ __typename: 'ChangeProposalPayload' });
    expect(await change(5)).toMatchObject({ __typename: 'ConflictError', message: expect.stringMatching(/wait for a person already/) });
    expect(await change(0)).toMatchObject({ __typename: 'ChangeProposalPayload' });
  });

  describe('who may', () => {
    const code = async (asked: Promise<{ readonly errors: ApiErrors }>): Promise<unknown> => (await asked).errors?.[0]?.extensions?.code;
    type ApiErrors = Awaited<ReturnType<ApiWorld['post']>>['errors'];

    test('people and services propose nothing', async () => {
      const input = { idempotencyKey: 'mine', explanation: 'why', ...parameters() };
      expect(await trader.ask(PROPOSE, { input })).toMatchObject({ message: expect.stringMatching(/^Agents propose changes/) });
      expect((await api.post(PROPOSE, { input })).data).toMatchObject({ proposeChange: { __typename: 'ConflictError' } });
    });

    test('an agent without the scope, agents and services let nothing happen, and viewers neither', async () => {
      const { id, hash } = shown(await propose(parameters()));
      const reader = await keyOf(owner, 'trader', { kind: 'agent', scopes: ['read', 'stop'] });
      const input = { idempotencyKey: 'x', explanation: 'why', ...parameters() };
      expect(await code(api.post(PROPOSE, { input }, { authorization: `Bearer ${reader.secret}` }))).toBe('FORBIDDEN');
      expect(await code(byAgent(APPROVE, { id, hash }))).toBe('CONFIRM_LOGIN');
      expect(await code(byAgent(REJECT, { id }))).toBe('FORBIDDEN');
      expect(await code(api.post(APPROVE, { id, hash }))).toBe('CONFIRM_LOGIN');
      const viewer = await arrived(api, `Vera ${strategies}`, 'viewer');
      expect([await code(viewer.post(APPROVE, { id, hash })), await code(viewer.post(REJECT, { id }))]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
      expect(config().parameters).toMatchObject({ slow: 3 });
    });

    test('whoever has not just logged in is asked to confirm it in place, and may reject all the same', async () => {
      const idle = await arrived(api, `Ida ${strategies}`, 'trader');
      const { db } = api.database;
      for (const { id } of await db.selectFrom('sessions').select('id').where('person_id', '=', idle.id).execute())
        await confirmSession(db, id, instantFromMs(Date.now() - FRESH_MS - 1_000));
      const { id, hash } = shown(await propose(parameters()));
      expect(await code(idle.post(APPROVE, { id, hash }))).toBe('CONFIRM_LOGIN');
      expect(await idle.ask(REJECT, { id })).toMatchObject({ proposal: { state: 'REJECTED', because: 'not now' } });
      expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: expect.stringMatching(/it is rejected/) });
    });

    test('the agent takes its own back, or its owner, and nobody else', async () => {
      const { id } = shown(await propose(parameters()));
      expect(await trader.ask(WITHDRAW, { id })).toMatchObject({ __typename: 'ConflictError' });
      const { secret: stranger } = await keyOf(owner, 'trader', { kind: 'agent', scopes: ['propose'] });
      const strange = await api.post(WITHDRAW, { id }, { authorization: `Bearer ${stranger}` });
      expect(strange.data).toMatchObject({ withdrawChangeProposal: { __typename: 'ConflictError' } });
      expect((await byAgent(WITHDRAW, { id })).data).toMatchObject({ withdrawChangeProposal: { proposal: { state: 'WITHDRAWN' } } });
      const again = shown(await propose({ idempotencyKey: 'two', ...parameters() }));
      expect(await owner.ask(WITHDRAW, { id: again.id })).toMatchObject({ proposal: { state: 'WITHDRAWN', because: 'changed' } });
      expect(await owner.ask(WITHDRAW, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    });
  });

  test('where what came of it cannot be known the person is told so, and it is not made again', async () => {
    const { id, hash } = shown(await propose(parameters()));
    const settle = vi.spyOn(api.opened.capabilities.changeProposals, 'settle').mockRejectedValueOnce(new Error('no database'));
    expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'UnavailableError', outcome: 'UNKNOWN' });
    settle.mockRestore();
    expect(api.failures.splice(0)).toEqual([expect.stringContaining(id)]);
    expect(config().parameters).toMatchObject({ slow: 4 });
    expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ConflictError' });
  });

  test('what was changed in the table is not what was proposed', async () => {
    const { id, hash } = shown(await propose(parameters()));
    const proposal = (await api.opened.capabilities.changeProposals.byId(id)) ?? expect.unreachable();
    const change: AgentChange = { kind: 'limit', name: 'orderNotionalUsdMax', from: limitNow(), to: '1' };
    vi.spyOn(api.opened.capabilities.changeProposals, 'byId').mockResolvedValueOnce({ ...proposal, change });
    expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: 'The proposal is not what was proposed.' });
  });
});
