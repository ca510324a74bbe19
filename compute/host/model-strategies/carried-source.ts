import { readFileSync } from 'node:fs';
import { TrainingError } from '../models/training-data.ts';
import { featuresOf, isClassifier, modelId, encodeAny, type AnyModel } from './any-model.ts';
import { carriedBytes } from './carried-bytes.ts';

const REGISTRY = new URL('../../assembly/features/registry.ts', import.meta.url);
/** A module may have 1 MiB, and its code takes about 100 KiB of it. */
const CARRIED_BYTES_MAX = 800_000;

/** How a feature is made, in words of the module's language. */
interface Recipe {
  readonly version: number;
  readonly expression: string;
  readonly className: string;
}

/**
 * The entries of the registry: what stands there is what training computed the feature with. Throws where one of them is not written as all others are: a
 * feature that is not seen would be missing from a module without a word.
 */
export function readRecipes(registry: string): ReadonlyMap<string, Recipe> {
  const lines = registry.matchAll(/new FeatureEntry\('([a-z0-9_]+)', (\d+), \(\) => (new (\w+)\([^()]*\))\),/g);
  const recipes = new Map(
    Array.from(lines, ([, name = '', version = '', expression = '', className = '']) => [
      name,
      { version: Number(version), expression, className },
    ]),
  );
  const entries = registry.split(/new\s+FeatureEntry\b/).length - 1;
  if (entries === recipes.size && entries > 0) return recipes;
  throw new Error(
    `Invariant: the registry of features has ${entries} entries, of which ${recipes.size} can be read: write each as new FeatureEntry('name', version, () => new Class(…)), each name once.`,
  );
}

function importOf(registry: string, className: string): string {
  for (const [, names = '', file = ''] of registry.matchAll(/import \{ ([^}]+) \} from '\.\/([a-z-]+)';/g)) {
    if (names.split(', ').includes(className)) return `import { ${className} } from '../features/${file}';`;
  }
  throw new Error(`Invariant: the registry of features imports ${className}`);
}

function recipeOf(recipes: ReadonlyMap<string, Recipe>, id: string): Recipe {
  const [name = '', version = ''] = id.split('@');
  const recipe = recipes.get(name);
  if (recipe === undefined)
    throw new TrainingError(
      `The model was trained with the feature ${id}, which there is not: a module cannot compute it. Train a model without it.`,
    );
  if (String(recipe.version) !== version)
    throw new TrainingError(
      `The model was trained with ${id}, and this program computes ${name}@${recipe.version}: the figures differ. Train the model again.`,
    );
  return recipe;
}

/** Words of four bytes, little-endian, padded with zeros. */
function wordsOf(bytes: Uint8Array): readonly number[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 4 }, (_, word) => view.getUint32(word * 4, true));
}

export interface Carried {
  readonly model: AnyModel;
  /** Bars that the label looks ahead: how long a decision stands, unless a parameter says otherwise. */
  readonly horizon: number;
}

/**
 * The file `models/carried.ts` of the module of one model: how its features are made, and its bytes as static data. The same model gives the same text. Throws a
 * {@link TrainingError} for a model that cannot be carried.
 */
export function carriedSource({ model, horizon }: Carried): string {
  const registry = readFileSync(REGISTRY, 'utf8');
  const recipes = readRecipes(registry);
  const ids = featuresOf(model);
  const made = ids.map((id) => recipeOf(recipes, id));
  const bytes = carriedBytes(model);
  if (bytes.length > CARRIED_BYTES_MAX)
    throw new TrainingError(
      `The model has ${bytes.length} bytes, and a module carries at most ${CARRIED_BYTES_MAX}: train fewer trees, or smaller ones (trees, leavesMax, depthMax).`,
    );
  const imports = [...new Set(made.map(({ className }) => importOf(registry, className)))].toSorted();
  const description = `Decides by the model ${modelId(encodeAny(model))}, which looks ${horizon} bars ahead.`;
  return [
    "import { Feature } from '../features/feature';",
    ...imports,
    `export const description: string = '${description}';`,
    `export const horizon: i32 = ${horizon};`,
    `export const middle: f64 = ${isClassifier(model) ? 0.5 : 0};`,
    `export const featureNames: StaticArray<string> = [${ids.map((id) => `'${id}'`).join(', ')}];`,
    `export function features(): StaticArray<Feature> { return [${made.map(({ expression }) => expression).join(', ')}]; }`,
    `export const model: usize = memory.data<u32>([${wordsOf(bytes).join(', ')}], 16);`,
    '',
  ].join('\n');
}
