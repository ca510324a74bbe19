import { get } from 'node:http';
import { StartDocument } from '@tidemark/schema/documents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDemonstration } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { FIXED_PLACES } from './every-page.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '60']);
});
afterAll(() => demonstration.close());

/** A file as it goes over the line. */
async function compressed(url: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  get(url, { headers: { 'accept-encoding': 'br' } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks)));
  }).on('error', reject);
  return await promise;
}

const NOT_HEARD = /Nothing was heard since/;

test.each(FIXED_PLACES)('the server says with the page $name what it needs, and has it', async ({ path }) => {
  const link = (await fetch(`${demonstration.origin()}${path}`)).headers.get('link') ?? '';
  const files = [...link.matchAll(/<([^>]+)>/g)].map(([, file]) => file ?? '');
  expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0);
  const statuses = await Promise.all(files.map(async (file) => (await fetch(`${demonstration.origin()}${file}`)).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

/** Scripts of a page, compressed, that a phone may wait for: what all share, a page's own, and whichever of charts, look-alikes and editor it shows. */
const SCRIPT_KIB = { shared: 165, charts: 95, lookAlikes: 45, editor: 165 };
const SHOWS: Readonly<Record<string, readonly (keyof typeof SCRIPT_KIB)[]>> = {
  '/': ['charts'],
  '/strategies/editor': ['charts', 'editor'],
  '/agents': ['lookAlikes'],
  '/approvals': ['lookAlikes'],
};

test.each(FIXED_PLACES)('the scripts of $name are no larger than what it shows', async ({ path }) => {
  const answer = await fetch(`${demonstration.origin()}${path}`);
  const named = [...`${answer.headers.get('link') ?? ''} ${await answer.text()}`.matchAll(/_app\/immutable\/[\w./-]+\.js/g)].map(
    ([file]) => file,
  );
  const sizes = await Promise.all([...new Set(named)].map(async (file) => (await compressed(`${demonstration.origin()}/${file}`)).length));
  const most = (['shared', ...(SHOWS[path] ?? [])] as const).reduce((sum, part) => sum + SCRIPT_KIB[part], 0);
  expect(sizes.reduce((sum, size) => sum + size, 0) / 1_024).toBeLessThan(most);
});

test('a page fetches no file twice, and asks for the first reading once', async () => {
  // From a document without scripts: a page before would still be fetching and asking, under the same addresses.
  const page = await demonstration.open('/first.css');
  const [files, starts]: [string[], unknown[]] = [[], []];
  const id: unknown = Reflect.get(StartDocument, 'documentId');
  page.on('request', (request) => {
    if (request.url().includes('/_app/')) files.push(request.url());
    else if (request.url().endsWith('/graphql') && request.postData()?.includes(String(id)) === true) starts.push(request.postDataJSON());
  });
  await page.goto(`${demonstration.origin()}/`);
  await page.getByRole('heading', { name: 'Strategies' }).first().waitFor();
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file, at) => files.indexOf(file) !== at)).toEqual([]);
  expect(starts).toHaveLength(1);
  expect(await page.locator('#first').count()).toBe(0);
  await page.context().close();
});

test('what has just been read is not called stale while the first socket opens, and is when it does not', async () => {
  const page = await demonstration.open('/help');
  // Opened by nobody: what is sent is never answered.
  await page.routeWebSocket(/\/graphql$/, () => undefined);
  await page.goto(`${demonstration.origin()}/`);
  await page.getByRole('heading', { name: 'Strategies' }).first().waitFor();
  expect(await page.getByText(NOT_HEARD).count()).toBe(0);
  await page.getByText(NOT_HEARD).waitFor({ timeout: 20_000 });
  await page.context().close();
});
