import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gathered, sharedNowMs } from './figures.ts';
import type { Spread } from './figures.ts';
import type { ServerKind, ServerProcess } from './processes.ts';

/** More than any limit allows: one fact for each, and nothing at the broker. */
const PLACE = `mutation ($key: String!, $reason: String!) { placeOrder(input: { idempotencyKey: $key, symbol: "SYNA", side: BUY, quantity: "1000000", type: LIMIT, limitPrice: "1", reason: $reason }) { __typename } }`;
const STOCK_PLACE = 'mutation ($reason: String!) { placeOrder(reason: $reason) }';
const OVERVIEW = '{ overview { equity dayPnl tradingState seq } orders(first: 5) { edges { node { id state } } } }';

/** Connections that are idle are let go before a server would close them under a request. */
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 2_000 });

/** A request over a connection that is kept. */
async function post({ url, cookie }: ServerProcess, body: unknown): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie, origin: url }) };
  const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}: ${text}`))));
  });
  sent.on('error', reject);
  sent.end(JSON.stringify(body));
  return await promise;
}

let placed = 0;

export async function placeOrder(kind: ServerKind, server: ServerProcess, intendedAt: number): Promise<void> {
  placed += 1;
  const reason = `at ${intendedAt.toFixed(3)} `;
  const query = kind === 'product' ? PLACE : STOCK_PLACE;
  const text = await post(server, {
    query,
    variables: { reason, ...(kind === 'product' ? { key: `bench-${process.pid}-${placed}` } : {}) },
  });
  if (text.includes('"errors"')) throw new Error(text);
}

export async function askOverview(server: ServerProcess): Promise<void> {
  const text = await post(server, { query: OVERVIEW });
  if (text.includes('"errors"')) throw new Error(text);
}

export interface Driven {
  /** How long sending took: longer than asked for where the driver itself was held up. */
  readonly elapsedSeconds: number;
  /** From the intended time to the answer, once all have come. */
  readonly answered: Promise<Spread>;
}

/**
 * Open loop: `act` is begun at each intended time however long the ones before take, and what a late start costs counts, as the time is measured from
 * the intended one.
 */
export async function openLoop(perSecond: number, seconds: number, act: (intendedAt: number) => Promise<void>): Promise<Driven> {
  const took = new Gathered();
  const begun: Promise<void>[] = [];
  const startAt = sharedNowMs();
  const count = Math.round(perSecond * seconds);
  for (let index = 0; index < count; index += 1) {
    const intendedAt = startAt + (index * 1_000) / perSecond;
    const early = intendedAt - sharedNowMs();
    if (early > 0) await sleep(early);
    begun.push(act(intendedAt).then(() => took.add(sharedNowMs() - intendedAt)));
  }
  const left = startAt + seconds * 1_000 - sharedNowMs();
  if (left > 0) await sleep(left);
  return { elapsedSeconds: (sharedNowMs() - startAt) / 1_000, answered: Promise.all(begun).then(() => took.spread()) };
}
