import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { propose, proposeRelease } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import { conflict, invalidInput, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import type { KillAction } from '../engine/events.ts';
import { killSwitchProblem } from '../engine/kill-switch.ts';
import { limitViews } from './graphql.ts';
import type { Controls, LimitView } from './graphql.ts';
import { isLoosening } from './layers.ts';
import { formatLimit, isLimitName, LIMIT_DEFINITIONS, parseLimit } from './limits.ts';

type Authorized = Context & { readonly principal: Principal };
interface LimitPayload {
  readonly __typename: 'LimitPayload';
  readonly limit: LimitView;
}
interface ControlsPayload {
  readonly __typename: 'ControlsPayload';
  readonly controls: Controls;
}

interface SetLimit {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** What lets less risk through holds at once; what lets more through waits for a second person. */
export async function setLimit({ name, value, reason }: SetLimit, context: Authorized): Promise<LimitPayload | Proposed> {
  if (!isLimitName(name)) {
    return invalidInput(
      'name',
      'There is no limit with this name.',
      `One of ${LIMIT_DEFINITIONS.map((definition) => definition.name).join(', ')}.`,
    );
  }
  const parsed = parseLimit(name, value);
  if (!parsed.ok) return invalidInput('value', parsed.message, 'The query `limits` shows each limit with its unit, default and ceiling.');
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { session, principal, report } = context;
  const current = session.state().limits[name];
  if (isLoosening(name, current, parsed.value)) {
    const change = { kind: 'limit', name, from: formatLimit(name, current), to: formatLimit(name, parsed.value) } as const;
    return await propose(change, reason, context);
  }
  const outcome = await command(
    session,
    { kind: 'LimitSet', at: session.state().now, by: actorOf(principal), name, value, reason },
    report,
  );
  if (!outcome.ok) return outcome.error;
  try {
    await context.journal.projected(context.journal.head().seq);
    const limit = (await limitViews(context)).find((view) => view.definition.name === name);
    if (limit !== undefined) return { __typename: 'LimitPayload', limit };
  } catch (error) {
    report('a limit was set and cannot be read', error);
  }
  return unavailable('The limit was set, but cannot be read now: the database does not answer.', 'done');
}

async function engage(
  action: KillAction,
  reason: string,
  context: Authorized,
): Promise<ControlsPayload | InvalidInput | Conflict | Unavailable> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { session, principal, report } = context;
  const given = { at: session.state().now, by: actorOf(principal), action, reason } as const;
  const program = principal.key === undefined ? {} : ({ program: true } as const);
  const event = { kind: 'KillSwitchEngaged', ...given, whenClosed: 'wait', ...program } as const;
  const outcome = await command(session, event, report);
  if (!outcome.ok) return outcome.error;
  // What was refused has changed nothing: the same is still in its way.
  const refused = killSwitchProblem(outcome.state, event);
  return refused === undefined ? { __typename: 'ControlsPayload', controls: { state: outcome.state } } : conflict(refused);
}

/** Limits and the kill switch. */
export function addRiskMutations(builder: Builder, enums: Enums): void {
  builder.objectType('LimitPayload', { fields: (t) => ({ limit: t.expose('limit', { type: 'Limit' }) }) });
  builder.objectType('ControlsPayload', { fields: (t) => ({ controls: t.expose('controls', { type: 'Controls' }) }) });
  const setLimitInput = builder.inputType('SetLimitInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      value: t.field({ type: 'Decimal', required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const killInput = builder.inputType('KillSwitchInput', {
    fields: (t) => ({ action: t.field({ type: enums.killAction, required: true }), reason: t.string({ required: true }) }),
  });
  const setLimitResult = builder.unionType('SetLimitResult', {
    types: ['LimitPayload', 'ProposalPayload', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const killResult = builder.unionType('KillSwitchResult', {
    types: ['ControlsPayload', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const releaseResult = builder.unionType('ReleaseKillSwitchResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    setLimit: t.authField({
      type: setLimitResult,
      authScopes,
      description: 'Tightening holds at once. Loosening proposes: it holds when a second person approves.',
      args: { input: t.arg({ type: setLimitInput, required: true }) },
      resolve: (_root, { input }, context) => setLimit(input, context),
    }),
    engageKillSwitch: t.authField({
      type: killResult,
      authScopes,
      description: 'Closes the gate first, then cancels every open order; FLATTEN also closes every position through the reduce-only lane.',
      args: { input: t.arg({ type: killInput, required: true }) },
      resolve: (_root, { input }, context) => engage(input.action, input.reason, context),
    }),
    releaseKillSwitch: t.authField({
      type: releaseResult,
      authScopes,
      description: 'Proposes that trading goes on; it does when a second person approves.',
      args: { reason: t.arg.string({ required: true }) },
      resolve: (_root, { reason }, context) => proposeRelease(reason, context),
    }),
  }));
}
