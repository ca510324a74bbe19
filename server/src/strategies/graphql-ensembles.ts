import { createHash } from 'node:crypto';
import { capitalOf } from '../engine/capital.ts';
import { settingProblemOf } from '../engine/ensembles.ts';
import type { Ensemble } from '../engine/ensembles.ts';
import type { EngineState, StrategySlot } from '../engine/state.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { AS_OF, momentBehind, momentOf } from '../graphql/moment.ts';
import type { AsOfInput } from '../graphql/moment.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { DecimalTextError, ratio } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { min } from '../money/money.ts';
import { sharpeOf } from './capital-rule.ts';
import { parseName } from './configuration.ts';
import { ensembleProblem } from './ensemble.ts';
import type { EnsembleConfig } from './ensemble.ts';

type Authorized = Context & { readonly principal: Principal };

/** A member with what it has now. */
export interface EnsembleMemberView {
  readonly strategy: StrategySlot;
  readonly capital: Ratio;
  readonly cap: Ratio;
  readonly returns: readonly number[];
}
export interface EnsembleView {
  readonly config: EnsembleConfig;
  readonly members: readonly EnsembleMemberView[];
  readonly waited: number;
}
export interface EnsemblePayload {
  readonly __typename: 'EnsemblePayload';
  readonly ensemble: EnsembleView;
}
export interface EnsembleDissolvedPayload {
  readonly __typename: 'EnsembleDissolvedPayload';
  readonly id: string;
}

interface SetInput {
  readonly id?: string | null | undefined;
  readonly name: string;
  readonly members: readonly string[];
  readonly total: string;
  readonly memberMax: string;
  readonly stepMax: string;
  readonly sessions: number;
  readonly priorSessions: number;
  readonly everySessions: number;
  readonly reason: string;
}

const viewOf = (state: EngineState, { config, members, waited }: Ensemble): EnsembleView => ({
  config,
  waited,
  members: [...members].flatMap(([id, { returns }]) => {
    const strategy = state.strategies.get(id);
    if (strategy === undefined) return [];
    const cap = min(config.memberMax, strategy.config.allocation);
    return [{ strategy, capital: capitalOf(state, strategy.config), cap, returns }];
  }),
});

/** A share as its text says it; the answer about its field where it says none. */
function shareOf(field: string, text: string): Ratio | InvalidInput {
  try {
    return ratio(text);
  } catch (error) {
    if (error instanceof DecimalTextError) return invalidInput(field, error.message, 'Write a fraction of equity, like 0.2.');
    throw error;
  }
}

const idOf = (name: string, at: Instant): string =>
  `ensemble-${createHash('sha256')
    .update(JSON.stringify([name, at]))
    .digest('hex')
    .slice(0, 12)}`;

function readConfig(input: SetInput, at: Instant): EnsembleConfig | InvalidInput {
  const name = parseName(input.name);
  if (!name.ok) return invalidInput(name.problem.field, name.problem.message, name.problem.hint);
  const shares = { total: ratio('0'), memberMax: ratio('0'), stepMax: ratio('0') };
  for (const field of ['total', 'memberMax', 'stepMax'] as const) {
    const read = shareOf(field, input[field]);
    if (typeof read !== 'bigint') return read;
    shares[field] = read;
  }
  const { sessions, priorSessions, everySessions } = input;
  const members = input.members.toSorted();
  const config = { id: input.id ?? idOf(name.value, at), name: name.value, members, ...shares, sessions, priorSessions, everySessions };
  const wrong = ensembleProblem(config);
  return wrong === undefined ? config : invalidInput(wrong.field, wrong.message, wrong.hint);
}

type SetAnswer = EnsemblePayload | InvalidInput | NotFound | Conflict | Unavailable;

async function setEnsemble(input: SetInput, { session, principal, report }: Authorized): Promise<SetAnswer> {
  const state = session.state();
  if (input.id && !state.ensembles.has(input.id)) return notFound('ensemble', input.id);
  const config = readConfig(input, state.now);
  if ('__typename' in config) return config;
  const problem = reasonProblem(input.reason);
  if (problem !== undefined) return problem;
  const refused = settingProblemOf(config, state);
  if (refused !== undefined) return conflict(refused);
  const event = { kind: 'EnsembleSet', at: state.now, by: actorOf(principal), config, reason: input.reason } as const;
  const outcome = await command(session, event, report);
  if (!outcome.ok) return outcome.error;
  const set = outcome.state.ensembles.get(config.id);
  // The engine looks again, in its own order of events.
  return set === undefined
    ? conflict('The ensemble was not set: look at the alerts.')
    : { __typename: 'EnsemblePayload', ensemble: viewOf(outcome.state, set) };
}

type DissolveAnswer = EnsembleDissolvedPayload | InvalidInput | NotFound | Unavailable;

async function dissolveEnsemble(id: string, reason: string, { session, principal, report }: Authorized): Promise<DissolveAnswer> {
  const state = session.state();
  if (!state.ensembles.has(id)) return notFound('ensemble', id);
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const event = { kind: 'EnsembleDissolved', at: state.now, by: actorOf(principal), ensembleId: id, reason } as const;
  const outcome = await command(session, event, report);
  return outcome.ok ? { __typename: 'EnsembleDissolvedPayload', id } : outcome.error;
}

