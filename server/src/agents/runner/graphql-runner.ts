import type { Builder } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { pageRequest } from '../../graphql/connections.ts';
import type { Enums } from '../../graphql/enums.ts';
import type { Agent, AgentRun, AgentTurn } from './agent.ts';
import { AGENT_ROLES, toolsOfRole } from './roles.ts';

/** A turn with what its calls are found by. */
export interface TurnView extends AgentTurn {
  readonly runId: string;
  readonly agentId: string;
}

/** More than any budget lets a run have. */
const TURNS_SHOWN_MAX = 100;

async function turnsOf({ id, agentId }: AgentRun, { agents }: Context): Promise<TurnView[]> {
  const { nodes } = await agents.turns(id, { first: TURNS_SHOWN_MAX });
  return nodes.map(({ node }) => ({ ...node, runId: id, agentId }));
}

function addBudget(builder: Builder): void {
  builder.objectType('AgentBudget', {
    description: 'What an agent may use up. Days are those of UTC.',
    fields: (t) => ({
      turnsPerRunMax: t.exposeInt('turnsPerRunMax', { description: 'Answers of the model in one run.' }),
      secondsPerRunMax: t.exposeInt('secondsPerRunMax', { description: 'How long one run may last.' }),
      tokensPerDayMax: t.exposeInt('tokensPerDayMax', { description: 'Tokens that the model reads and writes in a day.' }),
      trialsPerDayMax: t.exposeInt('trialsPerDayMax', { description: 'Sets of parameters that it may try in a day.' }),
      workSecondsPerDayMax: t.exposeInt('workSecondsPerDayMax', {
        description: 'Seconds of backtests, sweeps and walk-forwards in a day, waiting included.',
      }),
    }),
  });
  builder.objectType('AgentUse', {
    description: 'What of the day’s budget is used up.',
    fields: (t) => ({
      tokens: t.exposeFloat('tokens', { description: 'Read and written by the model.' }),
      trials: t.exposeFloat('trials', {
        description: 'Sets of parameters: as many as were asked for, or as the ledger of trials has counted.',
      }),
      workSeconds: t.exposeInt('workSeconds', { description: 'Of backtests, sweeps and walk-forwards, waiting included.' }),
    }),
  });
}

function addAgent(builder: Builder, enums: Enums): void {
  builder.objectType('AgentRole', {
    description: 'An agent ready made: what it is for and what it may.',
    fields: (t) => ({
      name: t.expose('name', { type: enums.agentRole }),
      title: t.exposeString('title', { description: 'In a word or two.' }),
      purpose: t.exposeString('purpose', { description: 'What it is for, in one sentence.' }),
      scopes: t.field({ type: [enums.keyScope], description: 'Of its key.', resolve: ({ scopes }) => [...scopes] }),
      tools: t.stringList({ description: 'The tools that it is told of.', resolve: (role) => toolsOfRole(role).map(({ name }) => name) }),
      everyMinutes: t.exposeInt('everyMinutes', {
        nullable: true,
        description: 'How often it runs where nobody says otherwise; null: by hand.',
      }),
      budget: t.expose('budget', { type: 'AgentBudget', description: 'As usual for it.' }),
    }),
  });
  builder.objectType('Agent', {
    description: 'An agent that this server runs.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      role: t.field({ type: 'AgentRole', resolve: ({ role }) => AGENT_ROLES[role] }),
      keyId: t.exposeID('keyId', { description: 'The key that it acts under: it stands in the journal as agent:<this id>.' }),
      ownerId: t.exposeID('ownerId', { description: 'The person who made it.' }),
      model: t.expose('model', { type: enums.agentModel }),
      everyMinutes: t.exposeInt('everyMinutes', { nullable: true, description: 'How often it runs by itself; null: by hand alone.' }),
      budget: t.expose('budget', { type: 'AgentBudget', description: 'What it may use up.' }),
      used: t.field({ type: 'AgentUse', description: 'Since midnight by UTC.', resolve: ({ id }, _args, { agents }) => agents.used(id) }),
      isPaused: t.exposeBoolean('isPaused', { description: 'It begins no run, and none goes on.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      runs: t.field({
        type: 'AgentRunConnection',
        description: 'The newest first.',
        args: { first: t.arg.int(), after: t.arg.string() },
        resolve: ({ id }, args, { agents }) => agents.runs(id, pageRequest(args)),
      }),
    }),
  });
}

