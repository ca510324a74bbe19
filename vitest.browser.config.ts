import { defineConfig } from 'vitest/config';

/** The product as its users meet it: the real server, the simulated exchange, a real browser. One file at a time: each starts servers. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    exclude: ['**/*.long.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: true,
  },
});
