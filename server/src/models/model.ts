import type { DriftReference, ModelEvaluation, ModelManifest } from '@tidemark/compute/models';
import type { Timeframe } from '../market-data/bar.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/** From a trained model to one that trades no more. `shadow`: looked at beside the champion, sending nothing on a live account. */
export const MODEL_STATES = ['candidate', 'shadow', 'champion', 'retired'] as const;
export type ModelState = (typeof MODEL_STATES)[number];

/**
 * What happens to a model. `displace`: another takes its place as champion. `restore`: it is champion again, because the one that displaced it is rolled back. `freeze`: it
 * stays what it is until it is thawed; only a retirement or a rollback changes it.
 */
export const MODEL_ACTIONS = ['shadow', 'promote', 'displace', 'restore', 'retire', 'freeze', 'thaw'] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

/** Where an action leads; `undefined` where it is refused. */
export const MODEL_TRANSITIONS: Readonly<Record<ModelState, Readonly<Record<ModelAction, ModelState | undefined>>>> = {
  candidate: {
    shadow: 'shadow',
    promote: undefined,
    displace: undefined,
    restore: undefined,
    retire: 'retired',
    freeze: 'candidate',
    thaw: 'candidate',
  },
  shadow: {
    shadow: undefined,
    promote: 'champion',
    displace: undefined,
    restore: 'champion',
    retire: 'retired',
    freeze: 'shadow',
    thaw: 'shadow',
  },
  champion: {
    shadow: undefined,
    promote: undefined,
    displace: 'shadow',
    restore: undefined,
    retire: 'retired',
    freeze: 'champion',
    thaw: 'champion',
  },
  retired: {
    shadow: undefined,
    promote: undefined,
    displace: undefined,
    restore: undefined,
    retire: undefined,
    freeze: undefined,
    thaw: undefined,
  },
};

/** A model with where it comes from and what it is now. Its bytes are read apart. */
export interface RecordedModel {
  /** SHA-256 of its bytes. */
  readonly id: string;
  /** SHA-256 of the module that carries it. */
  readonly version: string;
  readonly strategyName: string;
  readonly state: ModelState;
  readonly frozen: boolean;
  readonly manifest: ModelManifest;
  /** As `tidemark train --label` takes it. */
  readonly label: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly datasetHash: string;
  /** Starts of the first bar that it learnt from and of the last. */
  readonly from: Instant;
  readonly to: Instant;
  readonly parent: string | undefined;
  readonly notes: string;
  readonly evaluation: ModelEvaluation;
  /** How features and predictions were distributed over the rows of the training; `undefined` where nobody wrote it down. */
  readonly reference: DriftReference | undefined;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  /** As in the journal: `user:<id>`. */
  readonly createdBy: string;
}

/** One line of descent has one champion: models of one strategy for the same symbols and timeframe. */
export type Line = Pick<RecordedModel, 'strategyName' | 'symbols' | 'timeframe'>;

export const isExpired = ({ expiresAt }: Pick<RecordedModel, 'expiresAt'>, now: Instant): boolean => now >= expiresAt;

/** People are told so long before. */
const NOTICE_DAYS = 7;
export const DAY_MS = 86_400_000;

export const expiresSoon = ({ expiresAt }: Pick<RecordedModel, 'expiresAt'>, now: Instant): boolean =>
  now >= expiresAt - NOTICE_DAYS * DAY_MS;

/**
 * Why a strategy that carries this model may not open positions, in one sentence; `undefined` where it may. With real money only a champion trades. Times are the wall
 * clock's.
 */
export function tradingProblem(
  model: Pick<RecordedModel, 'id' | 'state' | 'expiresAt'>,
  mode: 'simulated' | 'paper' | 'live',
  now: Instant,
): string | undefined {
  const name = `Its model ${model.id.slice(0, 12)}`;
  if (model.state === 'retired') return `${name} is retired: a retired model takes no new positions. Configure a version with another.`;
  if (isExpired(model, now))
    return `${name} expired at ${formatInstant(model.expiresAt)}: an expired model takes no new positions. Train its successor.`;
  if (mode === 'live' && model.state !== 'champion')
    return `${name} is a ${model.state}: with real money only the champion trades. Promote it first.`;
  return undefined;
}

/** Why an action cannot be taken, in one sentence; `undefined` where it can. */
export function actionProblem(model: Pick<RecordedModel, 'id' | 'state' | 'frozen'>, action: ModelAction): string | undefined {
  const name = `Model ${model.id.slice(0, 12)}`;
  if (MODEL_TRANSITIONS[model.state][action] === undefined) return `${name} is ${model.state}: ${REFUSED[action]}`;
  if (action === 'freeze' && model.frozen) return `${name} is frozen already.`;
  if (action === 'thaw' && !model.frozen) return `${name} is not frozen.`;
  if (model.frozen && STAYS[action]) return `${name} is frozen: it stays what it is until it is thawed.`;
  return undefined;
}

/** What a frozen model does not do. */
const STAYS: Readonly<Record<ModelAction, boolean>> = {
  shadow: true,
  promote: true,
  displace: true,
  restore: false,
  retire: false,
  freeze: false,
  thaw: false,
};

const REFUSED: Readonly<Record<ModelAction, string>> = {
  shadow: 'only a candidate becomes a shadow.',
  promote: 'only a shadow becomes the champion.',
  displace: 'only a champion is displaced.',
  restore: 'only a shadow that was champion before is champion again.',
  retire: 'it was retired before.',
  freeze: 'nothing of it changes any more.',
  thaw: 'nothing of it changes any more.',
};

/** A line of descent in words: `ml-rank on AAPL, MSFT (1Day)`. */
export const lineOf = ({ strategyName, symbols, timeframe }: Line): string => `${strategyName} on ${symbols.join(', ')} (${timeframe})`;
