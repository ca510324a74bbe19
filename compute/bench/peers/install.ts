import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** Lock file and Node that everything was made from. */
const STATE = join(FOLDER, 'node_modules', '.made-from');
/** C and C++, built here: the lock file's packages hold sources only, or objects of another machine. */
const NATIVE = ['talib', 'tulind'] as const;

class StepFailed extends Error {}

/** npm passes its own settings down through the environment; a nested npm must not inherit them. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const home = dirname(process.execPath);
  const headers = join(home, '..');
  const nodedir = existsSync(join(headers, 'include', 'node', 'node.h')) ? { npm_config_nodedir: headers } : {};
  return { ...own, ...nodedir, PATH: `${home}${delimiter}${process.env['PATH'] ?? ''}`, npm_config_build_from_source: 'true' };
}

function npm(...args: readonly string[]): void {
  process.stderr.write(`   peers: npm ${args.join(' ')} …\n`);
  const { status, error, stdout, stderr } = spawnSync('npm', args, {
    cwd: FOLDER,
    env: environment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  // Lines with paths say more of this machine than of what is wrong.
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|ERR!/i.test(line) && !/(?:^|[\s"'(])\//.test(line));
  throw new StepFailed(`npm ${args.join(' ')} failed: ${error?.message ?? said.slice(0, 3).join('; ')}`);
}

function reasonOf(step: () => void): string | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (error instanceof StepFailed) return error.message;
    throw error;
  }
}

function build(name: (typeof NATIVE)[number]): string | undefined {
  return reasonOf(() => {
    // Its package holds objects of another kind of machine, which make takes for up to date.
    if (name === 'talib') npm('run', 'clean', '--prefix', join('node_modules', name));
    npm('rebuild', name, '--foreground-scripts');
  });
}

function wantedKey(): string {
  return createHash('sha256')
    .update(readFileSync(join(FOLDER, 'package-lock.json')))
    .update(`${process.version} ${process.arch}`)
    .digest('hex');
}

/**
 * Installs the libraries that we are measured beside, unless they are there. They are no part of the product: only the bench asks for
 * them. Answers why some are not there, in words, by name; `all` where none is. What failed is tried again the next time.
 */
export function installPeers(): Readonly<Record<string, string>> {
  const key = wantedKey();
  if (existsSync(STATE) && readFileSync(STATE, 'utf8') === key) return {};
  const failed = reasonOf(() => npm('ci', '--ignore-scripts'));
  if (failed !== undefined) return { all: failed };
  const failures = NATIVE.flatMap((name) => {
    const reason = build(name);
    return reason === undefined ? [] : [[name, reason] as const];
  });
  if (failures.length === 0) writeFileSync(STATE, key);
  return Object.fromEntries(failures);
}
