import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../engine/events.ts';
import { openConfigWorld } from './test/config-world.ts';
import type { ConfigWorld } from './test/config-world.ts';

const APPROVE = `mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }`;
const PROPOSALS = '{ proposals(open: true) { edges { node { id hash title reason } } } }';

let world: ConfigWorld;
beforeAll(async () => {
  world = await openConfigWorld();
  await world.runningStrategy();
});
afterAll(() => world.close());

interface Proposal {
  readonly id: string;
  readonly hash: string;
  readonly title: string;
  readonly reason: string;
}
async function proposals(): Promise<readonly Proposal[]> {
  const { edges } = (await world.officer.ask(PROPOSALS)) as unknown as { readonly edges: readonly { readonly node: Proposal }[] };
  return edges.map(({ node }) => node);
}
const approveAll = async (): Promise<void> => {
  for (const { id, hash } of await proposals())
    expect(await world.officer.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ProposalPayload' });
};

const ASKED = /^(?:Strategy(?:Created|Configured|Enabled|Disabled|ExecutionSet)|LimitSet|SymbolsRestricted|ChangeProposed)$/;

/** What the engine was asked for since an entry of the journal. */
async function askedSince(seq: number): Promise<readonly EngineEvent[]> {
  const entries = await world.api.world.journal.read(seq, 1_000);
  return entries.filter(({ kind }) => ASKED.test(kind)).map(({ payload }) => payload as EngineEvent);
}
const head = (): number => world.api.world.journal.head().seq;

/** Applies one file, and says what the command said. */
async function apply(files: Parameters<ConfigWorld['folderOf']>[0], ...flags: readonly string[]) {
  return await world.command(['apply', await world.folderOf(files), ...flags]);
}

test('an export right back changes nothing, and is the same bytes again', async () => {
  const files = await world.exported();
  const before = head();
  const { code, out } = await apply(files, '--yes');
  expect([code, out]).toEqual([0, 'Nothing to change: the server has what the files say.\n']);
  expect(await apply(files, '--dry-run')).toMatchObject({ code: 0 });
  expect(await world.exported()).toEqual(files);
  expect(head()).toBe(before);
});

test('nothing that opens anything is in the files or in what is said', async () => {
  const files = await world.exported();
  const { out, err } = await apply(files, '--yes');
  const [{ key, api }, stored] = [
    world,
    await world.api.database.db.selectFrom('people').select('password_hash').where('password_hash', 'is not', null).execute(),
  ];
  expect(stored.length).toBeGreaterThan(0);
  const said = [...Object.values(files), out, err].join('\n');
  for (const secret of [key, api.apiKey, ...stored.map(({ password_hash: hash }) => String(hash))]) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/tmk_|password_hash|\$argon/);
});

