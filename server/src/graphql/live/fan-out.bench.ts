import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { askOverview, openLoop, placeOrder } from './bench/driver.ts';
import type { Spread } from './bench/figures.ts';
import type { ClientReport } from './bench/messages.ts';
import { startClient, startServer } from './bench/processes.ts';
import type { ClientProcess, ServerKind, ServerProcess } from './bench/processes.ts';

/**
 * Live fan-out, by open loop: events are sent at their intended times whatever became of those before, and latencies count from there. Server, client and
 * driver are three processes. The product, a stock yoga with graphql-ws and a bare broadcast are measured in one run: compare by ratio.
 * The product keeps its data in the embedded database, or on PostgreSQL where `TIDEMARK_TEST_DATABASE_URL` names a server.
 * `node fan-out.bench.ts 20 broadcast,many` takes 20 s for each, and only those two parts; a third word is the only kind of server whose capacity is measured.
 */
const SECONDS = Number(process.argv[2] ?? 10);
const PARTS = process.argv[3]?.split(',');
const ONLY = process.argv[4];
const SUBSCRIBERS = 1_000;
const EVENTS_PER_SECOND = 20;
const QUERIES_PER_SECOND = 200;
const NEVER_READING = 50;
const CONNECTIONS = 10_000;
const ORDER = 'id state symbol side quantity filledQuantity limitPrice reason';
const ORDERS = `subscription ($after: Cursor) { orders(after: $after) { ... on OrderUpdate { cursor order { ${ORDER} } } } }`;
const STOCK_ORDERS = `subscription ($after: Cursor) { orders(after: $after) { cursor order { ${ORDER} } } }`;
const EQUITY =
  'subscription { equity { ... on EquityUpdate { cursor overview { equity cash dayPnl drawdown tradingState seq } point { seq } } } }';
/** What is still on the way when the last event has been sent. */
const DRAIN_MS = 2_000;

