import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { entriesOf } from '../../engine/journal-entries.ts';
import { firstState, openingEntry } from '../../engine/opening-record.ts';
import type { EngineEvent } from '../../engine/events.ts';
import { step } from '../../engine/step.ts';
import { openJournal } from '../../journal/open.ts';
import type { Journal } from '../../journal/journal.ts';
import { money, priceFromNumber } from '../../money/fixed.ts';
import { instant, instantFromMs } from '../../money/instant.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import type { Figure } from './figures.ts';

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const START = instant('2015-11-02T15:00:00Z');
const OPENING = {
  engine: {
    mode: 'simulated' as const,
    accountId: 'tidemark',
    feeRateEstimate: money('0'),
    collarMarketOrders: true,
    initialTradingState: 'ACTIVE' as const,
  },
  limits: DEFAULT_LIMITS,
};

/** What a quiet engine hears: prices, and now and then an order that is denied and a limit that is set. */
function eventAt(index: number): EngineEvent {
  const at = instantFromMs(START + index * 40);
  if (index === 0) return { kind: 'BrokerConnected', at };
  if (index % 50 === 49) {
    const value = `0.0${1 + (Math.floor(index / 50) % 2)}`;
    return { kind: 'LimitSet', at, by: 'user:owner', name: 'orderRiskRatioMax', value, reason: 'bench' };
  }
  const symbol = `SYN${'ABCD'[index % 4] ?? 'A'}`;
  const mark = { price: priceFromNumber(100 + (index % 97) / 100), at, basis: 'trade' as const };
  return { kind: 'Marked', at, marks: [{ symbol, mark }] };
}

/** A journal of so many events, each with what the engine says of it. */
async function writeJournal(journal: Journal, events: number): Promise<void> {
  await journal.append([openingEntry(OPENING)]);
  let state = firstState(undefined, OPENING);
  let written: Promise<unknown>[] = [];
  for (let index = 0; index < events; index += 1) {
    const event = eventAt(index);
    const done = step(state, event);
    state = done.state;
    written.push(journal.append(entriesOf(event, state, done.effects)));
    if (written.length === 2_000) {
      await Promise.all(written);
      written = [];
    }
  }
  await Promise.all(written);
}

/** The market stands at its opening when a server has started, where no position may be opened yet: at this speed its noon comes within half a second. */
const BARS_A_MINUTE = '60';
/** Orders are tried no faster than the gate lets them come. */
const TRY_EVERY_MS = 250;

interface Started {
  readonly child: ChildProcess;
  readonly loginUrl: string;
  readonly readyMs: number;
  readonly startedAt: number;
}

/** A process of the server, until it says that it is ready. */
async function startServer(dataDir: string, withinMs: number): Promise<Started> {
  const startedAt = performance.now();
  const environment = { ...process.env };
  delete environment['DATABASE_URL'];
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--data-dir', dataDir, '--speed', BARS_A_MINUTE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
  const loginUrl = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server was not ready within ${withinMs / 1_000} s`));
    }, withinMs);
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const url = /http:\S+/.exec(line)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
  return { child, loginUrl, readyMs: performance.now() - startedAt, startedAt };
}

async function kill({ child }: Started): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}

async function asker({ loginUrl }: Started): Promise<<T>(query: string) => Promise<T>> {
  const { origin } = new URL(loginUrl);
  const login = await fetch(loginUrl, { redirect: 'manual' });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return async <T>(query: string): Promise<T> => {
    const headers = { 'content-type': 'application/json', cookie, origin };
    const answer = await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const body = (await answer.json()) as { readonly data?: T; readonly errors?: unknown };
    if (body.data === undefined) throw new Error(`GraphQL: ${JSON.stringify(body.errors)}`);
    return body.data;
  };
}

/** Until a question is answered, and until an order has come to the exchange and back. */
async function measure(dataDir: string): Promise<{ readonly readMs: number; readonly tradedMs: number }> {
  const started = await startServer(dataDir, 60_000);
  try {
    const ask = await asker(started);
    await ask('{ overview { equity seq } }');
    const readMs = performance.now() - started.startedAt;
    for (let round = 0; ; round += 1) {
      const { placeOrder } = await ask<{ placeOrder: { __typename: string; order?: { state: string } } }>(
        `mutation { placeOrder(input: { idempotencyKey: "bench-${started.child.pid}-${round}", symbol: "AAPL", side: BUY, quantity: "1" })
          { __typename ... on OrderPayload { order { state } } } }`,
      );
      if (placeOrder.__typename === 'OrderPayload') return { readMs, tradedMs: performance.now() - started.startedAt };
      if (performance.now() - started.startedAt > 60_000)
        throw new Error(`No order was taken within a minute: ${JSON.stringify(placeOrder)}`);
      await sleep(TRY_EVERY_MS);
    }
  } finally {
    await kill(started);
  }
}

/** A server is killed in the middle of its work and started again over a journal of so many events. */
export async function recoveryFigures(folder: string, events: number): Promise<readonly Figure[]> {
  const dir = join(folder, 'journal');
  const journal = await openJournal({ kind: 'embedded', dir });
  await writeJournal(journal, events);
  await journal.close();
  // The first start brings the tables up to date, as they are when a server is killed, and is killed.
  await kill(await startServer(folder, 600_000));
  const { fileReader } = await import('../../journal/past/journal-reader.ts');
  const { pastStates } = await import('../../journal/past/past-states.ts');
  const initial = firstState(undefined, OPENING);
  await pastStates({ reader: fileReader(dir), initial, onIgnored: () => undefined }).keep(events);
  const withSnapshot = await measure(folder);
  await rm(join(dir, 'snapshots'), { recursive: true, force: true });
  const fromZero = await measure(folder);
  const of = `${events.toLocaleString('en')} events`;
  return [
    { name: `recovery after kill -9, ${of}: reading`, unit: 'ms', value: withSnapshot.readMs, goal: 5_000 },
    { name: `recovery after kill -9, ${of}: trading`, unit: 'ms', value: withSnapshot.tradedMs, goal: 10_000 },
    { name: `the same without any snapshot: reading`, unit: 'ms', value: fromZero.readMs },
    { name: `the same without any snapshot: trading`, unit: 'ms', value: fromZero.tradedMs },
  ];
}
