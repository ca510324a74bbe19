// Prepares a clone so that `npm start` and `npm test` just work: dependencies, compute core, dashboard, and for tests a browser.
// Runs on the system's Node 20 or later before anything is installed: built-in modules only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, 'node_modules', '.tidemark');
const forTests = process.argv.includes('--test');
const OLDEST_SYSTEM_NODE = 20;
const OLDEST_RUNTIME = 24;

class SetupError extends Error {}

/** npm passes its own settings down through the environment; a nested npm must not inherit them. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
}

function run(what, command, args, environment = cleanEnvironment()) {
  const startedAt = performance.now();
  process.stderr.write(`tidemark: ${what} …\n`);
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.error !== undefined || result.status !== 0) {
    throw new SetupError(
      `${what} failed: ${command} ${args.join(' ')}\n${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`,
    );
  }
  process.stderr.write(`tidemark: ${what} done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

const SKIPPED = new Set(['node_modules', 'build', '.svelte-kit', 'generated', 'screenshots']);

function filesBelow(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const full = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    const files = statSync(full).isFile() ? [full] : filesBelow(full);
    for (const file of files.sort())
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex');
}

/** Runs `action` when the inputs changed since it last succeeded, or when an output is missing. */
function whenChanged(name, inputs, outputs, action) {
  const stamp = join(stamps, name);
  const wanted = hashOf(inputs);
  const present = outputs.every((output) => existsSync(join(root, output)));
  if (present && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  action();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, wanted);
}

/** The Node that runs Tidemark: the one from the lock file, else a recent one of the system. */
function runtime() {
  const own = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (process.platform === 'linux' && existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_RUNTIME) return process.execPath;
  throw new SetupError(
    `Tidemark needs Node ${OLDEST_RUNTIME} or later here (found ${process.versions.node}): install it from https://nodejs.org and run the command again`,
  );
}

function withRuntime(node) {
  const environment = cleanEnvironment();
  return { ...environment, PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${environment.PATH ?? ''}` };
}

const CHROMIUM_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function findChromium() {
  return [process.env.TIDEMARK_CHROMIUM, ...CHROMIUM_PLACES].find((path) => path !== undefined && existsSync(path));
}

/** All that the documents under /docs are made of. */
const SITE_INPUTS = [
  'README.md',
  'LICENSE',
  'docs',
  'adr',
  'server/sample-data/README.md',
  'schema/schema.graphql',
  'schema/README.md',
  'server/src/graphql/limits.ts',
  'site',
  'scripts/precompress.ts',
  'web/src/lib/ui/tokens.css',
  'web/static',
  'package-lock.json',
];

const hasCurl = () => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'curl')));

/** What tests need of the system: a browser, and what the examples of the documents call. */
function ensureTestTools() {
  const needed = [...(findChromium() === undefined ? ['chromium'] : []), ...(hasCurl() ? [] : ['curl'])];
  if (needed.length === 0) return;
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    const environment = { ...cleanEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
    run('refreshing package lists', 'apt-get', ['update', '-qq'], environment);
    // The browser without its windows, where there is one: most tests take less time in it, and do without it.
    const hasWindowless = spawnSync('apt-cache', ['show', 'chromium-headless-shell'], { stdio: 'ignore' }).status === 0;
    const missing = needed.includes('chromium') && hasWindowless ? [...needed, 'chromium-headless-shell'] : needed;
    run(`installing ${missing.join(' and ')}`, 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], environment);
  }
  if (findChromium() === undefined) {
    throw new SetupError(
      'The browser tests need Chromium: install it (Debian and Ubuntu: `sudo apt-get install chromium`; macOS: Google Chrome), or set TIDEMARK_CHROMIUM to its path',
    );
  }
  if (!hasCurl())
    throw new SetupError('The examples of the documents call curl: install it (Debian and Ubuntu: `sudo apt-get install curl`)');
}

function main() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_SYSTEM_NODE)
    throw new SetupError(`Tidemark needs Node ${OLDEST_SYSTEM_NODE} or later to set itself up (found ${process.versions.node})`);
  whenChanged('installed', ['package-lock.json'], ['node_modules/.bin/vitest'], () =>
    run('installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund']),
  );
  const node = runtime();
  const environment = withRuntime(node);
  whenChanged(
    'compute',
    ['compute/assembly', 'compute/host', 'compute/build.ts', 'compute/build-strategies.ts', 'package-lock.json'],
    [
      'compute/build/indicators.wasm',
      'compute/build/statistics.wasm',
      'compute/build/options.wasm',
      'compute/build/learning.wasm',
      'compute/build/strategies',
    ],
    () => {
      run('building the compute core', node, ['compute/build.ts'], environment);
      run('compiling the built-in strategies', node, ['compute/build-strategies.ts'], environment);
    },
  );
  whenChanged(
    'web',
    ['web', 'schema', 'compute/host', 'compute/assembly', 'scripts/precompress.ts', 'package-lock.json'],
    ['web/build/index.html', 'web/build/index.html.br', 'schema/generated/trusted-documents.ts', 'schema/generated/trusted-documents.json'],
    () => run('building the dashboard', node, ['web/build.ts'], environment),
  );
  whenChanged('site', SITE_INPUTS, ['site/build/index.html', 'site/build/assets/search.json'], () =>
    run('building the documents', node, ['site/build.ts'], environment),
  );
  if (forTests) ensureTestTools();
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`tidemark: ${error.message}\n`);
  process.exitCode = 1;
}
