import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmSession } from '../accounts/session-service.ts';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';

const SET_LIMIT = `mutation ($input: SetLimitInput!) { setLimit(input: $input) { __typename ... on Error { message }
  ... on LimitPayload { limit { value changedBy } } ... on ProposalPayload { proposal { id hash title state yours whyNot lines { label before after } } } } }`;
const APPROVE = `mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message }
  ... on ProposalPayload { proposal { state decidedBy proposedBy } } } }`;
const REJECT = `mutation ($id: ID!) { rejectChange(id: $id, reason: "not now") { __typename ... on Error { message } ... on ProposalPayload { proposal { state decisionReason } } } }`;
const RELEASE =
  'mutation { releaseKillSwitch(reason: "the drill is over") { __typename ... on Error { message } ... on ProposalPayload { proposal { id hash title } } } }';

interface Shown {
  readonly id: string;
  readonly hash: string;
}
const shown = (answer: Record<string, unknown>): Shown => answer['proposal'] as Shown;

withTestDatabases('approvals', (openDatabase) => {
  let api: ApiWorld;
  let owner: LoggedIn;
  let officer: LoggedIn & { readonly id: string };
  let trader: LoggedIn & { readonly id: string };
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
    owner = await logIn(api);
    officer = await joined(api, owner, 'Olga', 'risk_officer');
    trader = await joined(api, owner, 'Tom', 'trader');
  });
  afterAll(() => api.close());

  const raise = (value: string): Record<string, unknown> => ({ input: { name: 'openPositionsMax', value, reason: 'a busy week' } });
  const valueNow = (): number => api.world.session.state().limits.openPositionsMax;

  describe('a limit', () => {
    test('is lowered at once by a trader, and raised only when somebody else approves exactly that', async () => {
      expect(await trader.ask(SET_LIMIT, raise('8'))).toMatchObject({ __typename: 'LimitPayload', limit: { value: '8' } });
      const proposed = await trader.ask(SET_LIMIT, raise('12'));
      expect(proposed).toMatchObject({
        __typename: 'ProposalPayload',
        proposal: { state: 'OPEN', yours: true, whyNot: expect.stringMatching(/somebody else/), lines: [{ before: '8', after: '12' }] },
      });
      expect(valueNow()).toBe(8);
      const { id, hash } = shown(proposed);
      expect((await trader.post(APPROVE, { id, hash })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
      expect((await api.post(APPROVE, { id, hash })).errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
      expect(await officer.ask(APPROVE, { id, hash: 'f'.repeat(64) })).toMatchObject({ __typename: 'ConflictError' });
      expect(valueNow()).toBe(8);
      const both = await Promise.all([officer.ask(APPROVE, { id, hash }), owner.ask(APPROVE, { id, hash })]);
      expect(both.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'ProposalPayload']);
      expect(valueNow()).toBe(12);
      expect(await officer.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ConflictError' });
    });

    test('the proposer never approves, not by a key and not as the last admin', async () => {
      const proposed = await owner.ask(SET_LIMIT, raise('13'));
      const { id, hash } = shown(proposed);
      expect(await owner.ask(APPROVE, { id, hash })).toMatchObject({
        __typename: 'ConflictError',
        message: expect.stringMatching(/Somebody else/),
      });
      // The key is the owner's too.
      expect((await api.post(APPROVE, { id, hash })).errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
      expect(await trader.ask(REJECT, { id })).toMatchObject({ __typename: 'ConflictError' });
      expect(await officer.ask(REJECT, { id })).toMatchObject({ proposal: { state: 'REJECTED', decisionReason: 'not now' } });
      expect(valueNow()).toBe(12);
    });

    test('a stale log-in is asked to confirm first', async () => {
      const { id, hash } = shown(await trader.ask(SET_LIMIT, raise('14')));
      for (const session of await api.database.db.selectFrom('sessions').select('id').where('person_id', '=', officer.id).execute())
        await confirmSession(api.database.db, session.id, instantFromMs(Date.now() - 16 * 60_000));
      expect((await officer.post(APPROVE, { id, hash })).errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
      await officer.door('/confirm', { password: 'correct horse battery staple' });
      expect(await officer.ask(APPROVE, { id, hash })).toMatchObject({
        proposal: { state: 'APPLIED', decidedBy: 'Olga', proposedBy: 'Tom' },
      });
      expect(valueNow()).toBe(14);
    });
  });

  test('the change and its approval are one batch of the journal, and the table says the same', async () => {
    const entries = await api.world.journal.read(0, 10_000);
    const after = (seq: number): string => entries.flatMap(({ kind, cause }) => (cause === seq ? [kind] : [])).join(' ');
    const approved = entries.filter(({ kind }) => kind === 'ChangeApproved').map(({ seq }) => after(seq));
    expect(approved.filter((kinds) => kinds === 'ProposalChanged AlertClosed LimitChanged')).toHaveLength(2);
    // Of two approvals at once one came too late, and says so.
    expect(approved.every((kinds) => kinds === 'ProposalChanged AlertClosed LimitChanged' || kinds === 'AlertRaised')).toBe(true);
    const { data } = await owner.post('{ proposals(open: false) { edges { node { state title } } } }');
    const proposals = data?.['proposals'] as { edges: { node: { state: string } }[] } | undefined;
    expect(proposals?.edges.map(({ node }) => node.state)).toEqual(['APPLIED', 'REJECTED', 'APPLIED']);
  });

  test('trading goes on after the kill switch only by a second person', async () => {
    await trader.ask('mutation { engageKillSwitch(input: { action: FREEZE, reason: "a drill" }) { __typename } }');
    const { id, hash } = shown(await trader.ask(RELEASE));
    expect(api.world.session.state().tradingState).toBe('FROZEN');
    expect(await trader.ask(RELEASE)).toMatchObject({ __typename: 'ConflictError', message: expect.stringMatching(/proposed already/) });
    expect((await owner.post('{ controls { openProposals } }')).data).toEqual({ controls: { openProposals: 1 } });
    expect(await officer.ask(APPROVE, { id, hash })).toMatchObject({ proposal: { state: 'APPLIED' } });
    expect(api.world.session.state().tradingState).toBe('ACTIVE');
    expect(await trader.ask(RELEASE)).toMatchObject({ __typename: 'ConflictError' });
  });
});
