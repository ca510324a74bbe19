import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiWorld } from '../server/src/graphql/test/api-world.ts';
import type { ApiWorld } from '../server/src/graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../server/src/platform/test-database.ts';
import { blocksOf } from '../site/markdown.ts';
import { buildPackage, PACKAGE } from './package-build.ts';

const MODULES = fileURLToPath(new URL('../node_modules/', import.meta.url));
const run = promisify(execFile);
const COMPILER = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    lib: ['es2023', 'dom', 'esnext.disposable'],
    types: ['node'],
  },
  files: ['example.ts', 'types.ts'],
};

let api: ApiWorld;
/** A project of somebody else: nothing of this checkout but what was packed. */
let consumer = '';

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  consumer = await mkdtemp(join(tmpdir(), 'tidemark-consumer-'));
  await buildPackage();
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', consumer, PACKAGE]);
  const name = /"filename":\s*"([^"]+)"/.exec(stdout)?.[1] ?? '';
  const installed = join(consumer, 'node_modules/@tidemark/schema');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(consumer, name), '--strip-components=1', '-C', installed]);
  // The registry's part of an installation: its dependencies, which are installed here already.
  await mkdir(join(consumer, 'node_modules/@graphql-typed-document-node'), { recursive: true });
  await mkdir(join(consumer, 'node_modules/@types'), { recursive: true });
  await cp(join(MODULES, 'graphql'), join(consumer, 'node_modules/graphql'), { recursive: true });
  for (const each of ['@graphql-typed-document-node/core', '@types/node', 'undici-types'])
    await symlink(join(MODULES, each), join(consumer, 'node_modules', each));
  await writeFile(join(consumer, 'package.json'), '{ "type": "module", "private": true }');
  await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify(COMPILER));
});
afterAll(async () => {
  await api.close();
  await rm(consumer, { recursive: true, force: true });
});

const page = await readFile(new URL('README.md', import.meta.url), 'utf8');
const example = blocksOf({ path: 'schema/README.md', text: page }).find(({ language }) => language === 'ts')?.text ?? '';

const tsc = (): Promise<{ stdout: string }> =>
  run(join(MODULES, '.bin/tsc'), ['-p', consumer]).catch((error: unknown) => ({ stdout: String((error as { stdout: unknown }).stdout) }));

test('the example of the page type-checks in the project of somebody else, and so do the types of the schema', async () => {
  await writeFile(join(consumer, 'example.ts'), example);
  const uses = `import type { Order, OrderState, PlaceOrderInput } from '@tidemark/schema/types';
export const input: PlaceOrderInput = { idempotencyKey: 'a', symbol: 'AAPL', side: 'BUY', quantity: '1' };
export const text = (order: Order): string => \`\${order.symbol} \${order.quantity}\`;
export const isDone = (state: OrderState): boolean => state === 'FILLED';
`;
  await writeFile(join(consumer, 'types.ts'), uses);
  expect((await tsc()).stdout).toBe('');
});

test('what the schema does not have does not type-check', async () => {
  await writeFile(join(consumer, 'example.ts'), example.replace('{ name, value, actual }', '{ name, value, actually }'));
  expect((await tsc()).stdout).toMatch(/actually/);
});

test('the example runs, and prints the limits of a live server', async () => {
  await writeFile(join(consumer, 'run.ts'), example);
  const environment = { PATH: process.env['PATH'], TIDEMARK_URL: api.server.url, TIDEMARK_KEY: api.apiKey };
  const { stdout } = await run(process.execPath, [join(consumer, 'run.ts')], { env: environment, cwd: consumer });
  expect(stdout).toMatch(/^orderRiskRatioMax \d+ /m);
});

test('the SDL comes as text and as a file', async () => {
  const program = `import { sdl } from '@tidemark/schema'; import { readFileSync } from 'node:fs'; import { fileURLToPath } from 'node:url';
process.stdout.write(String(sdl === readFileSync(fileURLToPath(import.meta.resolve('@tidemark/schema/schema.graphql')), 'utf8') && sdl.includes('type Query')));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: consumer });
  expect(stdout).toBe('true');
});
