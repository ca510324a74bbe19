import { propose } from '../approvals/graphql.ts';
import type { ProposalPayload } from '../approvals/graphql.ts';
import { refuseLoosening } from '../graphql/authorization.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import type { Model } from './graphql.ts';
import type { Done, OnePersonAction } from './life-service.ts';

interface ModelPayload {
  readonly __typename: 'ModelPayload';
  readonly model: Model;
}

type Authorized = Context & { readonly principal: Principal };
type Changed = ModelPayload | InvalidInput | NotFound | Conflict | Unavailable;

/** What was done to a model, as an answer. */
async function answerOf(id: string, doing: Promise<Done | undefined>, { report }: Context): Promise<Changed> {
  try {
    const done = await doing;
    if (done === undefined) return notFound('model', id);
    return done.ok ? { __typename: 'ModelPayload', model: done.model } : conflict(done.problem);
  } catch (error) {
    report(`the model ${id} could not be changed`, error);
    return unavailable('The model could not be changed: the database does not answer.');
  }
}

async function changeModel(id: string, action: OnePersonAction, reason: string, context: Authorized): Promise<Changed> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  return await answerOf(id, context.models.change(id, action, { by: actorOf(context.principal), reason }), context);
}

/** Freezing lets nothing more through; thawing does. */
async function freezeModel(id: string, frozen: boolean, reason: string, context: Authorized): Promise<Changed> {
  if (!frozen) refuseLoosening(context.principal);
  return await changeModel(id, frozen ? 'freeze' : 'thaw', reason, context);
}

/** Strategies that run and carry this model are paused: they keep what they hold, with what protects it, and take nothing new. */
async function pauseCarriers(version: string, because: string, { session, principal, report }: Authorized): Promise<void> {
  for (const { config, state } of session.state().strategies.values()) {
    if (config.version !== version || (state !== 'paper' && state !== 'live')) continue;
    const by = actorOf(principal);
    await command(session, { kind: 'StrategyDisabled', at: session.state().now, by, strategyId: config.id, reason: because }, report);
  }
}

const short = (id: string): string => id.slice(0, 12);

async function retireModel(id: string, reason: string, context: Authorized): Promise<Changed> {
  const answer = await changeModel(id, 'retire', reason, context);
  if (answer.__typename === 'ModelPayload')
    await pauseCarriers(answer.model.version, `Its model ${short(id)} was retired: ${reason}`, context);
  return answer;
}

async function rollBackModel(id: string, reason: string, context: Authorized): Promise<Changed> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const answer = await answerOf(id, context.models.rollBack(id, { by: actorOf(context.principal), reason }), context);
  const retired = answer.__typename === 'ModelPayload' ? await context.models.byId(id) : undefined;
  if (retired !== undefined) await pauseCarriers(retired.version, `Its model ${short(id)} was rolled back: ${reason}`, context);
  return answer;
}

/** A candidate becomes a shadow at once; a shadow becomes champion when a second person approves it. */
export async function promoteModel(id: string, reason: string, context: Authorized): Promise<Changed | ProposalPayload> {
  const model = await context.models.byId(id);
  if (model === undefined) return notFound('model', id);
  if (model.state === 'candidate') return await changeModel(id, 'shadow', reason, context);
  const change = await context.models.champion(model);
  return typeof change === 'string' ? conflict(change) : await propose(change, reason, context);
}

function addResults(builder: Builder) {
  builder.objectType('ModelPayload', { fields: (t) => ({ model: t.expose('model', { type: 'Model' }) }) });
  const errors = ['InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'] as const;
  return {
    promoted: builder.unionType('PromoteModelResult', { types: ['ModelPayload', 'ProposalPayload', ...errors], resolveType: typeOfMember }),
    changed: builder.unionType('ChangeModelResult', { types: ['ModelPayload', ...errors], resolveType: typeOfMember }),
  };
}

/** What people do to models. */
export function addModelMutations(builder: Builder): void {
  const { promoted, changed } = addResults(builder);
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    promoteModel: t.authField({
      type: promoted,
      authScopes,
      description:
        'A candidate becomes a shadow; a shadow becomes champion of its line when a second person approves, and displaces the one of now.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => promoteModel(id, reason, context),
    }),
    rollBackModel: t.authField({
      type: changed,
      authScopes,
      description:
        'Retires this champion and makes the one before it champion again, which it answers with. Strategies that carry the retired one are paused.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => rollBackModel(id, reason, context),
    }),
    retireModel: t.authField({
      type: changed,
      authScopes,
      description: 'For good. Strategies that carry it are paused and cannot be enabled.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => retireModel(id, reason, context),
    }),
    freezeModel: t.authField({
      type: changed,
      authScopes,
      description:
        'It stays what it is: it is not promoted and not displaced until it is thawed. Retiring and rolling back are always possible.',
      args: {
        id: t.arg.id({ required: true }),
        frozen: t.arg.boolean({ required: true, description: 'false thaws it.' }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_root, { id, frozen, reason }, context) => freezeModel(id, frozen, reason, context),
    }),
  }));
}
