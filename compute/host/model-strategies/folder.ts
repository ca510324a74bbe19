import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleFromBytes } from '../built-ins.ts';
import { UsageError } from '../backtest-flags.ts';
import type { StrategyModule } from '../types.ts';
import { ModelFileError, decodeAny, featuresOf, type AnyModel } from './any-model.ts';
import { MANIFEST_FILE, readManifest, writeManifest, type ModelManifest } from './manifest.ts';
import type { TrainedStrategy } from './train.ts';

/** A model with all that belongs to it, checked against its own words. */
export interface ModelFolder {
  readonly manifest: ModelManifest;
  readonly model: AnyModel;
  readonly module: StrategyModule;
}

/** The three files of a model, as bytes. */
export interface ModelFiles {
  readonly manifest: Uint8Array;
  readonly model: Uint8Array;
  readonly module: Uint8Array;
}

/**
 * What the files of a model hold. Throws a {@link ModelFileError}, or a ModelFormatError, where one is damaged, foreign, of another model, or where features do not match: such a
 * model never predicts.
 */
export function checkModelFiles(files: ModelFiles): ModelFolder {
  const manifest = readManifest(files.manifest);
  const model = decodeAny(files.model, manifest.id);
  const features = featuresOf(model);
  const told = manifest.features.map(({ name, version }) => `${name}@${version}`);
  if (features.join() !== told.join())
    throw new ModelFileError(
      `The model takes ${features.join(', ')}, and its manifest says ${told.join(', ')}: they are not of one training.`,
    );
  const version = createHash('sha256').update(files.module).digest('hex');
  if (version !== manifest.strategy.version)
    throw new ModelFileError(
      `${manifest.strategy.file} is ${version}, and the manifest says ${manifest.strategy.version}: the module was changed, or is another's.`,
    );
  return { manifest, model, module: moduleFromBytes(files.module, manifest.strategy.file) };
}

async function readPart(folder: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    throw new ModelFileError(`${folder} holds no ${file} that can be read: it is no whole folder of a model.`, { cause: error });
  }
}

export async function readModelFiles(folder: string): Promise<ModelFiles> {
  const manifest = await readPart(folder, MANIFEST_FILE);
  const { model, strategy } = readManifest(manifest);
  return { manifest, model: await readPart(folder, model.file), module: await readPart(folder, strategy.file) };
}

/** A folder that `tidemark train` wrote. Throws as {@link checkModelFiles} does. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  return checkModelFiles(await readModelFiles(folder));
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}

/** Throws a UsageError where a training would write over something: a model is never replaced. */
export async function checkFreeFolder(folder: string): Promise<void> {
  if (!(await isEmpty(folder)))
    throw new UsageError(`--out ${folder} is not empty: name a new folder, for a model is never written over another`);
}

/** The manifest comes last: a folder without one is no model. */
export async function writeModelFolder(folder: string, { manifest, model, module }: TrainedStrategy): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, manifest.model.file), model);
  await writeFile(join(folder, manifest.strategy.file), module.wasm);
  await writeFile(join(folder, MANIFEST_FILE), writeManifest(manifest));
}
