import { propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import type { PaperRecord, ReadRecord } from '../approvals/paper-record.ts';
import { limitsDigest, missingSentence, promotionChecklist, promotionStage, reviewedLimits } from '../engine/promotion-checklist.ts';
import type { Check, PromotionStage } from '../engine/promotion-checklist.ts';
import { configHash, paperDays } from '../engine/promotion.ts';
import type { Parity } from '../engine/session/parity.ts';
import type { StrategySlot } from '../engine/state.ts';
import { batched } from '../graphql/batched.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, NotFound, Unavailable } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import type { StrategyConfig } from './strategy.ts';

/** What the API needs to know of a strategy's way to real money. */
export interface PromotionReads {
  /** Finished backtests of a version. */
  backtestsOf(versions: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Replays what the strategy was fed up to this journal entry. */
  parityOf(config: StrategyConfig, seq: number): Promise<Parity | { readonly problem: string }>;
  read(text: string): ReadRecord;
  sign(record: PaperRecord): string | undefined;
  /** Why nothing can be signed or read; `undefined` where it can. */
  whyNot(): string | undefined;
}

export interface PromotionView {
  readonly stage: PromotionStage;
  readonly checks: readonly Check[];
  readonly limits: readonly string[];
}

export interface PaperRecordPayload {
  readonly __typename: 'PaperRecordPayload';
  readonly text: string;
  readonly record: PaperRecord;
}

type Authorized = Context & { readonly principal: Principal };

const backtestsOf = batched((versions, { promotions }) => promotions.backtestsOf(versions));

async function promotionOf(slot: StrategySlot, text: string | undefined, context: Context): Promise<PromotionView> {
  const { session, promotions } = context;
  const state = session.state();
  const backtests = (await backtestsOf(slot.config.version, context)) ?? 0;
  const read = text === undefined ? undefined : promotions.read(text);
  const checks = promotionChecklist(slot, state, { record: read?.ok === true ? read.record : undefined, limitsReviewed: false, backtests });
  return {
    stage: promotionStage(slot, state, backtests),
    // A record that cannot be read is told where it would have counted.
    checks: read?.ok === false ? checks.map((each) => (each.code === 'PaperRecord' ? { ...each, detail: read.problem } : each)) : checks,
    limits: reviewedLimits(state, slot.config.id),
  };
}

async function makePaperRecord(id: string, context: Authorized): Promise<PaperRecordPayload | NotFound | Conflict | Unavailable> {
  const { session, promotions, journal, people, report } = context;
  const state = session.state();
  const slot = state.strategies.get(id);
  if (slot === undefined) return notFound('strategy', id);
  if (state.mode !== 'paper') return conflict(`This server trades on a ${state.mode} account: a paper record is made on a paper account.`);
  const why = promotions.whyNot();
  if (why !== undefined) return conflict(why);
  const { seq, hash } = journal.head();
  try {
    const parity = await promotions.parityOf(slot.config, seq);
    if ('problem' in parity) return conflict(parity.problem);
    const record: PaperRecord = {
      version: slot.config.version,
      configHash: configHash(slot.config),
      account: state.account?.accountNumber ?? state.accountId,
      strategyId: slot.config.id,
      days: paperDays(slot, state),
      ...parity,
      backtests: (await backtestsOf(slot.config.version, context)) ?? 0,
      seq,
      head: hash,
      madeAt: people.now(),
    };
    const text = promotions.sign(record);
    if (text !== undefined) return { __typename: 'PaperRecordPayload', text, record };
  } catch (error) {
    report('a paper record could not be made', error);
  }
  return unavailable('The strategy’s past could not be replayed. Look at Health, and try again.');
}

interface ProposeInput {
  readonly strategyId: string;
  readonly paperRecord: string;
  readonly limitsReviewed: boolean;
  readonly reason: string;
}

const evidenceOf = ({ account, days, decisions, differences, backtests, seq, head }: PaperRecord, limits: readonly string[]): string[] => [
  `${days} trading days on paper account ${account}`,
  `${decisions} recorded decisions replayed, ${differences} differ`,
  `${backtests} finished ${backtests === 1 ? 'backtest' : 'backtests'} of this version`,
  `Paper journal at entry ${seq}, hash ${head}`,
  ...limits.map((line) => `Limits: ${line}`),
];

/** Refused with every missing item by name; nothing is proposed that could not be approved now. */
async function proposePromotion(input: ProposeInput, context: Authorized): Promise<Proposed | NotFound> {
  const { session, promotions } = context;
  const state = session.state();
  const slot = state.strategies.get(input.strategyId);
  if (slot === undefined) return notFound('strategy', input.strategyId);
  const read = promotions.read(input.paperRecord);
  if (!read.ok) return invalidInput('paperRecord', read.problem, 'makePaperRecord on the server of the paper account answers with one.');
  const { record } = read;
  const missing = missingSentence(promotionChecklist(slot, state, { record, limitsReviewed: input.limitsReviewed }));
  if (missing !== undefined) return conflict(missing);
  const { id, version } = slot.config;
  const evidence = evidenceOf(record, reviewedLimits(state, id));
  const change = { kind: 'promote', strategyId: id, version, configHash: configHash(slot.config), evidence, record } as const;
  return await propose({ ...change, limitsHash: limitsDigest(state, id) }, input.reason, context);
}

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('PromotionCheck', {
    description: 'One line of the checklist before real money.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Stable, for programs: PaperDays, Parity, …' }),
      title: t.exposeString('title'),
      done: t.exposeBoolean('done'),
      due: t.exposeString('due', { description: 'proposal or approval: by when it must be done.' }),
      detail: t.exposeString('detail', { description: 'What was found; where it is missing, what to do.' }),
    }),
  });
  builder.objectType('Promotion', {
    description: 'How far a version of a strategy has come on its way to real money.',
    fields: (t) => ({
      stage: t.expose('stage', { type: enums.promotionStage }),
      checks: t.field({ type: ['PromotionCheck'], resolve: ({ checks }) => [...checks] }),
      limits: t.stringList({
        description: 'The limits to look through, where they differ from their defaults.',
        resolve: ({ limits }) => [...limits],
      }),
    }),
  });
  builder.objectType('PaperRecordPayload', {
    description: 'What a strategy has shown on paper, signed for the server of the live account.',
    fields: (t) => ({
      text: t.exposeString('text'),
      days: t.int({ resolve: ({ record }) => record.days }),
      decisions: t.int({ description: 'Recorded decisions that were replayed.', resolve: ({ record }) => record.decisions }),
      differences: t.int({ resolve: ({ record }) => record.differences }),
      backtests: t.int({ resolve: ({ record }) => record.backtests }),
    }),
  });
}

