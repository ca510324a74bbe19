import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { main } from '../cli.ts';

async function simulate(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(['simulate', ...args], { out, err: err as unknown as NodeJS.WriteStream, environment });
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err) };
}

test.each([
  { environment: {} },
  { environment: { DATABASE_URL: '' } },
  { environment: { TIDEMARK_TEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } },
])('PostgreSQL without a server is refused, with what to do ($environment)', async ({ environment }) => {
  const { code, err } = await simulate(['--store', 'postgres', '--seeds', '1'], environment);
  expect(code).toBe(2);
  expect(err).toMatch(/--store postgres needs a PostgreSQL server: set DATABASE_URL/);
});

test('a server that does not answer is named as such', async () => {
  const { code, err } = await simulate(['--store', 'postgres', '--seeds', '1'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(code).toBe(1);
  expect(err).toMatch(
    /^tidemark: The database is not available: .* 127\.0\.0\.1:1\. Besides: the schema tidemark_simulate_[0-9a-f]{16} may be left, and can be deleted: /,
  );
});

test('the summary says in what the days were written down', async () => {
  const { code, out } = await simulate(['--seeds', '1', '--from', '12', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ store: 'model', seeds: 1, failures: [], storeFigures: {} });
  const words = await simulate(['--seeds', '1', '--from', '12']);
  expect(words.code).toBe(0);
  expect(words.out).toContain('store: a model of a disk');
});
