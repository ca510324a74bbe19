import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './serve.ts';

/**
 * From a closed bar on the wire to its order at the exchange: strategy thread, engine, risk gate, journal on the disk, the broker's SDK, a
 * socket. Prints p50 and p99 beside what the machine itself needs for one `fdatasync` and one request on loopback.
 */
const SECONDS = Number(process.argv[2] ?? 30);
const BARS_A_MINUTE = 300;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

async function time(times: number, action: () => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const startedAt = performance.now();
    await action();
    taken.push(performance.now() - startedAt);
  }
  return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
}

async function flushes(folder: string): Promise<{ p50: number; p99: number }> {
  const file = await open(join(folder, 'flush'), 'w');
  const entry = Buffer.alloc(2_000, 1);
  const taken = await time(200, async () => {
    await file.write(entry);
    await file.datasync();
  });
  await file.close();
  return taken;
}

interface Part {
  readonly name: string;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
const serving = await serve({
  port: 0,
  dataDir: join(folder, 'data'),
  databaseUrl: undefined,
  anchorFile: join(folder, 'anchors'),
  endpoint: undefined,
  speed: BARS_A_MINUTE,
  from: undefined,
  works: true,
  version: 'bench',
  report: (what, error) => process.stderr.write(`${what}: ${String(error)}\n`),
  progress: () => undefined,
});
try {
  const login = await fetch(serving.loginUrl, { redirect: 'manual' });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const ask = async <T>(query: string): Promise<T> => {
    const headers = { 'content-type': 'application/json', cookie, origin: serving.url };
    const answer = await fetch(`${serving.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await answer.json()) as { data: T }).data;
  };
  const created = await ask<{ createStrategy: { strategy?: { id: string } } }>(
    `mutation { createStrategy(input: { name: "bench", template: "sma-crossover", symbols: ["AAPL", "SYNA", "SYNB", "SYND"],
      parameters: [{ name: "fast", value: "1" }, { name: "slow", value: "2" }], size: "equity:0.02" }) { ... on StrategyPayload { strategy { id } } } }`,
  );
  await ask(`mutation { enableStrategy(id: "${created.createStrategy.strategy?.id ?? ''}") { __typename } }`);
  await new Promise((resolve) => {
    setTimeout(resolve, SECONDS * 1000);
  });
  const { health, orders } = await ask<{ health: { parts: Part[] }; orders: { totalCount: number } }>(
    '{ health { parts { name p50Ms p99Ms } } orders(first: 1) { totalCount } }',
  );
  const part = (name: string): Part | undefined => health.parts.find((one) => one.name === name);
  const row = (label: string, p50: number | null | undefined, p99: number | null | undefined): string =>
    `${label.padEnd(44)}${(p50 ?? Number.NaN).toFixed(2).padStart(9)}${(p99 ?? Number.NaN).toFixed(2).padStart(9)}\n`;
  const [engine, broker, strategy] = [part('engine'), part('broker'), part('strategies')];
  const flush = await flushes(folder);
  const loopback = await time(200, async () => (await fetch(`${serving.url}/healthz`)).text());
  process.stdout.write(`${orders.totalCount} orders in ${SECONDS} s at ${BARS_A_MINUTE} bars a minute\n`);
  process.stdout.write(`${'milliseconds'.padEnd(44)}${'p50'.padStart(9)}${'p99'.padStart(9)}\n`);
  process.stdout.write(row('strategy: bars to its answer', strategy?.p50Ms, strategy?.p99Ms));
  process.stdout.write(row('bar to order leaving (durable, approved)', engine?.p50Ms, engine?.p99Ms));
  process.stdout.write(row('order leaving to the exchange’s answer', broker?.p50Ms, broker?.p99Ms));
  process.stdout.write(row('bound: one fdatasync of 2 kB', flush.p50, flush.p99));
  process.stdout.write(row('bound: one request on loopback', loopback.p50, loopback.p99));
} finally {
  await serving.close();
  await rm(folder, { recursive: true, force: true });
}
