// `npm test`: types, lint, format, then every test; each step's time is printed. `--long` adds the tests that take minutes (`*.long.test.ts`), as CI
// does. Other arguments are passed on to vitest and run only the matching tests.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const isLong = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((argument) => argument !== '--long');

const LINES_OF_A_FAILURE = 30;
// Without a terminal the colours of ten thousand dots would be most of the output.
const environment: NodeJS.ProcessEnv = {
  // Hundreds of commands start: each compiles only what no one before it has.
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
  ...process.env,
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
};

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
    const child = spawn(command, args, { cwd: join(root, step.cwd ?? '.'), stdio: ['ignore', 'inherit', 'inherit'], env: environment });
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
  /** A paragraph for each test that failed, and for each file that could not be run. */
  readonly failures: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function failuresOf(report: Report): readonly string[] {
  const paragraph = (place: string, message: string): string => `${place}\n${message.split('\n').slice(0, LINES_OF_A_FAILURE).join('\n')}`;
  return report.testResults.flatMap((file) => {
    const place = relative(root, file.name);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return file.status === 'failed' ? [paragraph(place, file.message)] : [];
    return failed.map((test) => paragraph(`${place}: ${test.fullName}`, test.failureMessages.join('\n')));
  });
}

async function tests(name: string, config: string, folder: string): Promise<Counts> {
  const report = join(folder, `${name}.json`);
  const ok = await run({
    name,
    command: ['vitest', 'run', '--config', config, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  });
  // Whoever ends vitest, or its own crash, leaves no report.
  if (!existsSync(report)) return { passed: 0, failed: 1, failures: [`${name}: ended before it could report`] };
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return {
    passed: counts.numPassedTests,
    failed: ok ? counts.numFailedTests : Math.max(1, counts.numFailedTests),
    failures: failuresOf(counts),
  };
}

const reports = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
const failures: string[] = [];
const paragraphs: string[] = [];
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
    paragraphs.push(...counts.failures);
    if (counts.failed > 0) failures.push(name);
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (failures.length > 0) {
  // Said again at the end: of a long output often only the last lines are kept.
  for (const paragraph of paragraphs) process.stderr.write(`\n✗ ${paragraph}\n`);
  process.stderr.write(`\nfailed: ${failures.join(', ')}\n`);
  process.exitCode = 1;
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
