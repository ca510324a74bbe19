import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { buildSchema } from '../../graphql/schema.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';

const SERVER = fileURLToPath(new URL('../../..', import.meta.url));
const page = await readFile(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, named, text = '']) => (named === language ? [text] : []));

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

const here = (text: string): string => text.replaceAll('127.0.0.1:4000', new URL(api.server.url).host);
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], TIDEMARK_KEY: api.apiKey });
const shell = async (script: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-c', here(script)], { env: environment(), timeout: 20_000 })).stdout;

test.each(blocks('sh'))('as written, %s', async (script) => {
  const answer = JSON.parse(await shell(script)) as { data?: Record<string, unknown>; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  expect(Object.values(answer.data ?? {})).not.toContain(null);
});

test.each(blocks('graphql'))('of today’s schema, %s', (text) => {
  expect(validate(buildSchema(), parse(text))).toEqual([]);
});

test.each(blocks('js'))('a program that is told of orders, %s', async (program) => {
  const client = spawn(process.execPath, ['--input-type=module', '--eval', here(program)], { cwd: SERVER, env: environment() });
  try {
    let said = '';
    client.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const told = new Promise<string>((resolve, reject) => {
      client.stdout.setEncoding('utf8').on('data', (text: string) => resolve(text));
      client.on('exit', () => reject(new Error(`It ended, and said: ${said}`)));
    });
    // Nobody says when it listens: orders are placed until it is told of one.
    const placed: Promise<unknown>[] = [];
    const placing = setInterval(() => {
      const input = {
        idempotencyKey: `example-${placed.length}`,
        symbol: 'ALDR',
        side: 'BUY',
        quantity: '1',
        type: 'LIMIT',
        limitPrice: '90',
      };
      placed.push(api.post('mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }', { input }));
    }, 200);
    try {
      expect(await told).toMatch(/cursor: '\d+'[^]*state: '[A-Z_]+'/);
    } finally {
      clearInterval(placing);
      await Promise.all(placed);
    }
  } finally {
    client.kill();
  }
});
