import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, readManifest, type ModelManifest } from './manifest.ts';
import { checkModelFiles, readModelFiles } from './folder.ts';

/** A folder that says it is a model: what it says, and what is wrong with it, if anything. */
export interface ListedModel {
  readonly folder: string;
  readonly manifest: ModelManifest | undefined;
  /** In a sentence; `undefined` where the files are whole, and each is the one that the manifest names. */
  readonly problem: string | undefined;
}

/** Reads one folder, and never throws for what is in it. */
export async function inspectModelFolder(folder: string): Promise<ListedModel> {
  let manifest: ModelManifest | undefined;
  try {
    const files = await readModelFiles(folder);
    manifest = readManifest(files.manifest);
    checkModelFiles(files);
    return { folder, manifest, problem: undefined };
  } catch (error) {
    return { folder, manifest, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The folder itself where it is a model, else those in it that are, by name. Throws what reading a folder throws. */
export async function listModels(folder: string): Promise<readonly ListedModel[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === MANIFEST_FILE)) return [await inspectModelFolder(folder)];
  const found: ListedModel[] = [];
  for (const { name } of entries.filter((each) => each.isDirectory()).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = await readdir(join(folder, name));
    if (inside.includes(MANIFEST_FILE)) found.push(await inspectModelFolder(join(folder, name)));
  }
  return found;
}
