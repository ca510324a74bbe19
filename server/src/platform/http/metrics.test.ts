import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import type { Health } from '../graphql.ts';
import { openMetrics } from './metrics.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

const scrape = async (): Promise<Response> =>
  await fetch(`${api.server.url}/metrics`, { headers: { authorization: `Bearer ${api.apiKey}` } });

/** Figures by name and labels, as they are written. */
async function figures(): Promise<ReadonlyMap<string, number>> {
  const lines = (await (await scrape()).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="[^"\n]*",?)*\})?) (\S+)$/.exec(line) ?? [];
      expect(name, line).not.toBe('');
      return [name, Number(value)] as const;
    }),
  );
}

describe('what monitors scrape', () => {
  test('needs a key, of whatever role', async () => {
    expect((await fetch(`${api.server.url}/metrics`)).status).toBe(401);
    const answer = await scrape();
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
  });

  test('is what the API says of the same moment', async () => {
    const { data, errors } = await api.post(
      '{ overview { equity tradingState } health { seq parts { name state } } positions(first: 50) { edges { cursor } } }',
    );
    expect(errors).toBeUndefined();
    const said = data as {
      overview: { equity: string; tradingState: string };
      health: { seq: number; parts: { name: string; state: string }[] };
      positions: { edges: readonly unknown[] };
    };
    const found = await figures();
    expect(found.get('tidemark_journal_entries')).toBe(said.health.seq);
    expect(found.get('tidemark_equity_dollars')).toBeCloseTo(Number(said.overview.equity), 9);
    expect(found.get(`tidemark_trading_state{state="${said.overview.tradingState}"}`)).toBe(1);
    expect([...found].filter(([name]) => name.startsWith('tidemark_trading_state')).reduce((sum, [, value]) => sum + value, 0)).toBe(1);
    expect(found.get('tidemark_open_positions')).toBe(said.positions.edges.length);
    for (const { name, state } of said.health.parts)
      expect([name, found.get(`tidemark_part_health{part="${name}"}`)]).toEqual([name, { OK: 1, DEGRADED: 0.5, DOWN: 0 }[state]]);
  });

  test('tells of the process too, once however many servers it has', async () => {
    const found = await figures();
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect([...found.keys()].filter((name) => name === 'nodejs_eventloop_lag_seconds')).toHaveLength(1);
  });
});

describe('what is written of them', () => {
  const nameOf = (figure: string): string => figure.replace(/\{.*/, '');

  test('the table of the how-to names each figure of ours, and no other', async () => {
    const page = await readFile(new URL('../../../../docs/how-to/monitor-the-server.md', import.meta.url), 'utf8');
    const written = [...page.matchAll(/^\| `(tidemark_\w+)/gm)].map(([, name]) => name ?? '');
    const told = new Set([...(await figures()).keys()].map(nameOf).filter((name) => name.startsWith('tidemark_')));
    // No order is open and the engine has timed nothing in this test: figures by label may be missing, names may not.
    const text = await (await scrape()).text();
    const declared = [...text.matchAll(/^# HELP (tidemark_\w+)/gm)].map(([, name]) => name ?? '');
    expect(written.toSorted()).toEqual(declared.toSorted());
    for (const name of told) expect(declared).toContain(name);
  });

  test('the dashboard asks for nothing that is not there', async () => {
    const dashboard = await readFile(new URL('../../../../docs/how-to/grafana-dashboard.json', import.meta.url), 'utf8');
    const asked = [...dashboard.matchAll(/\b(?:tidemark|process|nodejs)_\w+/g)].map(([name]) => name);
    const text = await (await scrape()).text();
    expect(asked.length).toBeGreaterThan(10);
    for (const name of asked) expect([name, text.includes(`# HELP ${name} `)]).toEqual([name, true]);
  });
});

describe('readiness', () => {
  test('is told to anybody in one word', async () => {
    const answer = await fetch(`${api.server.url}/readyz`);
    expect([answer.status, await answer.text()]).toEqual([200, 'ready\n']);
  });

  test.each([
    { down: ['database', 'broker'], told: ['database'] },
    { down: ['broker', 'feed'], told: [] },
    { down: ['engine', 'journal'], told: ['engine', 'journal'] },
  ])('with $down down: $told', async ({ down, told }) => {
    const read = async (): Promise<Health> => {
      const now = await api.opened.capabilities.health.read();
      return { ...now, parts: now.parts.map((part) => (down.includes(part.name) ? { ...part, state: 'down' } : part)) };
    };
    const { session } = api.opened.capabilities;
    expect([...(await openMetrics({ session, health: { read } }, () => 0).partsDown())].toSorted()).toEqual(told);
  });

  test('is found out once a second, whoever asks', async () => {
    let reads = 0;
    const { session, health } = api.opened.capabilities;
    const counted = { read: () => health.read().finally(() => (reads += 1)) };
    const metrics = openMetrics({ session, health: counted }, () => 0);
    await Promise.all(Array.from({ length: 20 }, () => metrics.partsDown()));
    expect(reads).toBe(1);
  });
});
