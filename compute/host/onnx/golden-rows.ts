import { canonicalJson } from '../canonical-json.ts';
import { FEATURE_BITS, LEAF, type TreeModel } from '../learning/model.ts';
import { ModelFileError, featuresOf, predictAny, type AnyModel } from '../model-strategies/any-model.ts';
import { philoxUniform } from '../philox.ts';
import { at } from '../rows-input.ts';

/** Rows with what a model has to say of them, kept beside its file: whoever loads it asks for them first. */
export interface GoldenRows {
  readonly features: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly predictions: readonly number[];
}

const ROWS = 100;
const SEED = 1;

/** 100 rows, drawn where the model decides: at the thresholds of trees, at means and deviations of the others. The same model gives the same rows. */
export function goldenRowsOf(known: AnyModel): GoldenRows {
  const features = featuresOf(known);
  const draw = known.form === 'trees' ? thresholdsOf(known.model) : aroundMeans(known.model.standardisation);
  const rows = Array.from({ length: ROWS }, (_, row) => features.map((_name, column) => draw(column, philoxUniform(row, column, SEED))));
  return { features, rows, predictions: rows.map((row) => predictAny(known, Float64Array.from(row))) };
}

type Draw = (column: number, uniform: number) => number;

function thresholdsOf({ names, features, values }: TreeModel): Draw {
  const thresholds = names.map((_, column) =>
    [
      ...new Set(
        Array.from(features.keys()).filter((place) => at(features, place) !== LEAF && (at(features, place) & FEATURE_BITS) === column),
      ),
    ].map((place) => at(values, place)),
  );
  return (column, uniform) => {
    const own = thresholds[column] ?? [];
    return own.length === 0 ? uniform : at(own, Math.floor(uniform * own.length));
  };
}

const aroundMeans =
  ({ means, deviations }: { readonly means: readonly number[]; readonly deviations: readonly number[] }): Draw =>
  (column, uniform) =>
    at(means, column) + 3 * (2 * uniform - 1) * at(deviations, column);

export const writeGoldenRows = (golden: GoldenRows): string => `${canonicalJson(golden)}\n`;

/** Throws a {@link ModelFileError} for what is none. */
export function readGoldenRows(text: string): GoldenRows {
  const refuse = (problem: string): never => {
    throw new ModelFileError(`The golden rows cannot be used: ${problem}. Export the model again.`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelFileError('The golden rows cannot be used: they are not JSON. Export the model again.', { cause: error });
  }
  if (typeof value !== 'object' || value === null) return refuse('they are no object');
  const { features, rows, predictions } = value as Partial<GoldenRows>;
  if (!Array.isArray(features) || !Array.isArray(rows) || !Array.isArray(predictions))
    return refuse('they lack features, rows or predictions');
  if (rows.length !== ROWS || predictions.length !== ROWS) return refuse(`they are not ${ROWS}`);
  const whole = rows.every((row: unknown) => Array.isArray(row) && row.length === features.length && row.every(Number.isFinite));
  return whole && predictions.every(Number.isFinite) ? { features, rows, predictions } : refuse('a row is not a number a feature');
}