const line = (name: string, text: string): void => void process.stdout.write(`${name.padEnd(52)} ${text}\n`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
/** A state carries no time of its own: there is nothing to measure it from. */
const spread = ({ count, p50, p99 }: Spread): string => (count === 0 ? 'no latencies' : `p50 ${ms(p50)}, p99 ${ms(p99)}`);

function print(name: string, { latencies, least, most, disorders }: ClientReport, perSecond: number): void {
  line(
    name,
    `${Math.round(perSecond).toLocaleString('en')} deliveries/s, ${spread(latencies)}, each ${least}–${most}, out of order ${disorders}`,
  );
}

const open = (kind: ServerKind, server: ServerProcess, client: ClientProcess, connections: number, neverReading: number, query: string) =>
  client.ask({
    kind: 'open',
    url: `${server.url.replace('http', 'ws')}/graphql`,
    headers: server.cookie === undefined ? {} : { cookie: server.cookie, origin: server.url },
    protocol: kind === 'raw' ? 'raw' : 'graphql',
    query,
    connections,
    neverReading,
  });

async function withProcesses<T>(kind: ServerKind, work: (server: ServerProcess, client: ClientProcess) => Promise<T>): Promise<T> {
  const server = await startServer(kind);
  const client = await startClient();
  try {
    return await work(server, client);
  } finally {
    await client.close();
    await server.close();
  }
}

/** Events at their times to everybody who is subscribed, after a second of them to warm up. */
async function measure(kind: ServerKind, server: ServerProcess, client: ClientProcess, perSecond = EVENTS_PER_SECOND) {
  const place = (intendedAt: number): Promise<void> => placeOrder(kind, server, intendedAt);
  await (
    await openLoop(perSecond, 1, place)
  ).answered;
  await sleep(DRAIN_MS);
  await client.ask({ kind: 'measure' });
  const before = await server.footprint();
  const { elapsedSeconds, answered } = await openLoop(perSecond, SECONDS, place);
  const report = await client.ask({ kind: 'report' });
  const after = await server.footprint();
  const answers = await answered;
  await sleep(DRAIN_MS);
  const drained = await client.ask({ kind: 'report' });
  const cpuUs = ((after.cpuMs - before.cpuMs) * 1_000) / Math.max(1, report.deliveries);
  return { perSecond: report.deliveries / elapsedSeconds, drained, answers, cpuUs, rssMb: after.rssMb };
}

type Measured = Awaited<ReturnType<typeof measure>>;

function printMeasured(name: string, { perSecond, drained, answers, cpuUs }: Measured): void {
  print(name, drained, perSecond);
  line('', `processor ${cpuUs.toFixed(1)} µs a delivery; orders answered ${spread(answers)}`);
}

const broadcastOf = (kind: ServerKind): Promise<number> =>
  withProcesses(kind, async (server, client) => {
    await open(kind, server, client, SUBSCRIBERS, 0, kind === 'stock' ? STOCK_ORDERS : ORDERS);
    const measured = await measure(kind, server, client);
    printMeasured(`${kind}: ${SUBSCRIBERS} × ${EVENTS_PER_SECOND}/s`, measured);
    return measured.perSecond;
  });

async function broadcast(): Promise<void> {
  await broadcastOf('raw');
  const stock = await broadcastOf('stock');
  line('deliveries against stock', `${((await broadcastOf('product')) / stock).toFixed(1)} ×`);
}

/** Events a second, rising until a server falls behind: what reached everybody in time, and the most that it delivered at all. */
const RISING = [5, 10, 20, 40, 60, 80, 120, 160, 240];
const IN_TIME_MS = 100;
/** A server that delivers less than this part of what is asked of it has no more to give. */
const KEEPS_UP = 0.9;

interface Capacity {
  /** The most deliveries a second of which 99 in a hundred took no longer than {@link IN_TIME_MS}. */
  readonly inTime: number;
  /** The most deliveries a second, however late. */
  readonly most: number;
}

const capacityOf = (kind: ServerKind): Promise<Capacity> =>
  withProcesses(kind, async (server, client) => {
    await open(kind, server, client, SUBSCRIBERS, 0, kind === 'stock' ? STOCK_ORDERS : ORDERS);
    let [inTime, most] = [0, 0];
    for (const perSecond of RISING) {
      const measured = await measure(kind, server, client, perSecond);
      printMeasured(`${kind}: ${SUBSCRIBERS} × ${perSecond}/s`, measured);
      most = Math.max(most, measured.perSecond);
      if (measured.drained.latencies.p99 <= IN_TIME_MS) inTime = measured.perSecond;
      if (measured.perSecond < KEEPS_UP * perSecond * SUBSCRIBERS) break;
    }
    return { inTime, most };
  });

async function capacity(): Promise<void> {
  if (ONLY === 'raw' || ONLY === 'stock' || ONLY === 'product') return void (await capacityOf(ONLY));
  const [raw, stock, product] = [await capacityOf('raw'), await capacityOf('stock'), await capacityOf('product')];
  const told = (perSecond: number): string => (perSecond === 0 ? 'none at any rate' : Math.round(perSecond).toLocaleString('en'));
  const against = (what: string, name: string, ours: number, other: number): void =>
    line(`${what} against ${name}`, `${told(ours)} against ${told(other)}${other === 0 ? '' : `: ${(ours / other).toFixed(1)} ×`}`);
  for (const [name, other] of [
    ['stock', stock],
    ['a bare broadcast', raw],
  ] as const) {
    against('most deliveries a second', name, product.most, other.most);
    against('deliveries in time', name, product.inTime, other.inTime);
  }
}

/** In turns on the same server: its 99th percentile is the two slowest of 200 events, which one pause of its own decides. */
const TURNS = 4;
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = Number.NaN, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
};

