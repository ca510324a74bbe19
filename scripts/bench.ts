// `npm run bench`: every bench of the repository in turn, each a process of its own, so that none warms or slows another.
// `npm run bench -- --json` prints one JSON document, `-- --write-docs` writes docs/performance.md from it, `-- --rounds=3` is quick and
// coarse, and words pick the benches whose path holds one of them.
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBenchOptions, type BenchOptions } from '../compute/bench/bench-options.ts';
import { performanceDocument } from '../compute/bench/markdown.ts';
import type { Section, Suite } from '../compute/bench/suite.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const { isJson, writesDocs, rounds, wanted } = readOptions();
const collects = isJson || writesDocs;
const startedAt = new Date().toISOString();

/** Exit code 2, and one sentence, for a command that cannot be carried out as written. */
function readOptions(): BenchOptions {
  try {
    return parseBenchOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

/** Benches of the compute core take flags, and belong in the document; those of the server and of the browser print lines. */
const isStructured = (file: string): boolean => file.startsWith('compute/');

function benches(): readonly string[] {
  const found = globSync('{compute,server,e2e}/**/*.bench.ts', { cwd: root, exclude: ['**/node_modules/**'] }).toSorted();
  const asked = found.filter((path) => wanted.length === 0 || wanted.some((word) => path.includes(word)));
  return writesDocs && !isJson ? asked.filter(isStructured) : asked;
}

interface Ran {
  readonly file: string;
  readonly output: string;
  readonly isOk: boolean;
}

function run(file: string): Ran {
  process[collects ? 'stderr' : 'stdout'].write(`── ${file}\n`);
  const flags = [...(collects ? ['--json'] : []), ...(rounds === undefined ? [] : [`--rounds=${rounds}`])];
  const { status, stdout } = spawnSync(process.execPath, [join(root, file), ...(isStructured(file) ? flags : [])], {
    cwd: root,
    stdio: ['ignore', collects ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) process.stderr.write(`   ${file} failed\n`);
  return { file, output: stdout ?? '', isOk: status === 0 };
}

/** A bench that knows no --json prints lines. */
const isDocument = ({ output }: Ran): boolean => output.startsWith('{');

function suiteOf(ran: readonly Ran[]): Suite {
  const processors = cpus();
  const machine = {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  const done = ran.filter(({ isOk }) => isOk);
  const sections = done.filter(isDocument).map(({ output }) => JSON.parse(output) as Section);
  const printed = done.filter((each) => !isDocument(each)).map(({ file, output }) => ({ file, lines: output.trimEnd().split('\n') }));
  return { format: 1, startedAt, machine, sections, printed };
}

const ran = benches().map(run);
const isWhole = ran.length > 0 && ran.every(({ isOk }) => isOk);
if (ran.length === 0) process.stderr.write(`bench: the path of no bench holds ${wanted.join(' or ')}\n`);
if (isJson) process.stdout.write(`${JSON.stringify(suiteOf(ran), null, 2)}\n`);
if (writesDocs && isWhole) writeFileSync(join(root, 'docs', 'performance.md'), performanceDocument(suiteOf(ran)));
process.exitCode = isWhole ? 0 : 1;
