import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Where `vite dev` finds a running server: the dashboard itself always asks its own origin. */
const server = process.env['TIDEMARK_URL'] ?? 'http://127.0.0.1:4400';

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter({ fallback: 'index.html' }) })],
  server: { proxy: { '/graphql': { target: server, ws: true }, '/login': server, '/logout': server, '/reports': server } },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
});
