import { KEY_DAYS, scopesOf } from '../../approvals/keys.ts';
import { lesser, ROLE_NAMES } from '../../approvals/roles.ts';
import type { Builder } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import type { Enums } from '../../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../../graphql/errors.ts';
import { actorOf } from '../../graphql/principal.ts';
import type { Principal } from '../../graphql/principal.ts';
import { isPrintable } from '../../orders/ticket.ts';
import type { Agent, AgentRun, ModelChoice } from './agent.ts';
import { AGENT_ROLES } from './roles.ts';
import type { AgentRole, RoleName } from './roles.ts';

export interface AgentPayload {
  readonly __typename: 'AgentPayload';
  readonly agent: Agent;
}

export interface AgentRunPayload {
  readonly __typename: 'AgentRunPayload';
  readonly run: AgentRun;
}

type Authorized = Context & { readonly principal: Principal };

/** What was asked for; `null` and nothing are the same. */
interface Wanted {
  readonly name: string;
  readonly role: RoleName;
  readonly model?: ModelChoice | null | undefined;
  readonly everyMinutes?: number | null | undefined;
  readonly tokensPerDayMax?: number | null | undefined;
  readonly days?: number | null | undefined;
}

const NAME_LENGTH_MAX = 60;
const EVERY_MINUTES = { min: 5, max: 10_080 } as const;
const TOKENS_MAX = 100_000_000;

const isWithin = (value: number | null | undefined, min: number, max: number): boolean =>
  value === null || value === undefined || (value >= min && value <= max);

/** Where something about a wanted agent is wrong. */
function problemOf(
  { name, everyMinutes, tokensPerDayMax, days }: Wanted,
  model: ModelChoice,
  { agents }: Context,
): InvalidInput | undefined {
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || !isPrintable(name))
    return invalidInput('name', `name must be 1 to ${NAME_LENGTH_MAX} printable characters`, 'Say what the agent is for.');
  if (everyMinutes !== 0 && !isWithin(everyMinutes, EVERY_MINUTES.min, EVERY_MINUTES.max))
    return invalidInput(
      'everyMinutes',
      `an agent runs every ${EVERY_MINUTES.min} to ${EVERY_MINUTES.max} minutes`,
      'Give 0 for one that runs by hand alone.',
    );
  if (!isWithin(tokensPerDayMax, 1, TOKENS_MAX))
    return invalidInput('tokensPerDayMax', `a day has 1 to ${TOKENS_MAX} tokens`, 'Leave it out for what is usual.');
  if (!isWithin(days, 1, KEY_DAYS.agent.max))
    return invalidInput('days', `a key of an agent works for 1 to ${KEY_DAYS.agent.max} days`, 'Make another before it ends.');
  if (model === 'configured' && agents.model === undefined)
    return invalidInput('model', 'this server is set up for no model', 'Set TIDEMARK_MODEL_URL and TIDEMARK_MODEL_NAME, and restart it.');
  return undefined;
}

const scheduleOf = ({ everyMinutes }: Wanted, role: AgentRole): number | undefined =>
  everyMinutes === 0 ? undefined : (everyMinutes ?? role.everyMinutes);

/** A key whose secret nobody gets, and an agent that acts under it: of its maker's rights never more than a key may have. */
async function createAgent(wanted: Wanted, context: Authorized): Promise<AgentPayload | InvalidInput> {
  const { principal, keys, agents, security } = context;
  const model = wanted.model ?? 'configured';
  const problem = problemOf(wanted, model, context);
  if (problem !== undefined) return problem;
  const { name } = wanted;
  const role = AGENT_ROLES[wanted.role];
  const right = lesser('trader', principal.role);
  const scopes = scopesOf('agent', role.scopes);
  const days = wanted.days ?? KEY_DAYS.agent.usual;
  const key = await keys.create(principal, name, right, { kind: 'agent', scopes, days });
  try {
    const tokensPerDayMax = wanted.tokensPerDayMax ?? role.budget.tokensPerDayMax;
    const agent = await agents.save({
      name,
      role: role.name,
      keyId: key.id,
      ownerId: principal.personId,
      model,
      everyMinutes: scheduleOf(wanted, role),
      budget: { ...role.budget, tokensPerDayMax },
    });
    const subject = `${name}, ${role.title}, ${model}, ${ROLE_NAMES[right]}, ${scopes.join(' ')}`;
    await security.recordAccess(actorOf(principal), principal.personId, 'AgentMade', subject);
    return { __typename: 'AgentPayload', agent };
  } catch (error) {
    // A key without its agent would be one that nobody uses and nobody misses.
    await keys.revoke(key.id);
    throw error;
  }
}