/** All read, then some of them never; and so again. */
const neverReading = (): Promise<void> =>
  withProcesses('product', async (server, client) => {
    const p99s = { all: [] as number[], others: [] as number[] };
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const [name, kept] of [
        ['all read', p99s.all],
        [`${NEVER_READING} of ${SUBSCRIBERS} never read: the others`, p99s.others],
      ] as const) {
        await open('product', server, client, SUBSCRIBERS, kept === p99s.all ? 0 : NEVER_READING, ORDERS);
        const measured = await measure('product', server, client);
        printMeasured(name, measured);
        kept.push(measured.drained.latencies.p99);
        await client.ask({ kind: 'close' });
      }
    }
    const [all, others] = [median(p99s.all), median(p99s.others)];
    line('p99 against all reading', `${ms(others)} against ${ms(all)}, medians of ${TURNS}: ${(others / all).toFixed(2)} ×`);
  });

/** Readers that stay while all others come back: what the crowd costs them. */
const STAYING = 20;

const reconnects = (): Promise<void> =>
  withProcesses('product', async (server, client) => {
    const staying = await startClient();
    await open('product', server, staying, STAYING, 0, ORDERS);
    await open('product', server, client, SUBSCRIBERS, 0, ORDERS);
    const place = (intendedAt: number): Promise<void> => placeOrder('product', server, intendedAt);
    await (
      await openLoop(EVENTS_PER_SECOND, 1, place)
    ).answered;
    await sleep(DRAIN_MS);
    await client.ask({ kind: 'measure' });
    await staying.ask({ kind: 'measure' });
    const driving = openLoop(EVENTS_PER_SECOND, SECONDS, place);
    await sleep((SECONDS * 1_000) / 4);
    const { tookMs } = await client.ask({ kind: 'reconnect' });
    const answers = await (await driving).answered;
    await sleep(DRAIN_MS);
    const { least, most, disorders } = await client.ask({ kind: 'report' });
    const { latencies } = await staying.ask({ kind: 'report' });
    await staying.close();
    const events = EVENTS_PER_SECOND * SECONDS;
    line(
      `${SUBSCRIBERS} reconnect with cursors`,
      `${ms(tookMs)}; of ${events} events each had ${least}–${most}, out of order ${disorders}`,
    );
    line(`meanwhile ${STAYING} others who stay`, spread(latencies));
    line('', `orders answered ${spread(answers)}`);
  });

const queries = (): Promise<void> =>
  withProcesses('product', async (server, client) => {
    await open('product', server, client, SUBSCRIBERS, 0, ORDERS);
    const asking = openLoop(QUERIES_PER_SECOND, SECONDS, () => askOverview(server)).then(({ answered }) => answered);
    const measured = await measure('product', server, client);
    printMeasured(`meanwhile ${QUERIES_PER_SECOND} queries/s: events`, measured);
    line(`${QUERIES_PER_SECOND} queries/s`, spread(await asking));
  });

const many = (): Promise<void> =>
  withProcesses('product', async (server, client) => {
    const before = await server.footprint();
    const { tookMs } = await open('product', server, client, CONNECTIONS, 0, EQUITY);
    const measured = await measure('product', server, client, 1);
    print(`${CONNECTIONS.toLocaleString('en')} connections, a state at 1 Hz`, measured.drained, measured.perSecond);
    const added = measured.rssMb - before.rssMb;
    line('', `opened in ${ms(tookMs)}; memory ${measured.rssMb.toFixed(0)} MB, of which the connections ${added.toFixed(0)} MB`);
  });

line('load at the start', `${loadavg()[0]?.toFixed(1)}; ${SECONDS} s each`);
line('the product’s database', process.env['TIDEMARK_TEST_DATABASE_URL'] === undefined ? 'embedded' : 'PostgreSQL');
for (const [name, part] of Object.entries({ broadcast, capacity, neverReading, reconnects, queries, many }))
  if (PARTS === undefined || PARTS.includes(name)) await part();
