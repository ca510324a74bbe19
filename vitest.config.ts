import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['compute/**/*.test.ts', 'server/**/*.test.ts', 'scripts/**/*.test.ts', 'schema/**/*.test.ts', 'e2e/**/*.test.ts', '*.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**', 'web/build/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
