import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectionOfRun } from '../backtests/service.ts';
import { addReport } from '../commands/report.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld, waitForRun } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';

const RUN = `mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { __typename ... on RunPayload { run { id command } } } }`;

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

async function startRun(): Promise<{ readonly id: string; readonly command: string }> {
  const parameters = [
    { name: 'fast', value: '5' },
    { name: 'slow', value: '20' },
  ];
  const { data } = await api.post(RUN, { input: { template: 'sma-crossover', symbol: 'ALDR', parameters } });
  const { id } = (data?.['runBacktest'] as { run?: { id: string } } | undefined)?.run ?? { id: 'no run' };
  await waitForRun(api, id);
  const run = await api.opened.capabilities.runs.byId(id);
  return { id, command: run?.command ?? '' };
}

async function documentOf(id: string, kind: 'html' | 'json'): Promise<string> {
  const response = await fetch(`${api.server.url}/reports/${id}.${kind}`, { headers: { authorization: `Bearer ${api.apiKey}` } });
  expect(response.status).toBe(200);
  return await response.text();
}

/** What `tidemark report` writes of the same run, bars and record. */
async function commandReport(id: string, command: string): Promise<string> {
  const place = (name: string): string => join(api.world.dir, name);
  await writeFile(place('run.json'), await documentOf(id, 'json'));
  await writeFile(place('selection.json'), JSON.stringify(await selectionOfRun(api.database.db, id)));
  const program = new Command().exitOverride();
  addReport(program, { out: new PassThrough(), err: process.stderr, environment: {} }, 'test');
  const files = [place('run.json'), '--csv', place('aldr.csv'), '--selection', place('selection.json')];
  await program.parseAsync(['report', ...files, '--command', command, '--out', place('report.html')], { from: 'user' });
  return await readFile(place('report.html'), 'utf8');
}

test('the server’s report has the bytes of the command’s', async () => {
  const { id, command } = await startRun();
  const page = await documentOf(id, 'html');
  expect(page).toContain('Buy and hold ALDR');
  expect(page).toContain('the strategy was run again over the same bars');
  const other = (await commandReport(id, command)).split('\n');
  // Of lines as long as the numbers of a run, the first difference is enough to read.
  const different = page.split('\n').flatMap((line, index) => (line === other[index] ? [] : [line.slice(0, 200)]));
  expect(different).toEqual([]);
  expect(page.length).toBe(other.join('\n').length);
}, 60_000);
