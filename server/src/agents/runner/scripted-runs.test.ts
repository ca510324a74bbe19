import { expect, test } from 'vitest';
import { startAgents } from '../../commands/serve/agents.ts';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import { logIn } from '../../graphql/test/log-in.ts';
import type { LoggedIn } from '../../graphql/test/log-in.ts';
import { instantFromMs } from '../../money/instant.ts';
import { withTestDatabases } from '../../platform/test-database.ts';

const CREATE = `mutation ($role: AgentRoleName!) { createAgent(name: "One", role: $role, model: SCRIPTED, everyMinutes: 0) {
  __typename ... on AgentPayload { agent { id } } } }`;
/** Something that needs data. */
const STRATEGY = `mutation { createStrategy(input: { name: "Trend", symbols: ["ALDR"], template: "sma-crossover" }) {
  __typename ... on StrategyPayload { strategy { id } } } }`;
const RUN = 'mutation ($id: ID!) { runAgent(id: $id) { __typename ... on AgentRunPayload { run { id } } } }';
const RUN_ENDED = 'query ($id: ID!) { agentRun(id: $id) { outcome reason summary turns { calls { tool outcome refusal } } } }';

interface EndedRun {
  readonly outcome: string | null;
  readonly summary: string | null;
  readonly turns: readonly {
    readonly calls: readonly { readonly tool: string; readonly outcome: string; readonly refusal: string | null }[];
  }[];
}

async function runOf(by: LoggedIn, agent: string): Promise<EndedRun> {
  const { run } = (await by.ask(RUN, { id: agent })) as unknown as { run: { id: string } };
  const read = async (): Promise<EndedRun> => (await by.post(RUN_ENDED, { id: run.id })).data?.['agentRun'] as EndedRun;
  await expect.poll(async () => (await read()).outcome, { timeout: 50_000, interval: 100 }).toBeTypeOf('string');
  const ended = await read();
  expect(ended).toMatchObject({ outcome: 'DONE' });
  return ended;
}

withTestDatabases('agents by scripts', (openDatabase) => {
  test.each([
    { role: 'DATA', first: /I remember no earlier look/, second: /Since the look of \d{4}-\d{2}-\d{2}/ },
    { role: 'RESEARCH', first: /\(run \S+\): return/, second: /\(run \S+\): return|gave no result/ },
  ])('$role remembers what it did, and goes on from there', async ({ role, first, second }) => {
    const api = await openApiWorld(openDatabase);
    const report = (what: string, error: unknown): void => void api.failures.push(`${what}: ${String(error)}`);
    const now = () => instantFromMs(Date.now());
    const runner = await startAgents({ db: api.database.db, openDoor: api.server.openDoor, model: undefined, now, report });
    try {
      const owner = await logIn(api);
      await owner.ask(STRATEGY, {});
      const { agent } = (await owner.ask(CREATE, { role })) as unknown as { agent: { id: string } };
      const [one, two] = [await runOf(owner, agent.id), await runOf(owner, agent.id)];
      expect(one.summary).toMatch(first);
      expect(two.summary).toMatch(second);
      expect(two.summary).not.toBe(one.summary);
      const refused = [one, two].flatMap(({ turns }) =>
        turns.flatMap(({ calls }) => calls.filter(({ outcome }) => outcome !== 'ANSWERED')),
      );
      expect(refused).toEqual([]);
      expect(api.failures).toEqual([]);
    } finally {
      await runner.close();
      await api.close();
    }
  });
});
