import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FEATURES } from '../features/registry.ts';
import { readRecipes } from './carried-source.ts';

const REGISTRY = readFileSync(new URL('../../assembly/features/registry.ts', import.meta.url), 'utf8');
const entry = "    new FeatureEntry('made', 1, () => new Made(1)),\n";
const withEntry = (text: string): string => REGISTRY.replace("    new FeatureEntry('return_1'", `${text}    new FeatureEntry('return_1'`);

test('every feature of this program has a recipe, of the same version', () => {
  const recipes = readRecipes(REGISTRY);
  expect(recipes.size).toBe(REGISTRY.match(/new FeatureEntry/g)?.length);
  for (const { name, version } of FEATURES) expect([name, recipes.get(name)?.version]).toEqual([name, version]);
});

test('one more is found', () =>
  expect(readRecipes(withEntry(entry)).get('made')).toEqual({ version: 1, expression: 'new Made(1)', className: 'Made' }));

test.each([
  { name: 'quotes of another kind', text: entry.replaceAll("'", '"') },
  { name: 'a call in a call', text: entry.replace('new Made(1)', 'new Made(half(2))') },
  { name: 'two lines', text: entry.replace('1, ()', '1,\n ()') },
  { name: 'the same name twice', text: entry + entry },
  { name: 'a name with a capital', text: entry.replace('made', 'Made') },
])('$name is refused, and not left out', ({ text }) =>
  expect(() => readRecipes(withEntry(text))).toThrow(/Invariant: the registry of features has \d+ entries, of which \d+ can be read/),
);

test('nothing at all is refused', () => expect(() => readRecipes('')).toThrow(/has 0 entries/));
