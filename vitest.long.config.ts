import { defineConfig } from 'vitest/config';

const hasPostgres = process.env['TIDEMARK_TEST_DATABASE_URL'] !== undefined;

/** What takes minutes: simulations, real crashes, conformance over the wire. Two files at a time; they run in `npm test -- --long` and in CI. */
export default defineConfig({
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['{compute,server,schema,site,e2e}/**/*.long.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**', ...(hasPostgres ? [] : ['e2e/*-postgres.long.test.ts'])],
    globalSetup: 'server/src/platform/test/run.ts',
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
  },
});