describe('each kind of change', () => {
  test('a limit is tightened at once, with its reason, by the one who asked', async () => {
    const before = head();
    const text = 'account: { orderRiskRatioMax: 0.010 }\n';
    const dry = await apply({ 'limits.yaml': text }, '--dry-run');
    expect(dry).toMatchObject({ code: 3, out: 'limits.yaml: orderRiskRatioMax: 2 % → 1 % (Risk of one order) [tightens, at once]\n' });
    expect(head()).toBe(before);
    const { code, out } = await apply({ 'limits.yaml': text }, '--yes', '--reason', 'a quieter week');
    expect([code, out]).toEqual([0, expect.stringMatching(/^done +limits\.yaml: orderRiskRatioMax: 2 % → 1 %/m)]);
    expect(await askedSince(before)).toEqual([
      expect.objectContaining({
        kind: 'LimitSet',
        name: 'orderRiskRatioMax',
        value: '0.01',
        reason: 'a quieter week',
        by: `user:${world.keyId}`,
      }),
    ]);
    expect((await world.exported())['limits.yaml']).toContain('  orderRiskRatioMax: 0.01 #');
  });

  test('a limit is loosened by two people, and asked for once', async () => {
    const text = 'account: { openPositionsMax: 25 }\n';
    const first = await apply({ 'limits.yaml': text }, '--yes', '--reason', 'more symbols');
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^waits +limits\.yaml: openPositionsMax: 20 → 25/m)]);
    expect(await proposals()).toMatchObject([{ title: 'Raise a limit: Open positions', reason: 'more symbols' }]);
    const before = head();
    const again = await apply({ 'limits.yaml': text }, '--yes');
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/waits for a second person\]\nNothing to send/)]);
    expect(await apply({ 'limits.yaml': text }, '--dry-run')).toMatchObject({ code: 3 });
    expect(head()).toBe(before);
    expect((await world.exported())['limits.yaml']).toContain('  openPositionsMax: 20 #');
    await approveAll();
    expect(await apply({ 'limits.yaml': text }, '--yes')).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to change/) });
  });

  test('a limit that is proposed with another value is refused by the server, and the rest is made', async () => {
    await apply({ 'limits.yaml': 'account: { openOrdersMax: 60 }\n' }, '--yes');
    const { code, out, err } = await apply({ 'limits.yaml': 'account: { openOrdersMax: 70, openOrdersSymbolMax: 4 }\n' }, '--yes');
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(
        /^done +limits\.yaml: openOrdersSymbolMax: 5 → 4[\s\S]*^REFUSED +limits\.yaml: openOrdersMax.*proposed already/m,
      ),
    ]);
    expect(err).toMatch(/1 of 2 changes were not made; the same files again go on from here/);
    await approveAll();
    const again = await apply({ 'limits.yaml': 'account: { openOrdersMax: 70, openOrdersSymbolMax: 4 }\n' }, '--yes');
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^waits +limits\.yaml: openOrdersMax: 60 → 70/m)]);
    await approveAll();
  });

  test('limits of a strategy and lists of symbols', async () => {
    const text = 'strategies: { Crossing: { orderNotionalUsdMax: 5000 } }\nsymbols: { denied: [GME, AMC, GME] }\n';
    expect((await apply({ 'limits.yaml': text }, '--yes')).out).toMatch(
      /^done .*denied: none → AMC GME[\s\S]*^done .*of Crossing: \$25000 of the account → \$5000/m,
    );
    expect((await world.exported())['limits.yaml']).toMatch(
      /strategies:\n {2}Crossing:\n {4}orderNotionalUsdMax: 5000\n[\s\S]*denied: \[AMC, GME\]/,
    );
    const looser = 'strategies: { Crossing: { orderNotionalUsdMax: 6000 } }\nsymbols: { denied: [AMC] }\n';
    expect((await apply({ 'limits.yaml': looser }, '--yes')).out.match(/^waits/gm)).toHaveLength(2);
    expect((await apply({ 'limits.yaml': looser }, '--yes')).out).toMatch(/Nothing to send/);
    await approveAll();
    expect((await apply({ 'limits.yaml': looser }, '--yes')).out).toMatch(/Nothing to change/);
  });

  test('a strategy that runs is not changed; paused it is, and starts again', async () => {
    const running = 'strategies: { Crossing: { parameters: { fast: 4, slow: 9 }, allocation: 0.25 } }\n';
    const refused = await apply({ 'strategies.yaml': running }, '--yes');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/strategies\.yaml:1:15: Crossing runs.*fast 2 → 4; .*allocation 0\.5 → 0\.25/),
    ]);
    const before = head();
    const paused = await apply({ 'strategies.yaml': running.replace('{ par', '{ enabled: false, par') }, '--yes');
    expect([paused.code, paused.out.match(/^done/gm)?.length]).toEqual([0, 2]);
    const started = await apply({ 'strategies.yaml': running.replace('{ par', '{ enabled: true, par') }, '--yes');
    expect([started.code, started.out.match(/^done/gm)?.length]).toEqual([0, 1]);
    expect((await askedSince(before)).map(({ kind }) => kind)).toEqual(['StrategyDisabled', 'StrategyConfigured', 'StrategyEnabled']);
  });

  test('a strategy is made from a version, with limits of its own before it starts', async () => {
    const files = await world.exported();
    const [, version = ''] = /version: ([0-9a-f]{64})/.exec(files['strategies.yaml']) ?? [];
    const strategies = `strategies:\n  Second:\n    version: ${version}\n    symbols: [ALDR]\n    parameters: { fast: 3 }\n    allocation: 0.1\n    execution: recommend\n    waitMinutes: 45\n    enabled: true\n`;
    const limits = 'strategies: { Second: { openOrdersMax: 3 } }\n';
    const before = head();
    const { code, out } = await apply({ 'strategies.yaml': strategies, 'limits.yaml': limits }, '--yes');
    expect([code, out.match(/^done/gm)?.length]).toEqual([0, 4]);
    expect((await askedSince(before)).map(({ kind }) => kind)).toEqual([
      'StrategyCreated',
      'StrategyExecutionSet',
      'LimitSet',
      'StrategyEnabled',
    ]);
    expect((await world.exported())['strategies.yaml']).toMatch(
      /Second:[\s\S]*fast: 3[\s\S]*execution: recommend\n {4}waitMinutes: 45\n {4}enabled: true/,
    );
    expect((await apply({ 'strategies.yaml': strategies, 'limits.yaml': limits }, '--yes')).out).toMatch(/^Nothing to change/);
  });

  test('back to automatic takes a second person', async () => {
    const text = 'strategies: { Second: { execution: automatic } }\n';
    expect((await apply({ 'strategies.yaml': text }, '--yes')).out).toMatch(
      /^waits +strategies\.yaml: Second: execution recommend → automatic/m,
    );
    expect((await apply({ 'strategies.yaml': text }, '--yes')).out).toMatch(/Nothing to send/);
    await approveAll();
    expect((await apply({ 'strategies.yaml': text }, '--yes')).out).toMatch(/^Nothing to change/);
  });
});

