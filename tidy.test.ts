import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as tidy from './scripts/tidy.ts';
import type { Rule, SourceFile } from './scripts/tidy.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
/** Built output, not tracked, that documents may name. */
const GENERATED = [/^compute\/build/, /^web\/build/, /^schema\/generated/, /^site\/build/];

function trackedFiles(): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return listed
    .split('\0')
    .filter((path) => /\.(?:ts|svelte|mjs|js|md|json|yml|yaml|html|css|graphql|sh|txt)$|Dockerfile$|\.ci\/run$/.test(path))
    .filter((path) => path !== 'package-lock.json' && existsSync(`${root}${path}`) && statSync(`${root}${path}`).isFile())
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
}

describe('the house is tidy', () => {
  const files = trackedFiles();

  test('there are files to look at', () => expect(files.length).toBeGreaterThan(100));

  test('no rule is broken', () => {
    const found = files.flatMap((file) => tidy.RULES.flatMap((rule) => rule(file)));
    expect(found.map(({ rule, path, line, what }) => `${path}:${line} ${rule}: ${what}`)).toEqual([]);
  });

  test('documents name only what exists', () => {
    const exists = (path: string): boolean => existsSync(`${root}${path}`) || GENERATED.some((pattern) => pattern.test(path));
    const missing = files.flatMap((file) => tidy.missingPaths(file, exists));
    expect(missing.map(({ path, line, what }) => `${path}:${line} ${what}`)).toEqual([]);
  });

  test.each(['package-lock.json', 'compute/bench/peers/package-lock.json'])('%s names no host', (path) =>
    expect(readFileSync(`${root}${path}`, 'utf8')).not.toMatch(/"resolved": *"https?:/),
  );

  test('the libraries that the bench compares with are no part of the product', () => {
    const { dependencies } = JSON.parse(readFileSync(`${root}compute/bench/peers/package.json`, 'utf8')) as { dependencies: object };
    const product = readFileSync(`${root}package-lock.json`, 'utf8');
    expect(Object.keys(dependencies).length).toBeGreaterThan(0);
    expect(Object.keys(dependencies).filter((name) => product.includes(`node_modules/${name}"`))).toEqual([]);
  });
});

describe('each rule finds what it is for', () => {
  const long = `export function f(): void {\n${'  g();\n'.repeat(70)}}\n`;
  test.each<{ name: string; rule: Rule; path: string; text: string; found: boolean }>([
    {
      name: 'a later slice',
      rule: tidy.importOrder,
      path: 'server/src/orders/a.ts',
      text: "import { x } from '../risk/gate.ts';",
      found: true,
    },
    {
      name: 'a later slice, type only',
      rule: tidy.importOrder,
      path: 'server/src/orders/a.ts',
      text: "import type { X } from '../risk/gate.ts';",
      found: false,
    },
    {
      name: 'an earlier slice',
      rule: tidy.importOrder,
      path: 'server/src/risk/a.ts',
      text: "import { x } from '../orders/order.ts';",
      found: false,
    },
    {
      name: 'pure code using the platform',
      rule: tidy.importOrder,
      path: 'server/src/risk/a.ts',
      text: "import { x } from '../platform/database.ts';",
      found: true,
    },
    { name: 'an unknown folder', rule: tidy.importOrder, path: 'server/src/stuff/a.ts', text: '', found: true },
    {
      name: 'another slice’s store',
      rule: tidy.storeIsPrivate,
      path: 'server/src/risk/service.ts',
      text: "import { x } from '../orders/store.ts';",
      found: true,
    },
    {
      name: 'its own store',
      rule: tidy.storeIsPrivate,
      path: 'server/src/orders/service.ts',
      text: "import { x } from './store.ts';",
      found: false,
    },
    { name: 'a clock in pure code', rule: tidy.pureCode, path: 'server/src/risk/a.ts', text: 'const now = Date.now();', found: true },
    {
      name: 'randomness in the matching core',
      rule: tidy.pureCode,
      path: 'server/src/exchange/core/a.ts',
      text: 'Math.random()',
      found: true,
    },
    {
      name: 'files in pure code',
      rule: tidy.pureCode,
      path: 'server/src/engine/a.ts',
      text: "import { readFileSync } from 'node:fs';",
      found: true,
    },
    {
      name: 'a clock in a service',
      rule: tidy.pureCode,
      path: 'server/src/risk/service.ts',
      text: 'const now = Date.now();',
      found: false,
    },
    { name: 'a method called fetch', rule: tidy.pureCode, path: 'server/src/risk/a.ts', text: 'pages.fetch(1)', found: false },
    { name: 'utils', rule: tidy.meaningfulNames, path: 'server/src/money/utils.ts', text: '', found: true },
    { name: 'a long file', rule: tidy.fileSize, path: 'server/src/money/a.ts', text: '\n'.repeat(400), found: true },
    { name: 'a long function', rule: tidy.functionSize, path: 'server/src/money/a.ts', text: long, found: true },
    { name: 'a machine path', rule: tidy.noMachinePaths, path: 'docs/a.md', text: ['see ', 'work', 'main', 'x'].join('/'), found: true },
    { name: 'a repository path', rule: tidy.noMachinePaths, path: 'docs/a.md', text: 'see server/work/main', found: false },
    { name: 'a to-do', rule: tidy.noLeftovers, path: 'server/src/a.ts', text: '// TODO later', found: true },
    { name: 'a skipped test', rule: tidy.noFocusedTests, path: 'server/src/a.test.ts', text: "test.skip('x')", found: true },
    { name: 'any', rule: tidy.noAny, path: 'server/src/a.ts', text: 'let x: any;', found: true },
    {
      name: 'the word in a comment',
      rule: tidy.noAny,
      path: 'server/src/a.ts',
      text: '/** `undefined`: any size. */ // so: any',
      found: false,
    },
    { name: 'an empty catch', rule: tidy.noEmptyCatch, path: 'server/src/a.ts', text: 'try { f(); } catch {}', found: true },
    {
      name: 'assembly reaching out',
      rule: tidy.assemblyStandsAlone,
      path: 'compute/assembly/sdk/a.ts',
      text: "import { x } from '../../host/types';",
      found: true,
    },
    {
      name: 'the dashboard reaching into the server',
      rule: tidy.webKnowsNoServer,
      path: 'web/src/lib/a.ts',
      text: "import { x } from '../../../server/src/money/fixed.ts';",
      found: true,
    },
  ])('$name', ({ rule, path, text, found }) => expect(rule({ path, text }).length > 0).toBe(found));

  test('a document that names what is gone', () =>
    expect(tidy.missingPaths({ path: 'docs/a.md', text: 'in `server/src/gone.ts`' }, () => false)).toHaveLength(1));
});
