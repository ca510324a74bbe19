import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { DatasetManifest, FeatureNote } from '../datasets/dataset.ts';
import { ModelFileError } from './any-model.ts';
import type { Validation } from './validate.ts';

export const MANIFEST_FILE = 'manifest.json';
export const MODULE_FILE = 'strategy.wasm';
const FORMAT = 'tidemark-model-manifest';
const VERSION = 1;

/** Where a model comes from, and what it was worth on rows that it had not seen. Enough to make it again. */
export interface ModelManifest {
  /** SHA-256 of the model's file. */
  readonly id: string;
  /** In words: `boosting (binary)`. */
  readonly kind: string;
  readonly model: { readonly file: string; readonly bytes: number };
  /** The strategy that carries the model; the version is the SHA-256 of its module. */
  readonly strategy: { readonly name: string; readonly version: string; readonly file: string; readonly bytes: number };
  /** In the order in which the model takes them. */
  readonly features: readonly FeatureNote[];
  /** Bars that the label looks ahead. */
  readonly horizon: number;
  readonly dataset: { readonly hash: string; readonly manifest: DatasetManifest };
  /** All that it was trained with, defaults included. */
  readonly training: {
    readonly kind: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly seed: number;
    readonly calibration: string;
  };
  /** Of trainings on parts of the rows; the model itself was trained on all of them. Before calibration. */
  readonly validation: Validation;
  /** Version of the program, and SHA-256 of the sources that module and features are made of. */
  readonly code: { readonly version: string; readonly toolchain: string };
  /** The model that this one follows. */
  readonly parent: string | null;
  readonly notes: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One line of JSON with sorted keys, and a second one with the SHA-256 of the first. */
export function writeManifest(manifest: ModelManifest): Uint8Array<ArrayBuffer> {
  const line = `${canonicalJson({ ...manifest, format: FORMAT, version: VERSION })}\n`;
  return new TextEncoder().encode(`${line}${sha256(line)}\n`);
}

/** Throws a {@link ModelFileError} for what {@link writeManifest} did not write. */
export function readManifest(bytes: Uint8Array): ModelManifest {
  const text = new TextDecoder().decode(bytes);
  const line = text.slice(0, text.indexOf('\n') + 1);
  if (text.slice(line.length) !== `${sha256(line)}\n`)
    throw new ModelFileError(
      `${MANIFEST_FILE} is damaged: its second line is not the SHA-256 of its first. Train the model again, or fetch its folder again.`,
    );
  const value: unknown = JSON.parse(line);
  const isOurs = typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT;
  if (!isOurs) throw new ModelFileError(`${MANIFEST_FILE} is no manifest of a model: its format is not ${FORMAT}.`);
  if (!('version' in value) || value.version !== VERSION)
    throw new ModelFileError(`${MANIFEST_FILE} is of another version than ${VERSION}, which this program reads: train the model again.`);
  const { format: _format, version: _version, ...manifest } = value;
  return manifest as unknown as ModelManifest;
}
