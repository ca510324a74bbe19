import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
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
  // No asset is inlined: the content security policy allows fonts and images from our own origin only.
  build: { target: 'es2023', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0, rolldownOptions: { checks: { bundlerTimings: false } } },
});