/** The way to real money: the checklist, what is shown on paper, and the proposal. */
export function addPromotion(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  const resolveType = typeOfMember;
  const authScopes = { principal: true } as const;
  const input = builder.inputType('ProposePromotionInput', {
    fields: (t) => ({
      strategyId: t.id({ required: true }),
      paperRecord: t.string({ required: true, description: 'The text that `makePaperRecord` of the paper server answered.' }),
      limitsReviewed: t.boolean({ required: true, description: 'You have looked through the limits as they are now.' }),
      reason: t.string({ required: true }),
    }),
  });
  const proposed = builder.unionType('ProposePromotionResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType,
  });
  const made = builder.unionType('MakePaperRecordResult', {
    types: ['PaperRecordPayload', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType,
  });
  builder.objectField('Strategy', 'promotion', (t) =>
    t.field({
      type: 'Promotion',
      args: { paperRecord: t.arg.string({ description: 'Read with the checklist, before it is proposed.' }) },
      resolve: (slot, { paperRecord }, context) => promotionOf(slot, paperRecord ?? undefined, context),
    }),
  );
  builder.mutationFields((t) => ({
    makePaperRecord: t.authField({
      type: made,
      authScopes,
      description: 'Replays every recorded decision, and signs what was found, for the server of the live account. Paper accounts only.',
      args: { strategyId: t.arg.id({ required: true }) },
      resolve: (_root, { strategyId }, context) => makePaperRecord(strategyId, context),
    }),
    proposePromotion: t.authField({
      type: proposed,
      authScopes,
      description: 'Asks a second person to let this version, configured like this, trade with real money. Live accounts only.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => proposePromotion(wanted, context),
    }),
  }));
}