/** Own agents, and to an admin everybody’s. */
async function ownAgent(id: string, { agents, principal }: Authorized): Promise<Agent | undefined> {
  const agent = await agents.byId(id);
  return agent !== undefined && (agent.ownerId === principal.personId || principal.role === 'admin') ? agent : undefined;
}

async function runAgent(id: string, context: Authorized): Promise<AgentRunPayload | NotFound | Conflict> {
  const agent = await ownAgent(id, context);
  if (agent === undefined) return notFound('agent of yours', id);
  if (agent.isPaused) return conflict('The agent is paused: resume it first.');
  const run = await context.agents.queueRun(id, actorOf(context.principal));
  return run === undefined ? conflict('A run of the agent waits already.') : { __typename: 'AgentRunPayload', run };
}

async function setPaused(agent: Agent, isPaused: boolean, { agents, security, principal }: Authorized): Promise<AgentPayload> {
  const act = isPaused ? 'AgentPaused' : 'AgentResumed';
  if (await agents.setPaused(agent.id, isPaused)) await security.recordAccess(actorOf(principal), agent.ownerId, act, agent.name);
  return { __typename: 'AgentPayload', agent: { ...agent, isPaused } };
}

async function pauseAgent(id: string, context: Authorized): Promise<AgentPayload | NotFound> {
  const agent = await context.agents.byId(id);
  return agent === undefined ? notFound('agent', id) : await setPaused(agent, true, context);
}

async function resumeAgent(id: string, context: Authorized): Promise<AgentPayload | NotFound> {
  const agent = await ownAgent(id, context);
  return agent === undefined ? notFound('agent of yours', id) : await setPaused(agent, false, context);
}

function addPayloads(builder: Builder) {
  builder.objectType('AgentPayload', { fields: (t) => ({ agent: t.expose('agent', { type: 'Agent', description: 'As it is now.' }) }) });
  builder.objectType('AgentRunPayload', { fields: (t) => ({ run: t.expose('run', { type: 'AgentRun' }) }) });
  return {
    created: builder.unionType('CreateAgentResult', { types: ['AgentPayload', 'InvalidInputError'], resolveType: typeOfMember }),
    ran: builder.unionType('RunAgentResult', { types: ['AgentRunPayload', 'NotFoundError', 'ConflictError'], resolveType: typeOfMember }),
    paused: builder.unionType('PauseAgentResult', { types: ['AgentPayload', 'NotFoundError'], resolveType: typeOfMember }),
    resumed: builder.unionType('ResumeAgentResult', { types: ['AgentPayload', 'NotFoundError'], resolveType: typeOfMember }),
  };
}

/** Making agents, running, pausing and resuming them. */
export function addRunnerMutations(builder: Builder, enums: Enums): void {
  const { created, ran, paused, resumed } = addPayloads(builder);
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    createAgent: t.authField({
      type: created,
      authScopes,
      description: 'Makes an agent that this server runs, with a key of its own that has the scopes of the role.',
      args: {
        name: t.arg.string({ required: true }),
        role: t.arg({ type: enums.agentRole, required: true }),
        model: t.arg({ type: enums.agentModel, description: 'CONFIGURED where absent.' }),
        everyMinutes: t.arg.int({
          description: 'How often it runs by itself, 5 to 10,080; 0: by hand alone. As usual for its role where absent.',
        }),
        tokensPerDayMax: t.arg.int({ description: 'As usual for its role where absent.' }),
        days: t.arg.int({ description: 'How long its key works: 30 days where absent, at most 90.' }),
      },
      resolve: (_root, wanted, context) => createAgent(wanted, context),
    }),
    runAgent: t.authField({
      type: ran,
      authScopes,
      description: 'Asks for a run now: it begins when none of the agent is at work.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => runAgent(id, context),
    }),
    pauseAgent: t.authField({
      type: paused,
      authScopes,
      description: 'The agent begins no run any more, and one at work ends within a second.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => pauseAgent(id, context),
    }),
    resumeAgent: t.authField({
      type: resumed,
      authScopes,
      description: 'The agent runs again.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => resumeAgent(id, context),
    }),
  }));
}
