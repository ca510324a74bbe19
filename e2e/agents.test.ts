import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '12']);
});
afterAll(() => demonstration.close());

/** A client as people use one, with a key of the page. */
async function connected(key: string): Promise<Client> {
  const client = new Client({ name: 'a client', version: '1' });
  const url = new URL(`${demonstration.origin()}/mcp`);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
  return client;
}

test('an agent gets its key on the page, and each call of its stands there, whole, until it is revoked', async () => {
  const page = await demonstration.open('/agents');
  const agents = page.getByRole('region', { name: 'Agents' });
  await agents.getByText('No agent elsewhere has a key.', { exact: false }).waitFor();
  await agents.getByRole('button', { name: 'New agent…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^Program/ }).fill('Night watch');
  expect(await dialog.getByRole('radio', { name: /^Agent/ }).isChecked()).toBe(true);
  expect(await dialog.getByRole('checkbox', { name: /^Trade/ }).count()).toBe(0);
  await dialog.getByRole('checkbox', { name: /^Stop/ }).check();
  await dialog.getByRole('combobox', { name: /^Role/ }).selectOption({ label: 'Trader' });
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const key = (await dialog.getByText(/^tmk_/).textContent())?.trim() ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();

  const client = await connected(key);
  await client.callTool({ name: 'get_overview', arguments: {} });
  await client.callTool({
    name: 'pause_entries',
    arguments: { scope: 'SYMBOL', subject: 'SYNF', reason: 'its news say \u202Eyub\u202C' },
    _meta: { 'tidemark/cause': 'the morning’s round', 'tidemark/turn': 'talk-7/3' },
  });
  await client.callTool({ name: 'run_backtest', arguments: { symbol: 'SPX', template: 'sma-crossover' } });

  const calls = page.getByRole('region', { name: 'Calls' });
  await calls.getByRole('button', { name: 'Read again' }).click();
  const refused = calls.getByRole('listitem').filter({ hasText: 'run_backtest' });
  await refused.getByText('■ refused').waitFor();
  const paused = calls.getByRole('listitem').filter({ hasText: 'pause_entries' });
  await paused.locator('summary').click();
  await paused.getByText('U+202E').last().waitFor();
  await paused.getByText('talk-7/3').waitFor();
  await paused.getByText('It was told').waitFor();
  await paused.getByText('the morning’s round').waitFor();
  expect(await agents.getByRole('article', { name: 'Night watch' }).getByText('read, stop').count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('agents'), fullPage: true });

  await agents.getByRole('button', { name: 'Pause' }).click();
  await agents.getByText('■ paused').waitFor();
  await page.screenshot({ path: screenshot('agents-paused') });
  await expect(client.callTool({ name: 'get_overview', arguments: {} })).rejects.toThrow(/401|revoked or paused/);
  await agents.getByRole('button', { name: 'Resume' }).click();
  await agents.getByText('● works').waitFor();
  const again = await connected(key);
  expect((await again.callTool({ name: 'get_overview', arguments: {} })).isError).not.toBe(true);
  await again.close();

  await agents.getByRole('button', { name: 'Revoke…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke its key' }).click();
  await agents.getByText('ended', { exact: true }).waitFor();
  await expect(client.callTool({ name: 'get_overview', arguments: {} })).rejects.toThrow(/401|Send the API key/);
});

test.each([
  { name: 'a phone in light', size: PHONE, theme: 'light' as const, find: narrowFindings },
  { name: 'a desk in dark', size: DESKTOP, theme: 'dark' as const, find: contrastFindings },
])('it reads on $name', async ({ size, theme, find }) => {
  const page = await demonstration.open('/agents', size, theme);
  const calls = page.getByRole('region', { name: 'Calls' });
  await calls.getByRole('listitem').filter({ hasText: 'pause_entries' }).locator('summary').click();
  // Scrolled to a call in the middle, the bar of a phone lies over whatever happens to be there.
  await page.getByRole('heading', { name: 'Agents', level: 1 }).scrollIntoViewIfNeeded();
  expect(await find(page)).toEqual([]);
  await page.screenshot({ path: screenshot(`agents-${theme}`), fullPage: true });
});
