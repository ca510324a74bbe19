import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const STATE = join(FOLDER, 'node_modules', '.installed.json');
/** C and C++, built here: the lock file's packages hold sources only, or objects of another machine. */
const NATIVE = ['talib', 'tulind'] as const;

interface Installed {
  /** What it was made from: lock file and Node. */
  readonly key: string;
  /** Why a package could not be built. */
  readonly failures: Readonly<Record<string, string>>;
}

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
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|ERR!/i.test(line));
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
 * them. Answers why some are not there, in words, by name; `all` where none is.
 */
export function installPeers(): Readonly<Record<string, string>> {
  const key = wantedKey();
  const known = existsSync(STATE) ? (JSON.parse(readFileSync(STATE, 'utf8')) as Installed) : undefined;
  if (known?.key === key) return known.failures;
  const failed = reasonOf(() => npm('ci', '--ignore-scripts'));
  if (failed !== undefined) return { all: failed };
  const failures = Object.fromEntries(
    NATIVE.flatMap((name) => {
      const reason = build(name);
      return reason === undefined ? [] : [[name, reason] as const];
    }),
  );
  writeFileSync(STATE, JSON.stringify({ key, failures } satisfies Installed));
  return failures;
}
