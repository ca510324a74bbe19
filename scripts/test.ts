// `npm test`: types, lint, format, then every test; each step's time is printed. `--long` adds the tests that take minutes (`*.long.test.ts`), as CI
// does. Other arguments are passed on to vitest and run only the matching tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const isLong = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((argument) => argument !== '--long');

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
}

const CHECKS: readonly Step[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the dashboard', command: ['svelte-check', '--tsgo', '--fail-on-warnings', '--output', 'human'], cwd: 'web' },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', '.'] },
  { name: 'lint of the dashboard', command: ['eslint', '--max-warnings', '0', '.'], cwd: 'web' },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
];

function run(step: Step): Promise<boolean> {
  const startedAt = performance.now();
  process.stderr.write(`── ${step.name}\n`);
  const [command, ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: join(root, step.cwd ?? '.'), stdio: ['ignore', 'inherit', 'inherit'], env: process.env });
    child.on('error', (error) => {
      process.stderr.write(`   ${error.message}\n`);
      resolve(false);
    });
    child.on('close', (code) => {
      process.stderr.write(
        `   ${step.name}: ${code === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
      );
      resolve(code === 0);
    });
  });
}

/** Two at a time, because most of them use one core; gives the names of those that failed. */
async function checks(): Promise<readonly string[]> {
  const waiting = [...CHECKS];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) if (!(await run(step))) failed.push(step.name);
  };
  await Promise.all([lane(), lane()]);
  return failed;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

async function tests(name: string, config: string, folder: string): Promise<Counts> {
  const report = join(folder, `${name}.json`);
  const ok = await run({
    name,
    command: ['vitest', 'run', '--config', config, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  });
  const counts: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const { numPassedTests, numFailedTests } = counts as { numPassedTests: number; numFailedTests: number };
  return { passed: numPassedTests, failed: ok ? numFailedTests : Math.max(1, numFailedTests) };
}

const reports = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
const failures: string[] = [];
const totals = { passed: 0, failed: 0 };
try {
  if (filters.length === 0) failures.push(...(await checks()));
  for (const [name, config] of [
    ['tests', 'vitest.config.ts'],
    ['tests in the browser', 'vitest.browser.config.ts'],
    ...(isLong ? [['long tests', 'vitest.long.config.ts'] as const] : []),
  ] as const) {
    const counts = await tests(name, config, reports);
    totals.passed += counts.passed;
    totals.failed += counts.failed;
    if (counts.failed > 0) failures.push(name);
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (failures.length > 0) {
  process.stderr.write(`failed: ${failures.join(', ')}\n`);
  process.exitCode = 1;
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
