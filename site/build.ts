import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { precompress } from '../scripts/precompress.ts';
import { addressOf, DECISIONS, GROUPS, HOME, PUBLISHED_FILES, REFERENCE } from './contents.ts';
import { layOut } from './layout.ts';
import type { Shelf } from './layout.ts';
import { readPage } from './markdown.ts';
import type { Page, Source } from './markdown.ts';
import { referenceSources } from './reference.ts';
import { searchIndex } from './search-index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = join(ROOT, 'site', 'build');
const MODULES = join(ROOT, 'node_modules');
const FONTS = [
  { family: 'Inter Variable', file: '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', weights: '100 900' },
  {
    family: 'JetBrains Mono Variable',
    file: '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
    weights: '100 800',
  },
] as const;

const read = async (path: string): Promise<Source> => ({ path, text: await readFile(join(ROOT, path), 'utf8') });

/** All decisions on one page, which no file is kept for. */
function listOfDecisions(decisions: readonly Source[]): Source {
  const lines = decisions.map(({ path, text }) => `- [${/^# (.+)$/m.exec(text)?.[1] ?? path}](${path.slice('adr/'.length)})`);
  const intro = 'What was decided, in which situation, what was rejected, and what follows from it. Each is kept as it was made.';
  return { path: DECISIONS, text: `# Decisions\n\n${intro}\n\n${lines.join('\n')}\n` };
}

export interface Library {
  readonly home: Source;
  readonly shelves: readonly { readonly name: string; readonly sources: readonly Source[] }[];
  readonly decisions: readonly Source[];
}

/** Every document of the repository, and those that are generated. */
export async function openLibrary(): Promise<Library> {
  const names = (await readdir(join(ROOT, 'adr'))).filter((name) => name.endsWith('.md')).sort();
  const decisions = await Promise.all(names.map((name) => read(`adr/${name}`)));
  const reference = referenceSources((await read('schema/schema.graphql')).text);
  const written = await Promise.all(
    GROUPS.map(async ({ name, sources }) => ({
      name,
      sources: await Promise.all(sources.map(async (path) => (path === DECISIONS ? listOfDecisions(decisions) : read(path)))),
    })),
  );
  const shelves = written.flatMap((shelf) =>
    shelf.name === REFERENCE.after ? [shelf, { name: REFERENCE.name, sources: reference }] : [shelf],
  );
  return { home: await read(HOME), shelves, decisions };
}

export interface Site {
  readonly home: Page;
  readonly shelves: readonly Shelf[];
  readonly decisions: readonly Page[];
  /** In reading order. */
  readonly pages: readonly Page[];
}

export function readSite({ home, shelves, decisions }: Library): Site {
  const read: Site = {
    home: readPage(home),
    shelves: shelves.map(({ name, sources }) => ({ name, pages: sources.map(readPage) })),
    decisions: decisions.map(readPage),
    pages: [],
  };
  return { ...read, pages: [read.home, ...read.shelves.flatMap(({ pages }) => pages), ...read.decisions] };
}

/** Throws where two documents would stand at one address. */
export function htmlOf({ shelves, pages }: Site): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [place, page] of pages.entries()) {
    const address = addressOf(page.source);
    if (address === undefined || files.has(address)) throw new Error(`Invariant: ${page.source} has an address of its own, not ${address}`);
    const [before, after] = [pages[place - 1], pages[place + 1]];
    files.set(address, layOut(page, shelves, { ...(before && { before }), ...(after && { after }) }));
  }
  return files;
}

const fontFace = ({ family, file, weights }: (typeof FONTS)[number]): string =>
  `@font-face { font-family: '${family}'; font-style: normal; font-display: swap; font-weight: ${weights}; src: url(${file.split('/').at(-1)}) format('woff2'); }\n`;

async function writeAssets(): Promise<void> {
  const assets = join(TARGET, 'assets');
  await cp(join(ROOT, 'site', 'assets'), assets, { recursive: true });
  await copyFile(join(ROOT, 'web/src/lib/ui/tokens.css'), join(assets, 'tokens.css'));
  for (const name of ['theme.js', 'icon.svg']) await copyFile(join(ROOT, 'web/static', name), join(assets, name));
  await copyFile(join(MODULES, 'minisearch/dist/es/index.js'), join(assets, 'minisearch.js'));
  for (const { file } of FONTS) await copyFile(join(MODULES, file), join(assets, file.split('/').at(-1) ?? ''));
  await writeFile(join(assets, 'fonts.css'), FONTS.map(fontFace).join(''));
}

async function writeBelow(address: string, content: string | Buffer): Promise<void> {
  const path = join(TARGET, address);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Builds the documents into `site/build`. Throws where a document cannot be published as it is, and says why. */
export async function buildSite(): Promise<void> {
  const site = readSite(await openLibrary());
  await rm(TARGET, { recursive: true, force: true });
  for (const [address, html] of htmlOf(site)) await writeBelow(address, html);
  for (const path of PUBLISHED_FILES) await writeBelow(addressOf(path) ?? '', await readFile(join(ROOT, path)));
  await writeBelow('assets/search.json', searchIndex(site));
  await writeAssets();
  await precompress(TARGET);
}

if (import.meta.main) await buildSite();
