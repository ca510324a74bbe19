import { personName, propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import { pauseProblem } from '../engine/pausing.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { isSymbol } from '../orders/ticket.ts';
import type { BrakeScope } from './brakes.ts';
import type { Controls } from './graphql.ts';

type Authorized = Context & { readonly principal: Principal };
interface ControlsPayload {
  readonly __typename: 'ControlsPayload';
  readonly controls: Controls;
}
interface PauseInput {
  readonly scope: BrakeScope['kind'];
  readonly subject?: string | null | undefined;
  readonly reason: string;
}

/** What is to be paused; the account has no subject, and all else has one. */
function scopeOf({ scope, subject }: PauseInput): BrakeScope | InvalidInput {
  const name = subject ?? undefined;
  if (scope === 'account')
    return name === undefined ? { kind: 'account' } : invalidInput('subject', 'The account has no subject', 'Leave the subject out.');
  if (name === undefined) return invalidInput('subject', `Which ${scope} is meant?`, 'Give the id of a strategy, or a symbol.');
  if (scope === 'strategy') return { kind: 'strategy', strategyId: name };
  return isSymbol(name)
    ? { kind: 'symbol', symbol: name }
    : invalidInput('subject', 'This is no symbol', 'Capitals, digits and points, like BRK.B.');
}

async function pause(input: PauseInput, context: Authorized): Promise<ControlsPayload | InvalidInput | NotFound | Conflict | Unavailable> {
  const problem = reasonProblem(input.reason);
  if (problem !== undefined) return problem;
  const scope = scopeOf(input);
  if ('__typename' in scope) return scope;
  const { session, principal, report } = context;
  const state = session.state();
  if (scope.kind === 'strategy' && !state.strategies.has(scope.strategyId)) return notFound('strategy', scope.strategyId);
  const refused = pauseProblem(scope, state);
  if (refused !== undefined) return conflict(refused);
  const event = { kind: 'EntriesPaused', at: state.now, by: actorOf(principal), scope, reason: input.reason } as const;
  const outcome = await command(session, event, report);
  return outcome.ok ? { __typename: 'ControlsPayload', controls: { state: outcome.state } } : outcome.error;
}

/** Asks a second person to let a pause go, exactly this one. */
async function release(key: string, reason: string, context: Authorized): Promise<Proposed | NotFound> {
  const brake = context.session.state().brakes.get(key);
  if (brake === undefined) return notFound('pause', key);
  if (brake.code !== 'Pause') return conflict('A breaker has put this there, no person: see `releaseBrake`.');
  return await propose({ kind: 'unpause', scope: brake.scope, since: brake.since, because: brake.because }, reason, context);
}

/** Pauses by people: of the account, a strategy or a symbol. */
export function addPauses(builder: Builder, enums: Enums): void {
  builder.objectFields('Brake', (t) => ({
    by: t.string({
      nullable: true,
      description: 'Who has paused it; null where a breaker has tripped.',
      resolve: ({ by }, _args, context) => (by === undefined ? undefined : personName(by, context)),
    }),
  }));
  builder.objectFields('Controls', (t) => ({
    brakes: t.field({
      type: ['Brake'],
      description:
        'What holds entries back beside the trading state: pauses of people, and breakers on a strategy, a symbol or for a time.',
      resolve: ({ state }) => [...state.brakes.values()],
    }),
  }));
  const input = builder.inputType('PauseEntriesInput', {
    fields: (t) => ({
      scope: t.field({ type: enums.pauseScope, required: true, description: 'What is paused.' }),
      subject: t.string({ description: 'The id of the strategy, or the symbol; none for the account.' }),
      reason: t.string({ required: true }),
    }),
  });
  const paused = builder.unionType('PauseEntriesResult', {
    types: ['ControlsPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const released = builder.unionType('ReleasePauseResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    pauseEntries: t.authField({
      type: paused,
      authScopes,
      description: 'From here on nothing is opened there. Nothing is cancelled, and exits go on. It holds at once.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => pause(wanted, context),
    }),
    releasePause: t.authField({
      type: released,
      authScopes,
      description: 'Proposes that a pause ends; it does when a second person approves.',
      args: {
        key: t.arg.string({ required: true, description: 'As `controls { brakes }` shows it.' }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_root, { key, reason }, context) => release(key, reason, context),
    }),
  }));
}
