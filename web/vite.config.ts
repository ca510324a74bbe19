import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import type { Plugin, Rolldown } from 'vite';

import { readSdk } from './src/lib/editor/sdk-reference.ts';

/** Where `vite dev` finds a running server: the dashboard itself always asks its own origin. */
const server = process.env['TIDEMARK_URL'] ?? 'http://127.0.0.1:4000';

/**
 * Takes only the named modules of a package instead of its index: the indices of the component libraries name some five
 * hundred components, and compiling those to throw them away again is most of a build.
 */
function only(name: string, lines: readonly string[]): Plugin {
  const dist = dirname(fileURLToPath(import.meta.resolve(name)));
  const id = `\0only:${name}`;
  return {
    name: `only-${name}`,
    enforce: 'pre',
    resolveId: (source) => (source === name ? id : undefined),
    load: (source) => (source === id ? lines.map((line) => line.replace('./', join(dist, '/'))).join('\n') : undefined),
  };
}

const ASSEMBLY = fileURLToPath(new URL('../compute/assembly/', import.meta.url));

/** `virtual:sdk-reference`: what the editor completes and explains, read out of the SDK's source. */
function sdkReference(): Plugin {
  const id = '\0sdk-reference';
  const filesIn = (folder: string): readonly (readonly [string, string])[] =>
    readdirSync(join(ASSEMBLY, folder)).map((name) => [`${folder}/${name}`, readFileSync(join(ASSEMBLY, folder, name), 'utf8')]);
  return {
    name: 'sdk-reference',
    resolveId: (source) => (source === 'virtual:sdk-reference' ? id : undefined),
    load: (source) =>
      source === id
        ? `export default ${JSON.stringify(readSdk(Object.fromEntries([...filesIn('sdk'), ...filesIn('indicators')])))};`
        : undefined,
  };
}

const DATA_FETCH = /WebAssembly\.instantiateStreaming\(fetch\((\w+)\)\)/g;

/**
 * The compiler of strategies carries a small module of its own as a data address and fetches that. Our content security policy lets nothing but our
 * own origin be fetched: the same bytes are read where they stand.
 */
function withoutDataFetch(): Plugin {
  return {
    name: 'without-data-fetch',
    transform(code, id) {
      if (!id.endsWith('/assemblyscript/dist/assemblyscript.js')) return undefined;
      const found = [...code.matchAll(DATA_FETCH)].length;
      if (found !== 1) throw new Error(`assemblyscript.js fetches ${found} modules, expected one: look at how it loads now`);
      return {
        code: code.replace(DATA_FETCH, (_all, name: string) => `WebAssembly.instantiate(Uint8Array.fromBase64(${name}.split(',')[1]))`),
        map: null,
      };
    },
  };
}

/** What these modules need to be run at all, themselves included; what they fetch later is not of it. */
function neededBy(roots: readonly string[], context: Rolldown.ChunkingContext): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [...roots];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    left.push(...(context.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

/** A file of what these modules need, and of other modules by their name. */
function oneFile(name: string, roots: readonly string[], others: RegExp): (id: string, context: Rolldown.ChunkingContext) => string | null {
  let needed: ReadonlySet<string> | undefined;
  return (id, context) => (others.test(id) || (needed ??= neededBy(roots, context)).has(id) ? name : null);
}

const LAYOUT = fileURLToPath(new URL('./src/routes/+layout.svelte', import.meta.url));
const FETCHES_PAGES = /preload-helper/;
const OF_CHARTS = /node_modules\/(layerchart|@layerstack|d3-|tailwind-merge)|src\/lib\/charts/;

/** The list of letters that look alike is as large as all else that pages share, and most pages show no text of strangers. */
const LOOK_ALIKES = /node_modules\/unhomoglyph|src\/lib\/agents\/shown-text/;
const SHOWS_LOOK_ALIKES = /src\/lib\/(agents|recommendations)\//;

/**
 * Few files: a phone's line takes as long to ask for one as for 30 KB. What every page needs is one, what most pages need another, charts a third, and look-alikes a fourth; a
 * page has one or two of its own. (Left to itself the bundler makes a file for every set of pages that share something: forty of them for one page.)
 */
const CHUNKS = {
  groups: [
    { name: 'look-alikes', test: LOOK_ALIKES, priority: 3 },
    { name: oneFile('shell', [LAYOUT], FETCHES_PAGES), priority: 2 },
    { name: 'pages', test: (id: string) => !OF_CHARTS.test(id) && !SHOWS_LOOK_ALIKES.test(id), minShareCount: 3, priority: 1 },
    { name: oneFile('charts', ['\0only:layerchart'], /src\/lib\/charts/), minShareCount: 3 },
  ],
};

export default defineConfig({
  plugins: [
    only('layerchart', [
      `export { default as Chart } from './components/Chart/Chart.svg.svelte';`,
      `export { default as Svg } from './components/layers/Svg.svelte';`,
      `export { default as Axis } from './components/Axis/Axis.svg.svelte';`,
      `export { getChartContext } from './contexts/chart.js';`,
    ]),
    only('bits-ui', [`export { Dialog } from './bits/dialog/index.js';`, `export { Popover } from './bits/popover/index.js';`]),
    sdkReference(),
    sveltekit({ adapter: adapter({ fallback: 'index.html' }) }),
  ],
  server: { proxy: { '/graphql': { target: server, ws: true }, '/login': server, '/logout': server, '/reports': server } },
  // The compiler of strategies runs in a worker, and loads parts of itself as modules.
  worker: { format: 'es', plugins: () => [withoutDataFetch()] },
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: CHUNKS } } } } },
  // No asset is inlined: the content security policy allows fonts and images from our own origin only.
  build: { target: 'es2023', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0, rolldownOptions: { checks: { bundlerTimings: false } } },
});
