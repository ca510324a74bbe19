import type { Instant } from '../money/instant.ts';
import { formatInstant } from '../money/instant.ts';
import type { RecordedDrift } from '../predictions/drift.ts';
import { DAY_MS, expiresSoon, isExpired } from './model.ts';
import type { RecordedModel } from './model.ts';
import type { TrainingRequest } from './training.ts';

/** Why a model should be trained again: the first that holds is given. */
export const RETRAINING_REASONS = ['drift', 'expiry', 'scheduled'] as const;
export type RetrainingReason = (typeof RETRAINING_REASONS)[number];

/** `obsolete`: the model was retired, or has a successor, before anybody decided. Once ended it changes no more. */
export const RETRAINING_STATES = ['open', 'started', 'dismissed', 'obsolete'] as const;
export type RetrainingState = (typeof RETRAINING_STATES)[number];

/** The alert that is open while a proposal is; its subject is the model. */
export const RETRAINING_PROPOSED = 'RetrainingProposed';

/** That a model should be trained again, and what became of it. */
export interface Retraining {
  readonly id: string;
  readonly modelId: string;
  readonly reason: RetrainingReason;
  /** What was seen, in one sentence. */
  readonly evidence: string;
  /** Bars that the model has not learnt from: of the symbol that has the fewest. */
  readonly newBars: number;
  /** Start of the newest bar that all its symbols have. */
  readonly newestAt: Instant;
  readonly state: RetrainingState;
  /** The wall clock. */
  readonly proposedAt: Instant;
  readonly endedAt: Instant | undefined;
  /** Who started or dismissed it, as in the journal: `user:<id>`. */
  readonly by: string | undefined;
  /** Why it was dismissed, or what overtook it. */
  readonly because: string | undefined;
  readonly trainingId: string | undefined;
}

/** What the proposal rests on. */
export interface RetrainingStanding {
  readonly model: Pick<RecordedModel, 'createdAt' | 'expiresAt'>;
  /** Days from its training after which it is to be trained again; `undefined` where nobody asked for that. */
  readonly everyDays: number | undefined;
  /** As last measured where it works; `undefined` where nothing was. */
  readonly drift: Pick<RecordedDrift, 'health' | 'worst' | 'decidedAt'> | undefined;
  /** Health, 0 to 100, below which people are told. */
  readonly healthMin: number;
}

export interface FoundReason {
  readonly reason: RetrainingReason;
  readonly evidence: string;
}

/** Every reason that holds now, the most pressing first. Times are the wall clock's. */
export function retrainingReasons({ model, everyDays, drift, healthMin }: RetrainingStanding, now: Instant): readonly FoundReason[] {
  const found: FoundReason[] = [];
  if (drift !== undefined && drift.health < healthMin) {
    const { health, worst, decidedAt } = drift;
    const measure = worst === undefined ? '' : `, by ${worst}`;
    found.push({
      reason: 'drift',
      evidence: `At ${formatInstant(decidedAt)} its health was ${health.toFixed(1)} of 100${measure}: below ${healthMin} its market is no more the one that it learnt.`,
    });
  }
  if (expiresSoon(model, now)) {
    const verb = isExpired(model, now) ? 'expired' : 'expires';
    found.push({ reason: 'expiry', evidence: `It ${verb} at ${formatInstant(model.expiresAt)}: from then on it opens no positions.` });
  }
  if (everyDays !== undefined && now >= model.createdAt + everyDays * DAY_MS)
    found.push({
      reason: 'scheduled',
      evidence: `It was trained at ${formatInstant(model.createdAt)}, and is to be trained again after ${everyDays} days.`,
    });
  return found;
}

/** So long a model is not proposed again for a reason that a person has decided about. */
const REST_DAYS = 30;

export const restsUntil = (endedAt: Instant): number => endedAt + REST_DAYS * DAY_MS;

/**
 * The recipe of a model over a newer span: the same words, the same beginning, and bars until `to`, the start of the last. The model is its parent.
 */
export function successorRequest(
  recipe: TrainingRequest,
  { modelId, reason }: Pick<Retraining, 'modelId' | 'reason'>,
  to: Instant,
): TrainingRequest {
  const notes = `Follows ${modelId.slice(0, 12)}, proposed by ${reason === 'scheduled' ? 'schedule' : reason}`;
  return { ...recipe, to, flags: { ...recipe.flags, parent: modelId, notes } };
}
