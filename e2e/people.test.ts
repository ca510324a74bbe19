import { afterAll, beforeAll, expect, test } from 'vitest';
import { logIn, run, secondPerson, start, temporaryFolder } from './product.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const people = (...args: readonly string[]) => run(['people', ...args, '--data-dir', folder.path]);

test('invited on the command line, joined at the server, refused while it runs, removed: over one data directory', async () => {
  const added = await people('add', 'Olga', '--role', 'risk-officer', '--url', 'http://127.0.0.1:4000/');
  expect([added.code, added.out]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/join#[\w-]{43}\n$/)]);
  expect((await people('add', 'Tom', '--role', 'boss')).code).toBe(2);
  const server = await start(['serve', '--port', '0', '--data-dir', folder.path, '--speed', '0']);
  const { origin } = new URL(server.url);
  try {
    const busy = await people('list');
    expect([busy.code, busy.err]).toEqual([1, expect.stringMatching(/is in use by process \d+/)]);
    const joining = await fetch(`${origin}/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token: added.out.trim().split('#')[1], password: 'four plain words here' }),
    });
    expect(joining.status).toBe(200);
    // What the owner proposes waits for Olga; the owner alone is told why.
    const owner = await logIn(server.url);
    const { setLimit } = await owner.query<{ setLimit: { proposal: { id: string; hash: string; whyNot: string } } }>(
      'mutation { setLimit(input: { name: "openPositionsMax", value: "30", reason: "a busy week" }) { ... on ProposalPayload { proposal { id hash whyNot } } } }',
    );
    expect(setLimit.proposal.whyNot).toMatch(/somebody else/);
    const third = await secondPerson(owner, origin, 'Tom');
    const approved = await third.query<{ approveChange: { proposal: { state: string } } }>(
      'mutation($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { ... on ProposalPayload { proposal { state } } } }',
      { id: setLimit.proposal.id, hash: setLimit.proposal.hash },
    );
    expect(approved.approveChange.proposal.state).toBe('APPLIED');
  } finally {
    await server.stop('SIGTERM');
  }
  const listed = await people('list', '--json');
  const { people: rows } = JSON.parse(listed.out) as { people: { name: string; role: string; joinedAt: string | null }[] };
  expect(rows.map(({ name, role, joinedAt }) => [name, role, joinedAt !== null])).toEqual([
    ['Olga', 'risk_officer', true],
    ['owner', 'admin', true],
    ['Tom', 'risk_officer', true],
  ]);
  expect((await people('remove', 'olga')).code).toBe(0);
  expect((await people('remove', 'owner')).code).toBe(2);
});
