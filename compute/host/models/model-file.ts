import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { MODEL_SHAPES } from './model-shape.ts';
import type { Shape } from './model-shape.ts';
import type { Model } from './model.ts';

/** What a file of a model begins with. */
const FORMAT = 'tidemark-model';
/** Raised when old files would be read in another sense. */
const VERSION = 1;
const BYTES_MAX = 64 * 2 ** 20;

/** Bytes that are no model: says why. A model that cannot be read never predicts. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/**
 * The file of a model: one line of JSON, its keys sorted, without spaces, numbers as JavaScript writes them (which gives every bit back), and a second line with
 * the SHA-256 of the first, newline included. Equal models have equal bytes.
 */
export function writeModel(model: Model): Uint8Array<ArrayBuffer> {
  const wrong = misfit({ ...model, format: FORMAT, version: VERSION });
  if (wrong !== undefined) throw new Error(`Invariant: a model to be written has ${wrong}`);
  const line = `${canonicalJson({ ...model, format: FORMAT, version: VERSION })}\n`;
  return new TextEncoder().encode(`${line}${sha256(line)}\n`);
}

/** SHA-256 of the file, in hex: the id of any model, of trees as well. */
export const modelId = (bytes: Uint8Array): string => sha256(bytes);

/** The model in these bytes, if they are exactly what {@link writeModel} made, and have the `id` where one is expected. Throws a {@link ModelFileError}. */
export function readModel(bytes: Uint8Array, id?: string): Model {
  if (bytes.length > BYTES_MAX) throw new ModelFileError(`The model file has ${bytes.length} bytes: a model has at most ${BYTES_MAX}.`);
  const found = modelId(bytes);
  if (id !== undefined && found !== id) throw new ModelFileError(`The model file is ${found}, and not ${id}: fetch that model again.`);
  const line = intactLine(bytes);
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== FORMAT) {
    throw new ModelFileError(`The file is no model of this platform: its format is not ${FORMAT}.`);
  }
  if (!('version' in value) || value.version !== VERSION) {
    const version = 'version' in value ? JSON.stringify(value.version) : 'missing';
    throw new ModelFileError(`The version of the model file is ${version}, and this program reads ${VERSION}: train the model again.`);
  }
  const wrong = misfit(value);
  if (wrong !== undefined) throw new ModelFileError(`The model file has ${wrong}: it was not written by this platform.`);
  if (`${canonicalJson(value)}\n` !== line) {
    throw new ModelFileError(
      'The model file is written in another way than this platform writes: keys sorted, no spaces, shortest numbers.',
    );
  }
  const { format: _format, version: _version, ...model } = value;
  return model as unknown as Model;
}

function intactLine(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ModelFileError('The file is no model: it is not UTF-8 text.', { cause: error });
  }
  const end = text.indexOf('\n') + 1;
  if (end === 0) throw new ModelFileError('The model file is cut off: it has two lines, and ends before the first one does.');
  const line = text.slice(0, end);
  if (text.slice(end) === `${sha256(line)}\n`) return line;
  throw new ModelFileError('The model file is damaged: its second line is not the SHA-256 of its first.');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new ModelFileError('The file is no model: its first line is not JSON.', { cause: error });
  }
}

/** What does not fit the kind of model that it says it is. */
function misfit(value: object): string | undefined {
  const kind = 'kind' in value && typeof value.kind === 'string' ? value.kind : '';
  const shape = new Map<string, Shape>(Object.entries(MODEL_SHAPES)).get(kind);
  return shape === undefined ? `the kind ${JSON.stringify(kind)}, which there is not` : shape(value);
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
