import { sampleShare } from '../../instruments/sample-instrument.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '../../engine/session.ts';
import type { Session } from '../../engine/session.ts';
import { encode } from '../../journal/codec.ts';
import { openJournal } from '../../journal/open.ts';
import { startProjector } from '../../journal/projector.ts';
import { money, price, quantity } from '../../money/fixed.ts';
import { alpacaBroker } from '../../orders/brokers/alpaca/alpaca-broker.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { openDatabase } from '../../platform/database.ts';
import { migrate } from '../../platform/migrate.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { startSimulatedExchange } from '../serve/simulated-exchange.ts';
import { percentile, spread } from './figures.ts';
import type { Figure } from './figures.ts';
import { sharedNowMs, tapWire } from './wire-tap.ts';
import type { WireTap } from './wire-tap.ts';

/** Working at once when the kill switch is pulled. */
const ORDERS = 100;
/** A p99 of one round would be its second slowest order. */
const ROUNDS = 3;
/** Before them: a process that has just begun compiles its code, and is a row of its own. */
const WARM_UP = 20;
const EVERY_MS = 50;
const AFTER_KILL = 40;
const SYMBOL = 'SYNA';

const INSTRUMENT = sampleShare(SYMBOL);

/** Far below any price: it rests at the exchange until it is cancelled. */
const restingOrder = (id: string, createdAt: OrderIntent['createdAt']): OrderIntent => ({
  id,
  symbol: SYMBOL,
  side: 'buy',
  quantity: quantity('1'),
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: price('1'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'bench' },
  reason: 'bench',
  createdAt,
});

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A server's trading half: journal on the disk, tables behind it, the broker's client through the tap, the exchange in a thread. */
async function openDesk(folder: string) {
  const report = (what: string, error: unknown): void => void process.stderr.write(`${what}: ${String(error)}\n`);
  const exchange = await startSimulatedExchange(folder, undefined, (message) => report('the exchange', message));
  const tap = await tapWire(exchange.endpoint.baseUrl ?? '');
  const database = await openDatabase({ dataDir: folder });
  await migrate(database.db);
  const journal = await openJournal({ kind: 'embedded', dir: join(folder, 'journal') });
  const projector = await startProjector({
    db: database.db,
    journal,
    withJournal: false,
    onError: (error) => report('projections', error),
  });
  const broker = alpacaBroker({ endpoint: { ...exchange.endpoint, baseUrl: tap.url } });
  const session = await openSession({
    engine: {
      mode: 'simulated',
      accountId: exchange.endpoint.keyId,
      feeRateEstimate: money('0'),
      collarMarketOrders: false,
      initialTradingState: 'ACTIVE',
    },
    limits: UNLIMITED,
    journal,
    broker,
    openRunner: () => Promise.reject(new Error('the bench runs no strategies')),
    history: () => Promise.resolve([]),
    canonical: encode,
    report,
  });
  await session.command({ kind: 'ClockTicked', at: (await broker.clock()).now });
  await session.command({ kind: 'InstrumentListed', at: session.state().now, instrument: INSTRUMENT });
  await session.start();
  await until(() => session.state().reconciled, 'the engine is reconciled');
  const { now } = session.state();
  await session.command({ kind: 'Marked', at: now, marks: [{ symbol: SYMBOL, mark: { price: price('100'), at: now, basis: 'trade' } }] });
  const close = async (): Promise<void> => {
    await session.close();
    await projector.close();
    await journal.close();
    await tap.close();
    await exchange.close();
    await database.close();
  };
  return { session, tap, close };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const endsAt = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > endsAt) throw new Error(`Not within 30 s: ${what}`);
    await sleep(1);
  }
}

const workingOrders = (session: Session) => [...session.state().orders.values()].filter(({ state }) => !TERMINAL_STATES.has(state));

interface Load {
  readonly wantedAtMs: ReadonlyMap<string, number>;
  /** From the wish until it and the gate's decision are on the disk. */
  readonly durableMs: readonly number[];
  readonly stop: () => Promise<void>;
}

/** So many orders a second, whether the one before has arrived or not. */
function startLoad(session: Session, name: string, count: number): Load {
  const wantedAtMs = new Map<string, number>();
  const durableMs: number[] = [];
  const commands: Promise<unknown>[] = [];
  const done = (async (): Promise<void> => {
    const startedAt = performance.now();
    for (let number = 0; number < count; number += 1) {
      await sleep(Math.max(0, startedAt + number * EVERY_MS - performance.now()));
      const id = `${name}-${number}`;
      const at = session.state().now;
      const wanted = sharedNowMs();
      wantedAtMs.set(id, wanted);
      const command = session.command({ kind: 'OrderRequested', at, by: 'user:bench', intent: restingOrder(id, at) });
      commands.push(command.then(() => durableMs.push(sharedNowMs() - wanted)));
    }
  })();
  return {
    wantedAtMs,
    durableMs,
    stop: async () => {
      await done;
      await Promise.all(commands);
    },
  };
}

