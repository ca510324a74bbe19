import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As the build of the dashboard writes it: `web/preloads.ts`. */
interface Preload {
  readonly route: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

const FILE = 'preloads.json';

/** `/strategies/[id]` as what matches its addresses. */
const addressesOf = (route: string): RegExp =>
  new RegExp(`^${route.replaceAll(/[.*+?^${}()|\\]/g, String.raw`\$&`).replaceAll(/\[[^\]]*\]/g, '[^/]+')}/?$`);

/** After what every page needs, where the browser can choose. The kit takes styles, too, as from elsewhere: a style fetched otherwise would be fetched twice. */
const linkOf = ({ scripts, styles }: Preload): string =>
  [
    ...scripts.map((file) => `<${file}>; rel=modulepreload; fetchpriority=low`),
    ...styles.map((file) => `<${file}>; rel=preload; as=style; crossorigin`),
  ].join(', ');

/** Routes without a parameter first: `/runs/compare` is not the run that is called so. */
const inOrder = (preloads: readonly Preload[]): readonly Preload[] =>
  preloads.toSorted((a, b) => Number(a.route.includes('[')) - Number(b.route.includes('[')));

/** The `Link` header of a page's address: what it needs beyond what every page needs, fetched at once. `undefined` where nothing is known of it. */
export type LinkOf = (path: string) => string | undefined;

/** Reads what the build says of its pages; nothing is said of any where there is no such file. */
export async function openPreloads(directory: string): Promise<LinkOf> {
  let text: string;
  try {
    text = await readFile(join(directory, FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return () => undefined;
    throw error;
  }
  const links = inOrder(JSON.parse(text) as readonly Preload[]).map((preload) => [addressesOf(preload.route), linkOf(preload)] as const);
  return (path) => links.find(([addresses]) => addresses.test(path))?.[1];
}
