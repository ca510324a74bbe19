import type { Kysely, Transaction } from 'kysely';
import type { Change } from '../approvals/proposal.ts';
import type { ProposalChange } from '../approvals/service.ts';
import type { Instant } from '../money/instant.ts';
import { actionProblem, isExpired, lineOf, MODEL_TRANSITIONS } from './model.ts';
import type { ModelAction, RecordedModel } from './model.ts';
import { changesOfModel, modelById, modelOf } from './service.ts';
import * as store from './store.ts';
import type { ModelTables } from './store.ts';

type Db = Kysely<ModelTables>;
type Trx = Transaction<ModelTables>;
export type ChampionChange = Extract<Change, { kind: 'champion' }>;

/** Who does something to a model, and why. */
export interface Deed {
  /** As in the journal: `user:<id>`. */
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

export type Done = { readonly ok: true; readonly model: RecordedModel } | { readonly ok: false; readonly problem: string };

/** Steps that one person takes: none of them lets more risk through than there was. */
export type OnePersonAction = Extract<ModelAction, 'shadow' | 'retire' | 'freeze' | 'thaw'>;

interface Step extends Deed {
  readonly action: ModelAction;
  readonly other?: string | undefined;
  readonly secondPerson?: string | undefined;
  readonly proposalId?: string | undefined;
}

/** Writes a step down with the state that it leads to, together. */
async function take(trx: Trx, model: RecordedModel, step: Step): Promise<void> {
  const to = MODEL_TRANSITIONS[model.state][step.action];
  if (to === undefined) throw new Error(`Invariant: whether a ${model.state} can ${step.action} was looked at before`);
  await store.insertModelChange(trx, {
    model_id: model.id,
    action: step.action,
    from_state: model.state,
    to_state: to,
    other: step.other ?? null,
    by_person: step.by,
    second_person: step.secondPerson ?? null,
    proposal_id: step.proposalId ?? null,
    reason: step.reason,
    at: new Date(step.at),
  });
  const isFrozen = step.action === 'freeze' || (step.action !== 'thaw' && to !== 'retired' && model.frozen);
  await store.updateModel(trx, model.id, { state: to, frozen: isFrozen });
}

const lineRow = ({ strategyName, symbols, timeframe }: RecordedModel): store.LineRow => ({
  strategy_name: strategyName,
  timeframe,
  symbols: JSON.stringify(symbols),
});

async function championOf(db: Db | Trx, model: RecordedModel): Promise<RecordedModel | undefined> {
  const row = await store.selectChampion(db, lineRow(model));
  return row === undefined ? undefined : modelOf(row);
}

async function again(db: Db, id: string): Promise<Done> {
  const model = await modelById(db, id);
  if (model === undefined) throw new Error(`Invariant: the model ${id} is never taken out`);
  return { ok: true, model };
}

/** `undefined` where there is no such model. */
export async function changeModel(db: Db, id: string, action: OnePersonAction, deed: Deed): Promise<Done | undefined> {
  const outcome = await db.transaction().execute(async (trx) => {
    await store.lockRegistry(trx);
    const model = await modelById(trx, id);
    if (model === undefined) return undefined;
    const problem =
      actionProblem(model, action) ??
      (action === 'shadow' && isExpired(model, deed.at) ? 'It has expired: train its successor.' : undefined);
    if (problem === undefined) await take(trx, model, { ...deed, action });
    return { problem };
  });
  if (outcome === undefined) return undefined;
  return outcome.problem === undefined ? await again(db, id) : { ok: false, problem: outcome.problem };
}

function promotionProblem(model: RecordedModel, champion: RecordedModel | undefined, now: Instant): string | undefined {
  const refused = actionProblem(model, 'promote');
  if (refused !== undefined) return refused;
  if (isExpired(model, now)) return `Model ${model.id.slice(0, 12)} has expired: train its successor.`;
  return champion === undefined ? undefined : actionProblem(champion, 'displace');
}

/** What a second person is asked for: the shadow as champion of its line, with what its folds showed. A sentence where it cannot be. */
export async function proposedChampion(db: Db, model: RecordedModel, now: Instant): Promise<ChampionChange | string> {
  const champion = await championOf(db, model);
  const problem = promotionProblem(model, champion, now);
  if (problem !== undefined) return problem;
  return {
    kind: 'champion',
    modelId: model.id,
    version: model.version,
    line: lineOf(model),
    ...(champion === undefined ? {} : { displaces: champion.id }),
    evidence: evidenceOf(model),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function evidenceOf({ manifest: { validation, dataset }, from, to }: RecordedModel): readonly string[] {
  const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10);
  const rows = `${dataset.manifest.rows} rows of bars from ${day(from)} to ${day(to)}`;
  if (validation.task === 'values') {
    const { folds } = validation;
    const [found, base] = [mean(folds.map((fold) => fold.found.rmse)), mean(folds.map((fold) => fold.meanRmse))];
    return [rows, `RMSE on unseen rows ${found.toPrecision(4)}, of the mean ${base.toPrecision(4)}`];
  }
  const { folds } = validation;
  const losses = [
    mean(folds.map((fold) => fold.found.logLoss)),
    mean(folds.map((fold) => fold.logistic.logLoss)),
    mean(folds.map((fold) => fold.baseRateLogLoss)),
  ].map((loss) => loss.toFixed(4));
  return [
    rows,
    `Log-loss on unseen rows ${losses[0]}; logistic regression ${losses[1]}, base rate ${losses[2]}, coin ${Math.LN2.toFixed(4)}`,
  ];
}

/** Why what was proposed could not be done now; `undefined` where it could. */
export async function championProblem(db: Db, change: ChampionChange, now: Instant): Promise<string | undefined> {
  const model = await modelById(db, change.modelId);
  if (model === undefined) return `There is no model with the id "${change.modelId.slice(0, 80)}".`;
  const champion = await championOf(db, model);
  if (champion?.id !== change.displaces) return 'The champion is another one by now: propose it again.';
  return promotionProblem(model, champion, now);
}

/**
 * Follows the journal: what two people agreed on there is done here, once, in the transaction that shows it. Where a model was retired, or another became champion, between
 * the approval and now, that stands: it was the safer of the two.
 */
export async function projectChampions(trx: Trx, changes: readonly ProposalChange[]): Promise<void> {
  for (const { proposal, state, decidedBy, decidedAt } of changes) {
    const { change } = proposal;
    if (change.kind !== 'champion' || state !== 'applied' || decidedBy === undefined || decidedAt === undefined) continue;
    await store.lockRegistry(trx);
    if (await store.hasChangeOfProposal(trx, proposal.id)) continue;
    const model = await modelById(trx, change.modelId);
    if (model === undefined) continue;
    const champion = await championOf(trx, model);
    if (champion?.id !== change.displaces || promotionProblem(model, champion, decidedAt) !== undefined) continue;
    const { by, reason, id: proposalId } = proposal;
    const step = { by, reason, at: decidedAt, secondPerson: decidedBy, proposalId };
    if (champion !== undefined) await take(trx, champion, { ...step, action: 'displace', other: model.id });
    await take(trx, model, { ...step, action: 'promote', other: champion?.id });
  }
}

/** The model whose place a champion took when two people made it one. */
export async function previousChampion(db: Db | Trx, id: string): Promise<RecordedModel | undefined> {
  const promoted = (await changesOfModel(db, id)).findLast(({ action }) => action === 'promote');
  return promoted?.other === undefined ? undefined : await modelById(db, promoted.other);
}

/**
 * Retires a champion, and makes the one before it champion again: two people had agreed on that one, so one is enough to go back. `undefined` where there is no such model.
 */
export async function rollBackModel(db: Db, id: string, deed: Deed): Promise<Done | undefined> {
  const outcome = await db.transaction().execute(async (trx) => {
    await store.lockRegistry(trx);
    const model = await modelById(trx, id);
    if (model === undefined) return undefined;
    if (model.state !== 'champion') return { problem: `Model ${id.slice(0, 12)} is ${model.state}: only a champion is rolled back.` };
    const previous = await previousChampion(trx, id);
    if (previous === undefined)
      return { problem: `There was no champion before ${id.slice(0, 12)}: retire it, and strategies that carry it take no new positions.` };
    const problem =
      actionProblem(previous, 'restore') ??
      (isExpired(previous, deed.at) ? `The champion before, ${previous.id.slice(0, 12)}, has expired.` : undefined);
    if (problem !== undefined) return { problem };
    await take(trx, model, { ...deed, action: 'retire', other: previous.id });
    await take(trx, previous, { ...deed, action: 'restore', other: model.id });
    return { restored: previous.id };
  });
  if (outcome === undefined) return undefined;
  return outcome.restored === undefined ? { ok: false, problem: outcome.problem } : await again(db, outcome.restored);
}
