import { decodeAny, explainAny, isClassifier, predictAny } from '@tidemark/compute/models';
import type { AnyModel, DriftReference } from '@tidemark/compute/models';

/** A feature as it was asked about, with how it was spread over the rows of the training; `undefined` where nobody wrote that down. */
export interface WhatIfFeature {
  readonly name: string;
  /** `undefined` where it has no value. */
  readonly value: number | undefined;
  /** What it adds to the base of the score; `undefined` where the model explains no row, or has no answer. */
  readonly contribution: number | undefined;
  /** Nine in ten rows of the training are above the first, and as many at most the second. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly mean: number | undefined;
  readonly deviation: number | undefined;
}

/** What a model would say of features that nobody has seen. */
export interface WhatIf {
  /** A probability of class 1, or a value; `undefined` where a feature has no value, as where it trades. */
  readonly score: number | undefined;
  readonly isProbability: boolean;
  /** Base and contributions add up to the score, in its own unit. */
  readonly base: number | undefined;
  readonly features: readonly WhatIfFeature[];
}

/** A model that is asked, by its own bytes. */
export interface AskedModel {
  readonly model: AnyModel;
  readonly names: readonly string[];
  readonly reference: DriftReference | undefined;
}

export const askedModel = (bytes: Uint8Array, names: readonly string[], reference: DriftReference | undefined): AskedModel => ({
  model: decodeAny(bytes),
  names,
  reference,
});

/** The features of a usual row: their means over the training; not-a-number where nobody wrote them down. */
const usualRow = ({ names, reference }: AskedModel): Float64Array =>
  Float64Array.from(names, (_, place) => reference?.features[place]?.mean ?? Number.NaN);

/**
 * What the model says of one row, in the order of its features; of the usual one where none is given. The same code that the module's own answers equal bit by bit, which
 * `compute/host/model-strategies/prediction.test.ts` holds. Naive Bayes explains no row.
 */
export function whatIfOf(asked: AskedModel, given: Float64Array | undefined): WhatIf {
  const { model, names, reference } = asked;
  const row = given ?? usualRow(asked);
  if (row.length !== names.length) throw new RangeError(`a model of ${names.length} features was asked about ${row.length}`);
  const score = row.every((value) => Number.isFinite(value)) ? predictAny(model, row) : Number.NaN;
  const known = Number.isFinite(score);
  const explanation = known && model.form !== 'naive-bayes' ? explainAny(model, row) : undefined;
  return {
    score: known ? score : undefined,
    isProbability: isClassifier(model),
    base: explanation?.base,
    features: names.map((name, place): WhatIfFeature => {
      const value = row[place] ?? Number.NaN;
      const spread = reference?.features[place];
      return {
        name,
        value: Number.isFinite(value) ? value : undefined,
        contribution: explanation?.contributions[place],
        low: spread?.cuts.at(0),
        high: spread?.cuts.at(-1),
        mean: spread?.mean ?? undefined,
        deviation: spread?.deviation ?? undefined,
      };
    }),
  };
}
