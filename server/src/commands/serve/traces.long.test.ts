import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { JournalEntry } from '../../journal/journal.ts';
import { openJournal } from '../../journal/open.ts';
import type { Order } from '../../orders/order.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import { serve } from './serve.ts';
import type { Serving } from './serve.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly intValue?: number; readonly stringValue?: string };
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}
interface Posted {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** Takes traces by OTLP over HTTP as JSON, as a collector does. */
async function openCollector(): Promise<{ url: string; posts: { path: string; body: Posted }[] }> {
  const posts: { path: string; body: Posted }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      posts.push({ path: request.url ?? '', body: JSON.parse(text) as Posted });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}

/** The product with its own exchange, fast. */
async function trade(url: string, reports: string[]): Promise<{ serving: Serving; dataDir: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-traces-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const serving = await serve({
    port: 0,
    dataDir,
    databaseUrl: undefined,
    anchorFile: join(folder, 'anchors'),
    endpoint: undefined,
    tracing: { url: `${url}/v1/traces`, serviceName: 'desk' },
    speed: 1_200,
    from: undefined,
    works: false,
    version: '1.2.3',
    report: (what, error) => reports.push(`${what}: ${String(error)}`),
    progress: () => undefined,
  });
  undo.push(() => serving.close());
  return { serving, dataDir };
}

async function entriesOf(dataDir: string): Promise<readonly JournalEntry[]> {
  const journal = await openJournal({ kind: 'embedded', dir: join(dataDir, 'journal'), onWarning: () => undefined });
  try {
    return await journal.read(0, 100_000);
  } finally {
    await journal.close();
  }
}

const valueOf = ({ attributes }: Pick<Span, 'attributes'>, key: string): string | number | undefined => {
  const value = attributes.find((each) => each.key === key)?.value;
  return value?.intValue ?? value?.stringValue;
};
const msOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);

test('every order that ends is a trace at the collector, whose spans are entries of the journal', async () => {
  const collector = await openCollector();
  const reports: string[] = [];
  const { serving, dataDir } = await trade(collector.url, reports);
  const spans = (): readonly Span[] =>
    collector.posts.flatMap(({ body }) => body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
  await vi.waitFor(() => expect(spans().filter(({ name }) => name === 'submit to broker').length).toBeGreaterThan(2), {
    timeout: 60_000,
    interval: 200,
  });
  await serving.close();

  expect(new Set(collector.posts.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
  const [first] = collector.posts;
  expect(valueOf(first?.body.resourceSpans[0]?.resource ?? { attributes: [] }, 'service.name')).toBe('desk');

  const entries = await entriesOf(dataDir);
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  const ended = entries.flatMap(({ kind, payload }) => {
    const { order } = payload as { readonly order: Order };
    return kind === 'OrderChanged' && TERMINAL_STATES.has(order.state) ? [order] : [];
  });
  const orders = spans().filter(({ name }) => name === 'order');
  expect(new Set(orders.map((span) => valueOf(span, 'tidemark.order.id')))).toEqual(new Set(ended.map(({ id }) => id)));

  const byId = new Map(spans().map((span) => [span.spanId, span]));
  expect(byId.size).toBe(spans().length);
  for (const span of spans()) {
    const entry = bySeq.get(Number(valueOf(span, 'tidemark.seq')));
    expect([span.name, msOf(span.startTimeUnixNano)]).toEqual([span.name, entry?.writtenAtMs]);
    expect(msOf(span.endTimeUnixNano)).toBeGreaterThanOrEqual(msOf(span.startTimeUnixNano));
  }
  // From the order of a strategy back to the bar that it decided on: the trace is named by that entry's hash.
  const ways = orders.map((span) => {
    const strategy = byId.get(span.parentSpanId ?? '');
    const root = byId.get(strategy?.parentSpanId ?? '');
    return `${strategy?.name} ${root?.name} ${root !== undefined && bySeq.get(Number(valueOf(root, 'tidemark.seq')))?.hash.startsWith(span.traceId)}`;
  });
  expect(ways).toContain('strategy decided bars closed true');
  expect(reports.filter((report) => report.startsWith('traces'))).toEqual([]);
}, 120_000);

test('without a collector it trades on, says so once, and stops', async () => {
  const reports: string[] = [];
  // Nothing listens there.
  const collector = await openCollector();
  await undo.pop()?.();
  const { serving, dataDir } = await trade(collector.url, reports);
  const told = (): number => reports.filter((report) => report.startsWith('traces are not taken')).length;
  await vi.waitFor(() => expect(told()).toBe(1), { timeout: 60_000, interval: 200 });
  await serving.close();
  expect(told()).toBe(1);
  const entries = await entriesOf(dataDir);
  expect(entries.filter(({ kind }) => kind === 'OrderChanged').length).toBeGreaterThan(0);
}, 120_000);
