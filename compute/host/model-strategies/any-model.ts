import { ModelFormatError, decodeModel, encodeModel } from '../learning/model-bytes.ts';
import { predictRow as predictTrees, type TreeModel } from '../learning/model.ts';
import { ModelFileError, modelId, readModel, writeModel } from '../models/model-file.ts';
import { predictRow as predictLinear, type LinearModel, type NaiveBayesModel } from '../models/model.ts';
import { at } from '../rows-input.ts';

/** Any model of this platform: trees, or what stands in a file of lines. */
export type AnyModel =
  | { readonly form: 'trees'; readonly model: TreeModel }
  | { readonly form: 'linear'; readonly model: LinearModel }
  | { readonly form: 'naive-bayes'; readonly model: NaiveBayesModel };

export const featuresOf = (known: AnyModel): readonly string[] => (known.form === 'trees' ? known.model.names : known.model.features);

/** Whether its figure is the probability of class 1. */
export function isClassifier(known: AnyModel): boolean {
  if (known.form === 'trees') return known.model.objective === 'binary';
  return known.form === 'naive-bayes' || known.model.kind === 'logistic';
}

/** In words: `boosting (binary)`, `logistic`. */
export const kindOf = (known: AnyModel): string =>
  known.form === 'trees' ? `${known.model.method} (${known.model.objective})` : known.model.kind;

export const encodeAny = (known: AnyModel): Uint8Array<ArrayBuffer> =>
  known.form === 'trees' ? encodeModel(known.model) : writeModel(known.model);

/** What its file is called: trees are bytes, the others lines of text. */
export const fileNameOf = (known: AnyModel): string => (known.form === 'trees' ? 'model.trees' : 'model.json');

const TREES = new TextEncoder().encode('TIDETREE');

/**
 * The model in a file, which is exactly what {@link encodeAny} gives of it. Throws a {@link ModelFileError} or a ModelFormatError that says why it is none, or that its SHA-256
 * is not the one that is expected.
 */
export function decodeAny(bytes: Uint8Array, id?: string): AnyModel {
  const isTrees = TREES.every((byte, index) => bytes[index] === byte);
  if (!isTrees) {
    const model = readModel(bytes, id);
    return model.kind === 'naive-bayes' ? { form: 'naive-bayes', model } : { form: 'linear', model };
  }
  const found = modelId(bytes);
  if (id !== undefined && found !== id) throw new ModelFileError(`The model file is ${found}, and not ${id}: fetch that model again.`);
  return { form: 'trees', model: decodeModel(bytes) };
}

/** The probability of class 1, or the value, of one row in the order of the model's features. */
export function predictAny(known: AnyModel, row: Float64Array): number {
  return known.form === 'trees' ? at(predictTrees(known.model, row), 0) : predictLinear(known.model, row);
}

export { ModelFileError, ModelFormatError, modelId };
