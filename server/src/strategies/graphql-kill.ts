import { propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import type { KillAction } from '../engine/events.ts';
import { strategyKillPreview } from '../engine/kill-preview.ts';
import { strategyKillBrake, strategyKillProblem } from '../engine/strategy-kill.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { brakeKey } from '../risk/brakes.ts';
import { sendStrategyEvent } from './graphql-mutations.ts';
import type { StrategyPayload } from './graphql-mutations.ts';

type Authorized = Context & { readonly principal: Principal };
interface KillInput {
  readonly strategyId: string;
  readonly action: KillAction;
  readonly reason: string;
}

async function kill(
  { strategyId, action, reason }: KillInput,
  context: Authorized,
): Promise<StrategyPayload | InvalidInput | NotFound | Conflict | Unavailable> {
  const { session, principal } = context;
  if (!session.state().strategies.has(strategyId)) return notFound('strategy', strategyId);
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const program = principal.key === undefined ? {} : ({ program: true } as const);
  const given = { at: session.state().now, by: actorOf(principal), strategyId, action, reason } as const;
  const event = { kind: 'StrategyKillEngaged', ...given, ...program } as const;
  // Asked before, since a freeze of its own leaves a state in which it would be refused the next time; the engine asks again.
  const refused = strategyKillProblem(session.state(), event);
  const answer = await sendStrategyEvent(event, strategyId, context);
  return refused === undefined || answer.__typename !== 'StrategyPayload' ? answer : conflict(refused);
}

async function release(strategyId: string, reason: string, context: Authorized): Promise<Proposed | NotFound> {
  const state = context.session.state();
  if (!state.strategies.has(strategyId)) return notFound('strategy', strategyId);
  const brake = state.brakes.get(brakeKey(strategyKillBrake(strategyId)));
  if (brake === undefined) return conflict('This strategy is not stopped by its kill switch.');
  return await propose({ kind: 'resume', strategyId, because: brake.because }, reason, context);
}

/** The kill switch of one strategy. */
export function addStrategyKill(builder: Builder, enums: Enums): void {
  const resolveType = typeOfMember;
  const authScopes = { principal: true } as const;
  const input = builder.inputType('KillStrategyInput', {
    fields: (t) => ({
      strategyId: t.id({ required: true }),
      action: t.field({ type: enums.killAction, required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const killed = builder.unionType('KillStrategyResult', {
    types: ['StrategyPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType,
  });
  const released = builder.unionType('ReleaseStrategyResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType,
  });
  builder.objectFields('Strategy', (t) => ({
    killPreview: t.field({
      type: 'KillPreview',
      description: 'What its kill switch would do now: its own orders and holdings, and nobody else’s.',
      resolve: (slot, _args, { session }) => strategyKillPreview(session.state(), slot),
    }),
    killed: t.boolean({
      description: 'Stopped by its kill switch: it stays so until two people release it.',
      resolve: ({ config }, _args, { session }) => session.state().brakes.has(brakeKey(strategyKillBrake(config.id))),
    }),
  }));
  builder.mutationFields((t) => ({
    killStrategy: t.authField({
      type: killed,
      authScopes,
      description:
        'Closes the strategy’s gate first, then cancels its open orders; FLATTEN also closes its own holdings, and nobody else’s.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => kill(wanted, context),
    }),
    releaseStrategy: t.authField({
      type: released,
      authScopes,
      description: 'Proposes that a stopped strategy may be enabled again; it may when a second person approves.',
      args: { strategyId: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { strategyId, reason }, context) => release(strategyId, reason, context),
    }),
  }));
}
