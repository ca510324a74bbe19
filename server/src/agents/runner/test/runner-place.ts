import { expect } from 'vitest';
import { startAgents } from '../../../commands/serve/agents.ts';
import type { AgentParts } from '../../../commands/serve/agents.ts';
import { openApiWorld } from '../../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../../graphql/test/api-world.ts';
import { logIn } from '../../../graphql/test/log-in.ts';
import type { LoggedIn } from '../../../graphql/test/log-in.ts';
import { instantFromMs } from '../../../money/instant.ts';
import type { TestDatabase } from '../../../platform/test-database.ts';
import type { ModelProtocol } from '../model-settings.ts';
import type { Runner } from '../runner-service.ts';
import { openModelServer } from './model-servers.ts';
import type { Heard, ModelServer, Reply } from './model-servers.ts';

export const MODEL_KEY = 'planted-key-of-the-model';
export const now = () => instantFromMs(Date.now());

/** A server whose agents ask a model of the test’s. */
export interface Place {
  readonly api: ApiWorld;
  readonly owner: LoggedIn;
  readonly model: ModelServer;
  readonly run: (change?: Partial<AgentParts>) => Promise<Runner>;
}

const closing: (() => Promise<void>)[] = [];

/** Closes what was opened, after each test. */
export async function closePlaces(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

export async function open(
  openDatabase: () => Promise<TestDatabase>,
  reply: (heard: Heard, turn: number) => Reply,
  protocol: ModelProtocol = 'openai',
): Promise<Place> {
  const api = await openApiWorld(openDatabase);
  closing.push(() => api.close());
  const model = await openModelServer(protocol, reply);
  closing.push(() => model.close());
  const settings = { protocol, baseUrl: model.url, apiKey: MODEL_KEY, name: 'test-model', turnMsMax: 20_000, retriesMax: 0 };
  return {
    api,
    model,
    owner: await logIn(api),
    run: async (change) => {
      const report = (what: string, error: unknown): void => void api.failures.push(`${what}: ${String(error)}`);
      const runner = await startAgents({ db: api.database.db, openDoor: api.server.openDoor, model: settings, now, report, ...change });
      closing.push(() => runner.close());
      return runner;
    },
  };
}

export const CREATE = `mutation ($role: AgentRoleName!, $model: AgentModel, $everyMinutes: Int = 0, $tokens: Int) {
  createAgent(name: "One", role: $role, model: $model, everyMinutes: $everyMinutes, tokensPerDayMax: $tokens) {
    __typename ... on AgentPayload { agent { id keyId } } ... on InvalidInputError { field message } } }`;
export const RUN =
  'mutation ($id: ID!) { runAgent(id: $id) { __typename ... on AgentRunPayload { run { id } } ... on Error { message } } }';
export const PAUSE = 'mutation ($id: ID!) { pauseAgent(id: $id) { __typename ... on AgentPayload { agent { isPaused } } } }';
export const RESUME = 'mutation ($id: ID!) { resumeAgent(id: $id) { __typename ... on AgentPayload { agent { isPaused } } } }';
const RUNS = `query ($id: ID!) { agent(id: $id) { used { tokens trials workSeconds } runs { edges { node {
  id trigger outcome reason summary tokensIn tokensOut begunAt endedAt
  turns { number said tools tokensIn calls { tool outcome actor cause turn refusal answer } } } } } } }`;

interface SeenRun {
  readonly id: string;
  readonly outcome: string | null;
  readonly reason: string;
  readonly summary: string;
  readonly trigger: string;
  readonly endedAt: string | null;
  readonly begunAt: string | null;
  readonly tokensIn: number;
  readonly turns: readonly { readonly calls: readonly Readonly<Record<string, unknown>>[] }[];
}

export async function create(
  by: LoggedIn,
  role: string,
  variables: Record<string, unknown> = {},
): Promise<{ readonly id: string; readonly keyId: string }> {
  const { agent } = await by.ask(CREATE, { role, ...variables });
  return agent as { id: string; keyId: string };
}

export async function seen(
  by: LoggedIn,
  id: string,
): Promise<{ readonly runs: readonly SeenRun[]; readonly used: Readonly<Record<string, number>> }> {
  const { runs, used } = await by.ask(RUNS, { id });
  const { edges } = runs as { readonly edges: readonly { readonly node: SeenRun }[] };
  return { runs: edges.map(({ node }) => node), used: used as Readonly<Record<string, number>> };
}

/** The runs of an agent, as soon as so many have ended; the newest first. */
export async function ended(by: LoggedIn, id: string, count = 1): Promise<readonly SeenRun[]> {
  const done = async (): Promise<number> => (await seen(by, id)).runs.filter(({ outcome }) => outcome !== null).length;
  await expect.poll(done, { timeout: 10_000, interval: 50 }).toBeGreaterThanOrEqual(count);
  return (await seen(by, id)).runs;
}

/** A model that calls one tool. */
export const calling = (tool: string, given: unknown = {}): Reply => ({
  text: 'I look.',
  calls: [{ tool, arguments: JSON.stringify(given) }],
});