describe('roles', () => {
  test('an admin who logs in gives them, and is asked first', async () => {
    const place = await world.folderOf({ 'users.yaml': 'users: { Tom: viewer }\n' });
    expect(await world.asAdmin(['apply', place], ['no'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Tom: trader → viewer.*\nNothing was changed/),
    });
    expect(await world.asAdmin(['apply', place], ['y'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^done +users\.yaml: Tom: trader → viewer/m),
    });
    const back = await world.folderOf({ 'users.yaml': 'users: { Tom: trader }\n' });
    const { code, out, err } = await world.asAdmin(['apply', back, '--yes']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^done/m)]);
    expect(err).not.toContain('battery');
  });

  test('who logged in is logged out afterwards', async () => {
    const { code } = await world.asAdmin(['export', '--out', world.folder]);
    const open = await world.api.database.db
      .selectFrom('sessions')
      .selectAll()
      .where('person_id', '=', world.admin.id)
      .where('revoked_at', 'is', null)
      .execute();
    expect([code, open.length]).toEqual([0, 1]);
  });

  test.each([
    [
      'by a key',
      'users: { Olga: admin }\n',
      /:1:16: Olga is risk officer → admin: roles are given by people, not by keys: log in with --as NAME/,
    ],
    ['of nobody', 'users:\n  Olga: risk-officer\n  Nemo: viewer\n', /:3:3: there is nobody named "Nemo": invite them first/],
  ])('%s is refused', async (_name, text, says) => {
    const before = head();
    expect(await apply({ 'users.yaml': text }, '--yes')).toMatchObject({ code: 1, err: expect.stringMatching(says) });
    expect(head()).toBe(before);
  });

  test('nobody gives a role to themselves', async () => {
    const place = await world.folderOf({ 'users.yaml': 'users: { Ada: viewer }\n' });
    expect(await world.asAdmin(['apply', place, '--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(/this is you/) });
  });
});
