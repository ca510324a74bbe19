import { propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import { secondPersonProblem } from '../engine/commands.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { AS_OF, momentOf } from '../graphql/moment.ts';
import type { AsOfInput } from '../graphql/moment.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { brakeKey, releaseProblem } from './brakes.ts';
import type { Brake } from './brakes.ts';
import type { Controls } from './graphql.ts';
import { isLoosening, layeredValue } from './layers.ts';
import { formatLimit, isLimitName, LIMIT_DEFINITIONS, parseLimit } from './limits.ts';

type Authorized = Context & { readonly principal: Principal };

/** A limit of one strategy, beside the account's. */
export interface StrategyLimit {
  readonly strategyId: string;
  readonly name: string;
  /** Decimal text. */
  readonly value: string;
}
export interface StrategyLimitPayload {
  readonly __typename: 'StrategyLimitPayload';
  readonly limit: StrategyLimit;
}
interface ControlsPayload {
  readonly __typename: 'ControlsPayload';
  readonly controls: Controls;
}

/** Limits that were set for a strategy, in the order of the definitions. */
export function strategyLimits({ layers }: Controls['state'], strategyId: string): StrategyLimit[] {
  const layer = layers.get(`strategy:${strategyId}`);
  return LIMIT_DEFINITIONS.flatMap(({ name }) => {
    const value = layer?.get(name);
    return value === undefined ? [] : [{ strategyId, name, value: formatLimit(name, value) }];
  });
}

interface SetStrategyLimit {
  readonly strategyId: string;
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** Tightening takes effect at once; letting more through is a proposal that a second person approves. */
export async function setStrategyLimit(
  { strategyId, name, value, reason }: SetStrategyLimit,
  context: Authorized,
): Promise<StrategyLimitPayload | Proposed | NotFound> {
  const { session, principal, report } = context;
  const state = session.state();
  if (!state.strategies.has(strategyId)) return notFound('strategy', strategyId);
  if (!isLimitName(name)) {
    const names = LIMIT_DEFINITIONS.map((definition) => definition.name).join(', ');
    return invalidInput('name', 'There is no limit with this name.', `One of ${names}.`);
  }
  const parsed = parseLimit(name, value);
  if (!parsed.ok) return invalidInput('value', parsed.message, 'The query `limits` shows each limit with its unit, default and ceiling.');
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const who = `strategy:${strategyId}`;
  const from = layeredValue(state.limits, state.layers, who, name);
  if (isLoosening(name, from, parsed.value)) {
    const change = { kind: 'limit', name, from: formatLimit(name, from), to: formatLimit(name, parsed.value), who } as const;
    return await propose(change, reason, context);
  }
  const outcome = await command(session, { kind: 'LimitSet', at: state.now, by: actorOf(principal), who, name, value, reason }, report);
  if (!outcome.ok) return outcome.error;
  return { __typename: 'StrategyLimitPayload', limit: { strategyId, name, value: formatLimit(name, parsed.value) } };
}

/** Lets a breaker's brake go, by its key as `controls` shows it. */
async function releaseBrake(
  key: string,
  reason: string,
  context: Authorized,
): Promise<ControlsPayload | InvalidInput | NotFound | Conflict | Unavailable> {
  const { session, principal, report } = context;
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const brake = session.state().brakes.get(key);
  if (brake === undefined) return notFound('brake', key);
  const refused = releaseProblem(brake, reason) ?? secondPersonProblem(brake, session.state().secondPerson);
  if (refused !== undefined) return conflict(refused);
  const { code, scope } = brake;
  const event = { kind: 'BrakeReleased', at: session.state().now, by: actorOf(principal), code, scope, reason } as const;
  const outcome = await command(session, event, report);
  return outcome.ok ? { __typename: 'ControlsPayload', controls: { state: outcome.state } } : outcome.error;
}

const subjectOf = (scope: Brake['scope']): string | undefined =>
  scope.kind === 'account' ? undefined : scope.kind === 'strategy' ? scope.strategyId : scope.symbol;

function addTypes(builder: Builder): void {
  builder.objectType('Brake', {
    description:
      'A breaker that has tripped on a strategy, a symbol, or on the account for a time: sizes are halved, or nothing is opened.',
    fields: (t) => ({
      key: t.string({ description: 'Names it in `releaseBrake`.', resolve: (brake) => brakeKey(brake) }),
      code: t.exposeString('code'),
      scope: t.string({ description: 'account, strategy or symbol.', resolve: ({ scope }) => scope.kind }),
      subject: t.string({ nullable: true, description: 'The strategy or the symbol.', resolve: ({ scope }) => subjectOf(scope) }),
      effect: t.exposeString('effect', { description: 'half or entries-off.' }),
      because: t.exposeString('because'),
      since: t.expose('since', { type: 'DateTime' }),
      reset: t.exposeString('reset', { description: 'automatic or person.' }),
    }),
  });
  builder.objectType('StrategyLimit', {
    description: 'A limit of one strategy: of it and of the account’s the tighter holds.',
    fields: (t) => ({ strategyId: t.exposeString('strategyId'), name: t.exposeString('name'), value: t.exposeString('value') }),
  });
  builder.objectType('StrategyLimitPayload', { fields: (t) => ({ limit: t.expose('limit', { type: 'StrategyLimit' }) }) });
}

/** Limits of strategies, and brakes. */
export function addRiskLayers(builder: Builder, asOf: AsOfInput): void {
  addTypes(builder);
  const limitInput = builder.inputType('SetStrategyLimitInput', {
    fields: (t) => ({
      strategyId: t.string({ required: true }),
      name: t.string({ required: true }),
      value: t.field({ type: 'Decimal', required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const members = ['InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'] as const;
  const limitResult = builder.unionType('SetStrategyLimitResult', {
    types: ['StrategyLimitPayload', 'ProposalPayload', ...members],
    resolveType: typeOfMember,
  });
  const brakeResult = builder.unionType('ReleaseBrakeResult', { types: ['ControlsPayload', ...members], resolveType: typeOfMember });
  const authScopes = { principal: true } as const;
  builder.queryFields((t) => ({
    brakes: t.field({
      type: ['Brake'],
      args: { asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => [...(await momentOf(args.asOf, context)).state.brakes.values()],
    }),
    strategyLimits: t.field({
      type: ['StrategyLimit'],
      args: { strategyId: t.arg.string({ required: true }), asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, { strategyId, asOf: place }, context) => strategyLimits((await momentOf(place, context)).state, strategyId),
    }),
  }));
  builder.mutationFields((t) => ({
    setStrategyLimit: t.authField({
      type: limitResult,
      authScopes,
      description: 'Of one strategy: tightening holds at once, loosening proposes and holds when a second person approves.',
      args: { input: t.arg({ type: limitInput, required: true }) },
      resolve: (_root, { input }, context) => setStrategyLimit(input, context),
    }),
    releaseBrake: t.authField({
      type: brakeResult,
      authScopes,
      description: 'Lets a brake go that waits for a person. The strategy that was paused with it stays paused until it is enabled.',
      args: { key: t.arg.string({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { key, reason }, context) => releaseBrake(key, reason, context),
    }),
  }));
}
