import { NOT_AVAILABLE, number } from '#lib/format.ts';

import type { RetrainingReason } from '@tidemark/schema/documents';

/** Why a model should be trained again. */
export const RETRAINING_REASONS: Readonly<Record<RetrainingReason, string>> = {
  DRIFT: 'drift',
  EXPIRY: 'it expires',
  SCHEDULED: 'schedule',
};

type Figure = number | null | undefined;

/** What a fold is measured by; those of the other task are null. */
export interface Measures {
  readonly auc: Figure;
  readonly logLoss: Figure;
  readonly rmse: Figure;
  readonly rankIc: Figure;
}
export interface Fold {
  readonly found: Measures;
  readonly baseline: Measures;
  readonly baseRate: Pick<Measures, 'logLoss' | 'rmse'>;
  readonly coin: Pick<Measures, 'logLoss'> | null;
}

const isFigure = (value: Figure): value is number => value !== null && value !== undefined && Number.isFinite(value);

/** Mean of the figures that there are; `undefined` where there is none. */
export function meanOf(values: readonly Figure[]): number | undefined {
  const known = values.filter(isFigure);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Whether these folds are of values, not of classes: they have an RMSE. */
export const isOfValues = (folds: readonly Fold[]): boolean => folds.some(({ found }) => isFigure(found.rmse));

/** A loss as text: log-loss to four places, an RMSE, whose unit is the label's, to four digits. */
export function lossText(value: Figure, ofValues: boolean): string {
  if (!isFigure(value)) return NOT_AVAILABLE;
  return ofValues ? value.toPrecision(4) : number(value, { decimals: 4 });
}

export interface Standing {
  readonly ofValues: boolean;
  /** How well rows are ranked: AUC, of values the rank IC. */
  readonly ranking: number | undefined;
  readonly loss: number | undefined;
  /** Of a linear model, of who always says the same, and of a coin (of classes only). */
  readonly linear: number | undefined;
  readonly baseRate: number | undefined;
  readonly coin: number | undefined;
}

/** Means over the folds, each beside its baselines. */
export function standingOf(folds: readonly Fold[]): Standing {
  const ofValues = isOfValues(folds);
  const lossOf = (each: { readonly logLoss?: Figure; readonly rmse?: Figure } | null): Figure => (ofValues ? each?.rmse : each?.logLoss);
  return {
    ofValues,
    ranking: meanOf(folds.map(({ found }) => (ofValues ? found.rankIc : found.auc))),
    loss: meanOf(folds.map(({ found }) => lossOf(found))),
    linear: meanOf(folds.map(({ baseline }) => lossOf(baseline))),
    baseRate: meanOf(folds.map(({ baseRate }) => lossOf(baseRate))),
    coin: meanOf(folds.map(({ coin }) => lossOf(coin))),
  };
}

/** Of two losses: whether the first is lower, in a sign that needs no colour. */
export function againstBaseline(loss: Figure, baseline: Figure): '▲ better' | '▼ worse' | '● equal' | undefined {
  if (!isFigure(loss) || !isFigure(baseline)) return undefined;
  if (loss === baseline) return '● equal';
  return loss < baseline ? '▲ better' : '▼ worse';
}

/** Oldest first, as a chart draws it: the server lists the newest first. */
export const oldestFirst = <T>(newestFirst: readonly T[]): readonly T[] => newestFirst.toReversed();

/** Models are compared in pairs: a champion and its challenger. */
export const COMPARED = 2;
