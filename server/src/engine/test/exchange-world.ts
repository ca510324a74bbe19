import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Simulator } from '../../exchange/conformance/case.ts';
import { simulatedWorld } from '../../exchange/conformance/worlds.ts';
import { listed } from '../../exchange/core/testing.ts';
import type { ExchangeOptions } from '../../exchange/options.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import { openJournal } from '../../journal/open.ts';
import { LANE_TIMING } from '../../market-data/providers/request-lanes.ts';
import type { RequestRecord } from '../../market-data/providers/request-lanes.ts';
import { price, priceFromNumber, quantity } from '../../money/fixed.ts';
import { instant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Broker } from '../../orders/broker.ts';
import { alpacaBroker } from '../../orders/brokers/alpaca/alpaca-broker.ts';
import type { Order, OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { openSession } from '../session.ts';
import type { Session, SessionOptions } from '../session.ts';
import { ticketIntent } from './desk.ts';
import { ENGINE } from './session-world.ts';

/** An order as the exchange shows it. */
export interface TheirOrder {
  readonly client_order_id: string;
  readonly id: string;
  readonly status: string;
  readonly qty: string;
  readonly filled_qty: string;
}

type Fault = Readonly<Record<string, unknown>>;

/**
 * The session over a journal on the disk, with the real adapter behind the official SDK, at a simulated exchange whose faults a test arms. The one
 * symbol is AAA: its day opens at 100, falls to 98, rises to 104 and closes at 102, each with a step; the next opens at 103.
 */
export interface ExchangeWorld {
  /** Of the journal. */
  readonly dir: string;
  readonly simulator: Simulator;
  readonly broker: Broker;
  session: Session;
  journal: Journal;
  readonly reports: readonly string[];
  /** How often an order was put on the wire. */
  readonly posts: () => number;
  readonly requests: readonly RequestRecord[];
  readonly arm: (...faults: readonly Fault[]) => Promise<void>;
  /** The market moves, and the engine is told the price. */
  readonly step: (count?: number) => Promise<void>;
  /** A person's order of 10, at a limit of 50 that is never reached, as far as not said otherwise. */
  readonly ticket: (id: string, change?: Partial<OrderIntent>) => Promise<void>;
  readonly order: (id: string) => Order;
  readonly entries: (kind: string) => Promise<readonly JournalEntry[]>;
  /** Every order that the exchange has ever taken. */
  readonly theirs: () => Promise<readonly TheirOrder[]>;
  readonly restart: (change?: Partial<SessionOptions>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const TIMING = {
  resolveFirstMs: 10,
  resolveStepMsMax: 40,
  notFoundAfterMs: 3_000,
  cancelCheckMs: 60,
  unsentAgainMs: 20,
  reconcileEveryMs: 40,
  positionsEvery: 2,
  reconcileAgainMs: 20,
  markEveryMs: 5,
};
/** An answer to an order that takes longer is none. */
export const ANSWER_MS_MAX = 250;
const LANES = { ...LANE_TIMING, order: { ...LANE_TIMING.order, answerMsMax: ANSWER_MS_MAX } };
const STREAM = { readyMsMax: 2_000, retryFirstMs: 20, retryMsMax: 100, occupiedMs: 60 };
const ENTRIES_MAX = 100_000;

/** What a test may give: the session's options, the exchange's, and faults from before the session's first question. */
export interface ExchangeWorldOptions {
  readonly session?: Partial<SessionOptions>;
  readonly exchange?: Partial<ExchangeOptions>;
  readonly armed?: readonly Fault[];
  /** The market stays closed until the first step. */
  readonly closed?: true;
}

async function venueNow(url: string): Promise<Instant> {
  const { now } = (await (await fetch(`${url}/sim/state`)).json()) as { readonly now: string };
  return instant(now);
}

const closers: (() => Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeExchangeWorlds(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

/** Waits for something, for as long as a busy machine may take. */
export const becomes = (holds: () => void | Promise<void>): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 15 });

export async function openExchangeWorld(options: ExchangeWorldOptions = {}): Promise<ExchangeWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'incident-'));
  const venue = await simulatedWorld(options.exchange);
  const { simulator } = venue;
  for (const fault of options.armed ?? []) await simulator.arm(fault);
  const requests: RequestRecord[] = [];
  const broker = alpacaBroker({
    endpoint: { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: simulator.url },
    laneTiming: LANES,
    streamTiming: STREAM,
    requestsPerMinute: 6_000,
    seed: 1,
    onRequest: (record) => requests.push(record),
  });
  const reports: string[] = [];
  const start = async (journal: Journal, change: Partial<SessionOptions>): Promise<Session> => {
    const session = await openSession({
      engine: ENGINE,
      limits: UNLIMITED,
      journal,
      broker,
      openRunner: () => Promise.reject(new Error('this test has no strategies')),
      history: async () => await Promise.resolve([]),
      canonical: encode,
      report: (what, error) => reports.push(`${what}: ${String(error)}`),
      timing: TIMING,
      ...options.session,
      ...change,
    });
    await session.start();
    return session;
  };
  const journal = await openJournal({ kind: 'embedded', dir });
  const world: ExchangeWorld = {
    dir,
    simulator,
    broker,
    journal,
    reports,
    requests,
    session: await start(journal, {}),
    posts: () => requests.filter(({ method, path }) => method === 'POST' && path === '/v2/orders').length,
    arm: async (...faults) => {
      for (const fault of faults) await simulator.arm(fault);
    },
    step: async (count = 1) => {
      await simulator.step(count);
      const at = await venueNow(simulator.url);
      world.session.onTime(at);
      const { trade } = (await venue.call('GET', '/v2/stocks/AAA/trades/latest')).body as { readonly trade: { readonly p: number } };
      world.session.onMark('AAA', { price: priceFromNumber(trade.p), at, basis: 'trade' });
      // The session takes in what it is told in turns of its own: who steps on before would go through days that it never sees.
      await becomes(() => expect(world.session.state().marks.get('AAA')?.at).toBeGreaterThanOrEqual(at));
    },
    ticket: async (id, change) => {
      const { now: at } = world.session.state();
      const { limitPrice, ...plain } = ticketIntent(id, {
        symbol: 'AAA',
        quantity: quantity('10'),
        limitPrice: price('50'),
        createdAt: at,
        ...change,
      });
      const intent = plain.type === 'market' || limitPrice === undefined ? plain : { ...plain, limitPrice };
      await world.session.command({ kind: 'OrderRequested', at, by: 'user:ada', intent });
    },
    order: (id) => {
      const order = world.session.state().orders.get(id);
      if (order === undefined) throw new Error(`no order ${id}; there are ${[...world.session.state().orders.keys()].join(', ')}`);
      return order;
    },
    entries: async (kind) => (await world.journal.read(0, ENTRIES_MAX)).filter((entry) => entry.kind === kind),
    theirs: async () => (await venue.call('GET', '/v2/orders?status=all&limit=500&direction=asc')).body['rows'] as readonly TheirOrder[],
    restart: async (change = {}) => {
      await world.session.close();
      await world.journal.close();
      world.journal = await openJournal({ kind: 'embedded', dir });
      world.session = await start(world.journal, change);
    },
    close: async () => {
      await world.session.close();
      await world.journal.close();
      await venue.close();
      await rm(dir, { recursive: true });
    },
  };
  closers.push(world.close);
  if (options.armed === undefined) await becomes(() => expect(world.session.state().reconciled).toBe(true));
  if (options.closed !== true) await world.step();
  await world.session.command({ kind: 'InstrumentListed', at: world.session.state().now, instrument: listed('AAA') });
  return world;
}

/** Our books become the exchange's: every order is on both sides once, with the same fills; positions and cash are equal. */
export async function booksAgree(world: ExchangeWorld): Promise<void> {
  await becomes(async () => {
    const theirs = await world.theirs();
    expect(new Set(theirs.map(({ client_order_id: id }) => id)).size).toBe(theirs.length);
    expect(theirs.map(({ client_order_id: id, filled_qty: filled }) => [id, quantity(filled)])).toEqual(
      theirs.map(({ client_order_id: id }) => [id, world.order(id).filledQuantity]),
    );
    const { positions, cash, differences } = world.session.state();
    const account = await world.broker.account();
    expect(cash).toBe(account.cash);
    expect([...positions.values()].map(({ symbol, quantity: held }) => [symbol, held])).toEqual(
      (await world.broker.positions()).map(({ symbol, quantity: held }) => [symbol, held]),
    );
    expect(differences.size).toBe(0);
  });
}
