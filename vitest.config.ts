import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{compute,server,scripts,schema,migrations}/**/*.test.ts', 'web/src/**/*.test.ts', 'tidy.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
  },
});