function addTypes(builder: Builder): void {
  builder.objectType('EnsembleMember', {
    fields: (t) => ({
      strategy: t.expose('strategy', { type: 'Strategy' }),
      capital: t.expose('capital', { type: 'Decimal', description: 'Share of equity that it has now.' }),
      cap: t.expose('cap', { type: 'Decimal', description: 'The most that the rule may give it: its allocation, or less.' }),
      returns: t.floatList({
        description: 'What it made in each whole session, on what it was allotted at the open; oldest first.',
        resolve: ({ returns }) => [...returns],
      }),
      sharpe: t.float({
        nullable: true,
        description: 'Of these, annualised; null where they say nothing. The rule counts it from 0 to 3.',
        resolve: ({ returns }) => sharpeOf(returns),
      }),
    }),
  });
  builder.objectType('Ensemble', {
    description:
      'Strategies that share capital by their recent risk-adjusted results. Each allotment is an entry of the journal: CapitalAllotted.',
    fields: (t) => ({
      id: t.id({ resolve: ({ config }) => config.id }),
      name: t.string({ resolve: ({ config }) => config.name }),
      total: t.field({ type: 'Decimal', description: 'Share of equity of all members together.', resolve: ({ config }) => config.total }),
      memberMax: t.field({ type: 'Decimal', resolve: ({ config }) => config.memberMax }),
      stepMax: t.field({ type: 'Decimal', description: 'No share moves further at a rebalance.', resolve: ({ config }) => config.stepMax }),
      sessions: t.int({ description: 'That results are measured over.', resolve: ({ config }) => config.sessions }),
      priorSessions: t.int({ description: 'That the prior counts as.', resolve: ({ config }) => config.priorSessions }),
      everySessions: t.int({ description: 'From one rebalance to the next.', resolve: ({ config }) => config.everySessions }),
      waited: t.exposeInt('waited', { description: 'Sessions that have begun since the last allotment.' }),
      members: t.field({ type: ['EnsembleMember'], resolve: ({ members }) => [...members] }),
    }),
  });
  builder.objectType('EnsemblePayload', { fields: (t) => ({ ensemble: t.expose('ensemble', { type: 'Ensemble' }) }) });
  builder.objectType('EnsembleDissolvedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
  builder.objectField('Strategy', 'capital', (t) =>
    t.field({
      type: 'Decimal',
      description: 'Share of equity that it may hold now: its allocation, or what an ensemble has given it of that.',
      resolve: (slot, _args, context) => capitalOf(momentBehind(slot, context).state, slot.config),
    }),
  );
}

const addInput = (builder: Builder) =>
  builder.inputType('SetEnsembleInput', {
    description: 'Shares are of the account’s equity.',
    fields: (t) => ({
      id: t.id({ description: 'Of one that is there, to be set anew; absent for another one.' }),
      name: t.string({ required: true }),
      members: t.idList({ required: true, description: 'Ids of 2 to 20 strategies, in any order; a strategy is in one ensemble.' }),
      total: t.field({ type: 'Decimal', required: true, description: 'Of all members together: above 0, at most 1.' }),
      memberMax: t.field({ type: 'Decimal', required: true, description: 'Of one, who never has more than its allocation either.' }),
      stepMax: t.field({ type: 'Decimal', required: true, defaultValue: '0.05', description: 'By which a share moves at most.' }),
      sessions: t.int({ required: true, defaultValue: 63, description: '2 to 250.' }),
      priorSessions: t.int({ required: true, defaultValue: 63, description: '1 to 250: the more, the longer all stay equal.' }),
      everySessions: t.int({ required: true, defaultValue: 5, description: '1 to 250.' }),
      reason: t.string({ required: true }),
    }),
  });

/** Ensembles, and what each strategy has of them. */
export function addEnsembles(builder: Builder, asOf: AsOfInput): void {
  addTypes(builder);
  const input = addInput(builder);
  const set = builder.unionType('SetEnsembleResult', {
    types: ['EnsemblePayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const dissolved = builder.unionType('DissolveEnsembleResult', {
    types: ['EnsembleDissolvedPayload', 'InvalidInputError', 'NotFoundError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.queryFields((t) => ({
    ensembles: t.field({
      type: ['Ensemble'],
      args: { asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => {
        const { state } = await momentOf(args.asOf, context);
        return [...state.ensembles.values()].map((ensemble) => viewOf(state, ensemble));
      },
    }),
  }));
  builder.mutationFields((t) => ({
    setEnsemble: t.authField({
      type: set,
      authScopes: { principal: true },
      description:
        'These strategies share capital from now on: it is allotted at once, and again at each rebalance. None gets more than its allocation.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => setEnsemble(wanted, context),
    }),
    dissolveEnsemble: t.authField({
      type: dissolved,
      authScopes: { principal: true },
      description: 'Its strategies keep the capital that they have, until one is configured.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => dissolveEnsemble(id, reason, context),
    }),
  }));
}