function delays(wantedAtMs: ReadonlyMap<string, number>, { seen }: WireTap): readonly number[] {
  const first = new Map<string, number>();
  for (const { kind, id, atMs } of seen) if (kind === 'order' && !first.has(id)) first.set(id, atMs);
  return [...wantedAtMs].flatMap(([id, wanted]) => {
    const atMs = first.get(id);
    return atMs === undefined ? [] : [atMs - wanted];
  });
}

/** So many orders, until all of them work at the exchange. */
async function round(
  { session, tap }: Desk,
  name: string,
  count = ORDERS,
): Promise<{ readonly durable: readonly number[]; readonly toWire: readonly number[] }> {
  const load = startLoad(session, name, count);
  await load.stop();
  const works = (): number => workingOrders(session).filter(({ brokerOrderId }) => brokerOrderId !== undefined).length;
  await until(() => works() === count, 'all orders work');
  return { durable: load.durableMs, toWire: delays(load.wantedAtMs, tap) };
}

async function cancelAll(session: Session): Promise<void> {
  for (const { intent } of workingOrders(session))
    await session.command({ kind: 'CancelRequested', at: session.state().now, by: 'user:bench', orderId: intent.id });
  await until(() => workingOrders(session).length === 0, 'the round’s orders are cancelled');
}

/** From the wish to the wire, and the kill switch under load, with the last round's orders at rest. */
export async function orderFigures(folder: string): Promise<readonly Figure[]> {
  const desk = await openDesk(folder);
  const { session } = desk;
  try {
    const first = await round(desk, 'first', WARM_UP);
    const rounds: (typeof first)[] = [];
    for (let number = 1; number <= ROUNDS; number += 1) {
      await cancelAll(session);
      rounds.push(await round(desk, `bench-${number}`));
    }
    const durable = rounds.flatMap((each) => each.durable);
    const toWire = rounds.flatMap((each) => each.toWire);
    return [
      spread('from the intent to its approval on the disk', durable),
      spread(`from the intent to the wire, journal on (${toWire.length} orders, ${1_000 / EVERY_MS} a second)`, toWire, 10),
      { name: 'the same, the very first order of the process', unit: 'ms', value: first.toWire[0] ?? Number.NaN },
      ...(await killFigures(desk)),
    ];
  } finally {
    await desk.close();
  }
}

async function killFigures({ session, tap }: Desk): Promise<readonly Figure[]> {
  const load = startLoad(session, 'late', AFTER_KILL);
  await until(() => load.wantedAtMs.size >= AFTER_KILL / 2, 'the load is on');
  const killedAtMs = sharedNowMs();
  const known = new Set(load.wantedAtMs.keys());
  const done = await session.command({
    kind: 'KillSwitchEngaged',
    at: session.state().now,
    by: 'user:bench',
    action: 'freeze',
    reason: 'bench',
  });
  const closedMs = sharedNowMs() - killedAtMs;
  const gate = done.effects.some(({ kind }) => kind === 'TradingStateChanged') && done.state.tradingState !== 'ACTIVE';
  await until(() => workingOrders(session).length === 0, 'all orders have ended');
  const endedMs = sharedNowMs() - killedAtMs;
  await load.stop();
  const cancels = tap.seen.filter(({ kind, atMs }) => kind === 'cancel' && atMs >= killedAtMs).map(({ atMs }) => atMs - killedAtMs);
  const sentAfter = tap.seen.filter(({ kind, id, atMs }) => kind === 'order' && atMs > killedAtMs && !known.has(id)).length;
  return [
    { name: 'kill under load: gate closed in the same step (0 is yes)', unit: 'count', value: gate ? 0 : 1, goal: 0 },
    { name: 'kill under load: the closed gate is durable', unit: 'ms', value: closedMs },
    spread(`kill under load: cancels on the wire (${cancels.length})`, cancels, 250),
    { name: 'kill under load: every order terminal', unit: 'ms', value: endedMs, goal: 2_000 },
    { name: 'kill under load: orders that were asked for later and left', unit: 'count', value: sentAfter, goal: 0 },
    { name: 'kill under load: slowest cancel on the wire', unit: 'ms', value: percentile(cancels, 1) },
  ];
}
