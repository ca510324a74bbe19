import { HealthLiveDocument, StartDocument } from '@tidemark/schema/documents';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND_DOCUMENTS } from '../server/src/commands/config/documents.ts';
import { seriousFindings } from './axe.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
/** A server that takes nothing from people but what its own dashboard asks. */
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240', '--documents', 'trusted']);
});
afterAll(() => demonstration.close());

interface Sent {
  readonly query?: string;
  readonly documentId?: string;
}
/** What a page asks, over both transports, from now on. */
function asked(page: Page): Sent[] {
  const sent: Sent[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql') && request.method() === 'POST') sent.push(request.postDataJSON() as Sent);
  });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const message = JSON.parse(payload.toString()) as { type: string; payload: Sent };
      if (message.type === 'subscribe') sent.push(message.payload);
    }),
  );
  return sent;
}

const OTHER = `sha256:${'0'.repeat(64)}`;
const AGAIN = { name: 'Load the page again' } as const;

test('the dashboard sends ids and no text, and lives by them', async () => {
  const page = await demonstration.open('/');
  const sent = asked(page);
  await page.reload();
  await page.getByLabel('Account', { exact: true }).waitFor();
  const equity = page.getByLabel('Account', { exact: true }).locator('strong').first();
  const before = await equity.textContent();
  await eventually('another equity', async () => ((await equity.textContent()) === before ? undefined : true), 60_000);
  for (const path of ['/orders', '/positions', '/strategies', '/runs', '/research', '/models', '/audit', '/health', '/security']) {
    await page.goto(`${demonstration.origin()}${path}`);
    await page.locator('main h1').waitFor();
  }
  const ids = sent.map(({ documentId }) => documentId);
  expect(ids).toEqual(expect.arrayContaining([StartDocument.documentId, HealthLiveDocument.documentId]));
  expect(ids.filter((id) => !/^sha256:[0-9a-f]{64}$/.test(id ?? ''))).toEqual([]);
  expect(sent.map(({ query }) => query ?? '').filter((query) => query !== '')).toEqual([]);
  await page.context().close();
  expect(demonstration.complaints).toEqual([]);
});

test('a document of one’s own is refused in that browser, and those of the command line are not', async () => {
  const page = await demonstration.open('/');
  const answered = (query: string): Promise<unknown> =>
    page.evaluate(
      async (body) =>
        await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
          async (response) => `${response.status} ${await response.text()}`,
        ),
      JSON.stringify({ query }),
    );
  expect(await answered('{ viewer { name } }')).toMatch(/^403 .*UNTRUSTED_DOCUMENT/);
  const plain = COMMAND_DOCUMENTS.filter((text) => text.startsWith('{'));
  expect(plain.length).toBeGreaterThan(0);
  for (const text of plain) expect(await answered(text)).toMatch(/^200 /);
  await page.context().close();
});

test('a page of another version says so, and what to do', async () => {
  const page = await demonstration.open('/');
  // Its answers are the server's own: of another version is only what it asks.
  await page.route('**/graphql', async (route) =>
    route.continue({ postData: (route.request().postData() ?? '').replace(StartDocument.documentId, OTHER) }),
  );
  await page.goto(demonstration.origin());
  const notice = page.getByRole('alert').filter({ hasText: 'another version than the server' });
  await notice.waitFor();
  await page.screenshot({ path: screenshot('another-version') });
  expect(await seriousFindings(page)).toEqual([]);
  await page.unroute('**/graphql');
  await notice.getByRole('button', AGAIN).click();
  await page.getByLabel('Account', { exact: true }).waitFor();
  await page.context().close();
});

test('and so it does where only one of the things that it listens to is not known any more', async () => {
  const page = await demonstration.open('/');
  await page.routeWebSocket('**/graphql', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message.toString().replace(HealthLiveDocument.documentId, OTHER)));
  });
  await page.goto(demonstration.origin());
  const banner = page.getByRole('alert').filter({ hasText: 'another version than the server' });
  await banner.waitFor();
  await page.getByLabel('Account', { exact: true }).waitFor();
  await page.screenshot({ path: screenshot('another-version-part') });
  expect(await seriousFindings(page)).toEqual([]);
  await banner.getByRole('button', AGAIN).waitFor();
  await page.context().close();
});
