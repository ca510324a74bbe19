import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

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

export default defineConfig({
  plugins: [
    only('layerchart', [
      `export { default as Chart } from './components/Chart/Chart.svg.svelte';`,
      `export { default as Svg } from './components/layers/Svg.svelte';`,
      `export { default as Axis } from './components/Axis/Axis.svg.svelte';`,
      `export { getChartContext } from './contexts/chart.js';`,
    ]),
    only('bits-ui', [`export { Dialog } from './bits/dialog/index.js';`, `export { Popover } from './bits/popover/index.js';`]),
    sveltekit({ adapter: adapter({ fallback: 'index.html' }) }),
  ],
  server: { proxy: { '/graphql': { target: server, ws: true }, '/login': server, '/logout': server, '/reports': server } },
  // No asset is inlined: the content security policy allows fonts and images from our own origin only.
  build: { target: 'es2023', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0, rolldownOptions: { checks: { bundlerTimings: false } } },
});
