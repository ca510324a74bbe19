import type { Agent } from '../../agents/runner/agent.ts';
import { hidingKey } from '../../agents/runner/model-settings.ts';
import type { ModelSettings } from '../../agents/runner/model-settings.ts';
import type { ReadyModel } from '../../agents/runner/models.ts';
import { AGENT_ROLES } from '../../agents/runner/roles.ts';
import { startRunner } from '../../agents/runner/runner-service.ts';
import type { Runner, RunnerParts } from '../../agents/runner/runner-service.ts';
import { SCRIPTS } from '../../agents/runner/scripts.ts';
import { KEY_DAYS } from '../../approvals/keys.ts';
import type { Person } from '../../accounts/credential-service.ts';
import type { Capabilities } from '../../graphql/context.ts';

export interface AgentParts extends Pick<RunnerParts, 'db' | 'openDoor' | 'ownTools' | 'openingData' | 'now' | 'report'> {
  /** The model that the server is set up for. */
  readonly model: ModelSettings | undefined;
}

const SCRIPTED = { turnMsMax: 10_000, retriesMax: 0, hide: (text: string): string => text } as const;
const NO_MODEL = 'This server is set up for no model. Set TIDEMARK_MODEL_URL and TIDEMARK_MODEL_NAME, and restart it.';

async function scripted({ role }: Agent): Promise<ReadyModel> {
  const { scriptedModel } = await import('../../agents/runner/providers/scripted-model.ts');
  return { ...SCRIPTED, model: scriptedModel(SCRIPTS[role]) };
}

/** Runs agents beside the engine. The libraries of models are read when the first of them runs. */
export const startAgents = async ({ model, ...parts }: AgentParts): Promise<Runner> =>
  await startRunner({
    ...parts,
    modelOf: async (agent) => {
      if (agent.model === 'scripted') return await scripted(agent);
      if (model === undefined) return { problem: NO_MODEL };
      const { configuredModel } = await import('../../agents/runner/providers/configured-model.ts');
      return { ...model, model: configuredModel(model), hide: hidingKey(model) };
    },
  });

const BY = 'first start';
const FIRST_NAME = 'Daily summary (scripted)';

/** What a newcomer finds at work beside the first strategies: an agent that reports by a script, without a model and without a key of one. */
export async function createFirstAgent(
  { agents, keys, security }: Pick<Capabilities, 'agents' | 'keys' | 'security'>,
  owner: Person,
): Promise<void> {
  if ((await agents.list()).length > 0) return;
  const { name: role, scopes, everyMinutes, budget } = AGENT_ROLES.report;
  const terms = { kind: 'agent', scopes, days: KEY_DAYS.agent.max } as const;
  const key = await keys.create({ personId: owner.id, name: owner.name, role: owner.role }, FIRST_NAME, 'viewer', terms);
  await agents.save({ name: FIRST_NAME, role, keyId: key.id, ownerId: owner.id, model: 'scripted', everyMinutes, budget });
  await security.recordAccess(BY, owner.id, 'AgentMade', FIRST_NAME);
}
