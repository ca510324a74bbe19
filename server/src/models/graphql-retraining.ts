import { personName } from '../approvals/graphql.ts';
import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import type { Training } from './graphql.ts';
import { RETRAINING_PROPOSED } from './retraining.ts';
import type { Retraining } from './retraining.ts';

export interface RetrainingPayload {
  readonly __typename: 'RetrainingPayload';
  readonly retraining: Retraining;
  readonly training: Training | undefined;
}

type Authorized = Context & { readonly principal: Principal };

/** The journal has who decided and why, with the end of the alert that told of it. */
async function tellEnd({ modelId, state, because }: Retraining, { session, principal, report }: Authorized): Promise<void> {
  const title = `The retraining of model ${modelId.slice(0, 12)} was ${state}`;
  const notice = { code: RETRAINING_PROPOSED, subject: modelId, severity: 'info', title, detail: because ?? title, over: true } as const;
  await command(session, { kind: 'NoticeGiven', at: session.state().now, part: actorOf(principal), notice }, report);
}

async function start(id: string, context: Authorized): Promise<RetrainingPayload | NotFound | Conflict | Unavailable> {
  const { retrainings, principal, report } = context;
  try {
    const done = await retrainings.start(id, actorOf(principal));
    if (done === undefined) return notFound('retraining', id);
    if (!done.ok) return conflict(done.problem);
    const { retraining, training } = done;
    await tellEnd(retraining, context);
    return { __typename: 'RetrainingPayload', retraining, training };
  } catch (error) {
    report('a retraining could not be queued', error);
    return unavailable('The retraining could not be queued: the database does not answer.');
  }
}

async function dismiss(
  id: string,
  reason: string,
  context: Authorized,
): Promise<RetrainingPayload | InvalidInput | NotFound | Conflict | Unavailable> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { retrainings, principal, report } = context;
  try {
    const done = await retrainings.dismiss(id, { by: actorOf(principal), reason });
    if (done === undefined) return notFound('retraining', id);
    if (!done.ok) return conflict(done.problem);
    await tellEnd(done.retraining, context);
    return { __typename: 'RetrainingPayload', retraining: done.retraining, training: undefined };
  } catch (error) {
    report('a retraining could not be dismissed', error);
    return unavailable('The retraining could not be dismissed: the database does not answer.');
  }
}

function addType(builder: Builder, enums: Enums): void {
  builder.objectType('Retraining', {
    description: 'That a model at work should be trained again: proposed by the server, started or dismissed by a person.',
    fields: (t) => ({
      id: t.exposeID('id'),
      model: t.field({
        type: 'Model',
        description: 'Whose recipe it is, and the parent of what is trained.',
        resolve: async ({ modelId }, _args, { models }) => {
          const model = await models.byId(modelId);
          if (model === undefined) throw new Error(`Invariant: the model ${modelId} is never taken out`);
          return model;
        },
      }),
      reason: t.expose('reason', { type: enums.retrainingReason }),
      evidence: t.exposeString('evidence', { description: 'What was seen, in one sentence.' }),
      newBars: t.exposeInt('newBars', { description: 'Bars that the model has not learnt from: of the symbol that has the fewest.' }),
      newestAt: t.expose('newestAt', { type: 'DateTime', description: 'Start of the newest bar that all its symbols had.' }),
      state: t.expose('state', { type: enums.retrainingState }),
      proposedAt: t.expose('proposedAt', { type: 'DateTime' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
      by: t.string({
        nullable: true,
        description: 'Who started or dismissed it.',
        resolve: ({ by }, _args, context) => (by === undefined ? undefined : personName(by, context)),
      }),
      because: t.exposeString('because', { nullable: true, description: 'Why it was dismissed, or what overtook it.' }),
      training: t.field({
        type: 'Training',
        nullable: true,
        resolve: async ({ trainingId }, _args, { trainings }) =>
          trainingId === undefined ? null : ((await trainings.byId(trainingId)) ?? null),
      }),
    }),
  });
  builder.objectType('RetrainingPayload', {
    fields: (t) => ({
      retraining: t.expose('retraining', { type: 'Retraining' }),
      training: t.expose('training', { type: 'Training', nullable: true, description: 'What was queued.' }),
    }),
  });
  builder.objectField('Model', 'retraining', (t) =>
    t.field({
      type: 'Retraining',
      nullable: true,
      description: 'The proposal to train it again that waits for a person.',
      resolve: async ({ id }, _args, { retrainings }) => (await retrainings.openOf(id)) ?? null,
    }),
  );
}

/** Proposals to train models again. */
export function addRetrainings(builder: Builder, enums: Enums): void {
  addType(builder, enums);
  const started = builder.unionType('StartRetrainingResult', {
    types: ['RetrainingPayload', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const dismissed = builder.unionType('DismissRetrainingResult', {
    types: ['RetrainingPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.queryFields((t) => ({
    retrainings: t.field({
      type: 'RetrainingConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string(), state: t.arg({ type: enums.retrainingState }) },
      resolve: (_root, args, { retrainings }) => retrainings.list({ ...pageRequest(args), state: args.state ?? undefined }),
    }),
  }));
  builder.mutationFields((t) => ({
    startRetraining: t.authField({
      type: started,
      authScopes: { principal: true },
      description: 'Queues the training: the recipe of the model over the same beginning until the newest bar, with the model as parent.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => start(id, context),
    }),
    dismissRetraining: t.authField({
      type: dismissed,
      authScopes: { principal: true },
      description: 'The same model is not proposed again for this reason for 30 days.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => dismiss(id, reason, context),
    }),
  }));
}
