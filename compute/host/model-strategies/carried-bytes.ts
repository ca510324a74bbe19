import { encodeModel } from '../learning/model-bytes.ts';
import type { LinearModel } from '../models/model.ts';
import { TrainingError } from '../models/training-data.ts';
import type { AnyModel } from './any-model.ts';

const MAGIC = 'TIDELINE';
const COLUMNS = 32;
/** What becomes of the score: as `assembly/models/linear.ts` numbers it. */
const ENDINGS = { value: 0, logistic: 1, platt: 2, isotonic: 3 } as const;

/**
 * What a strategy's module carries of a model: of trees the bytes of their file as they are, of a linear model its numbers, laid out in `assembly/models/linear.ts`.
 * Throws a {@link TrainingError} for models that a module cannot apply.
 */
export function carriedBytes(known: AnyModel): Uint8Array {
  if (known.form === 'linear') return linearBytes(known.model);
  if (known.form === 'naive-bayes') throw new TrainingError('A module cannot carry naive Bayes yet: train logistic, boosting or a forest.');
  if (known.model.objective === 'multiclass')
    throw new TrainingError(
      'A module cannot carry a model of several classes: it decides by one figure a bar. Train binary or regression.',
    );
  return encodeModel(known.model);
}

function linearBytes({ kind, calibration, standardisation, coefficients, intercept }: LinearModel): Uint8Array {
  const points =
    calibration === null
      ? { scores: [], probabilities: [] }
      : calibration.kind === 'platt'
        ? { scores: [calibration.slope, calibration.intercept], probabilities: [] }
        : calibration;
  const ending = kind === 'logistic' ? (calibration?.kind ?? 'logistic') : 'value';
  const columns = [...standardisation.means, ...standardisation.deviations, ...coefficients, ...points.scores, ...points.probabilities];
  const bytes = new Uint8Array(COLUMNS + columns.length * 8);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, coefficients.length, true);
  view.setUint32(12, points.scores.length, true);
  view.setUint32(16, ENDINGS[ending], true);
  view.setFloat64(24, intercept, true);
  columns.forEach((value, place) => view.setFloat64(COLUMNS + place * 8, value, true));
  return bytes;
}