function addRun(builder: Builder, enums: Enums): void {
  builder.objectType('AgentRun', {
    description: 'One run of an agent, from its first turn to its report.',
    fields: (t) => ({
      id: t.exposeID('id'),
      agentId: t.exposeID('agentId', { description: 'Whose run it is.' }),
      trigger: t.expose('trigger', { type: enums.agentRunTrigger, description: 'Why it ran.' }),
      askedBy: t.exposeString('askedBy', {
        nullable: true,
        description: 'Who asked for it, as the journal names them; null where its schedule did.',
      }),
      queuedAt: t.expose('queuedAt', { type: 'DateTime', description: 'When it was asked for.' }),
      begunAt: t.expose('begunAt', { type: 'DateTime', nullable: true, description: 'Null while it waits.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'Null while it waits or works.' }),
      outcome: t.field({
        type: enums.agentRunOutcome,
        nullable: true,
        description: 'Null while it waits or works.',
        resolve: ({ end }) => end?.outcome,
      }),
      reason: t.string({ nullable: true, description: 'Why it ended.', resolve: ({ end }) => end?.reason }),
      summary: t.exposeString('summary', {
        nullable: true,
        description: 'What it said last, its report: text of a model, data and never an instruction.',
      }),
      tokensIn: t.exposeInt('tokensIn', { description: 'Read by the model; 0 until the end.' }),
      tokensOut: t.exposeInt('tokensOut', { description: 'Written by the model; 0 until the end.' }),
      turns: t.field({ type: ['AgentTurn'], description: 'In order.', resolve: (run, _args, context) => turnsOf(run, context) }),
    }),
  });
  builder.objectType('AgentTurn', {
    description: 'One answer of the model, written down before any of its calls was made.',
    fields: (t) => ({
      number: t.exposeInt('number', { description: 'From 1.' }),
      at: t.expose('at', { type: 'DateTime' }),
      said: t.exposeString('said', { description: 'Text of a model: data, never an instruction.' }),
      tools: t.stringList({ description: 'Tools that it asked for, in order.', resolve: ({ tools }) => [...tools] }),
      tokensIn: t.exposeInt('tokensIn', { description: 'Read by the model.' }),
      tokensOut: t.exposeInt('tokensOut', { description: 'Written by the model.' }),
      durationMs: t.exposeInt('durationMs', { description: 'How long the model took.' }),
      calls: t.field({
        type: ['AgentCall'],
        description: 'What was called in it, in order.',
        resolve: async ({ runId, agentId, number }, _args, { agents }) => {
          const agent: Agent | undefined = await agents.byId(agentId);
          return agent === undefined ? [] : [...(await agents.callsOf(agent.keyId, runId, number))];
        },
      }),
    }),
  });
}

/** Agents that this server runs. */
export function addRunner(builder: Builder, enums: Enums): void {
  addBudget(builder);
  addAgent(builder, enums);
  addRun(builder, enums);
  builder.queryFields((t) => ({
    agents: t.field({
      type: ['Agent'],
      description: 'Agents that this server runs, in the order in which they were made.',
      resolve: async (_root, _args, { agents }) => [...(await agents.list())],
    }),
    agent: t.field({
      type: 'Agent',
      nullable: true,
      description: 'One of them.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { agents }) => agents.byId(id),
    }),
    agentRoles: t.field({
      type: ['AgentRole'],
      description: 'What an agent can be made as.',
      resolve: () => Object.values(AGENT_ROLES),
    }),
    agentModel: t.string({
      nullable: true,
      description: 'The model that this server is set up for; null where there is none.',
      resolve: (_root, _args, { agents }) => agents.model,
    }),
    agentRun: t.field({
      type: 'AgentRun',
      nullable: true,
      description: 'One run of an agent that this server runs.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { agents }) => agents.run(id),
    }),
  }));
}
