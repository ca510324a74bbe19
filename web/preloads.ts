import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of one page: its route as the kit names it, and what it needs beyond what every page needs. Read by the server, which tells the browser with the page. */
export interface Preload {
  readonly route: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

const NODES = '.svelte-kit/generated/build/client-optimized/nodes';
const MANIFEST = '.svelte-kit/output/client/.vite/manifest.json';
/** The kit's own two: the layout, and the page that says what went wrong, which it fetches with the first page whatever that is. */
const [LAYOUT, FAILED] = ['0', '1'];
const PAGE = /routes(?<route>.*)\/\+page\.svelte"/;

function collect(manifest: Manifest, key: string, scripts: Set<string>, styles: Set<string>): void {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`Invariant: the bundler's manifest has ${key}`);
  if (scripts.has(chunk.file)) return;
  scripts.add(chunk.file);
  for (const style of chunk.css ?? []) styles.add(style);
  for (const imported of chunk.imports ?? []) collect(manifest, imported, scripts, styles);
}

/**
 * Writes `preloads.json` into the build: which files each page needs, so that a browser fetches them beside what every page needs and not after it. `root` is
 * the folder of the dashboard, built. Throws where the kit's output is not as expected.
 */
export async function writePreloads(root: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, MANIFEST), 'utf8')) as Manifest;
  const needs = (node: string): { readonly scripts: Set<string>; readonly styles: Set<string> } => {
    const [scripts, styles] = [new Set<string>(), new Set<string>()];
    collect(manifest, `${NODES}/${node}.js`, scripts, styles);
    return { scripts, styles };
  };
  const everywhere = needs(LAYOUT);
  const preloads: Preload[] = [];
  for (const name of (await readdir(join(root, NODES))).toSorted()) {
    const node = name.replace(/\.js$/, '');
    const route = PAGE.exec(await readFile(join(root, NODES, name), 'utf8'))?.groups?.['route'];
    if (route === undefined) continue;
    const [own, failed] = [needs(node), needs(FAILED)];
    preloads.push({
      route: route === '' ? '/' : route,
      scripts: [...own.scripts.union(failed.scripts).difference(everywhere.scripts)].map((file) => `/${file}`),
      styles: [...own.styles.union(failed.styles).difference(everywhere.styles)].map((file) => `/${file}`),
    });
  }
  if (preloads.length === 0) throw new Error(`Invariant: the kit writes a file for each page in ${NODES}`);
  await writeFile(join(root, 'build/preloads.json'), JSON.stringify(preloads));
}
