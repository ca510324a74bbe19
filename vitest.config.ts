import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The conditions that Node itself resolves by: under others, tests and libraries would each load a graphql of their own.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['{compute,server,scripts,schema,site,migrations}/**/*.test.ts', 'web/src/**/*.test.ts', 'tidy.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**', '**/*.long.test.ts'],
    globalSetup: 'server/src/platform/test/run.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // A worker keeps what it has loaded for its next file: most of a file's time would else be the same modules again. No test may leave anything behind.
    isolate: false,
    passWithNoTests: true,
  },
});
