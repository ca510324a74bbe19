import { PLAIN_WISH } from '../../strategies/plain-wish.ts';
import { sampleShare } from '../../instruments/sample-instrument.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { sessionsBetween } from '../../instruments/calendar.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal } from '../../journal/journal.ts';
import { openJournal } from '../../journal/open.ts';
import type { Bar } from '../../market-data/bar.ts';
import type { Broker } from '../../orders/broker.ts';
import { money, priceFromNumber, ratio } from '../../money/fixed.ts';
import { instant, instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { BarSlice, EngineOptions } from '../events.ts';
import { isOpen } from '../turn.ts';
import { openSession } from '../session.ts';
import type { Session, SessionOptions } from '../session.ts';
import type { StrategyRunner } from '../session/strategy-runners.ts';
import type { SessionTiming } from '../session/timing.ts';
import { STRATEGY } from './desk.ts';
import { coreBroker } from './core-broker.ts';
import type { CoreBroker } from './core-broker.ts';

export const ALDER = sampleShare('ALDR', { name: 'Synthetic Alder' });

export const ENGINE: EngineOptions = {
  mode: 'simulated',
  accountId: 'test',
  feeRateEstimate: money('0'),
  collarMarketOrders: false,
  initialTradingState: 'ACTIVE',
};

/** Quick enough for a test; the order of things is the same. */
const TIMING: Partial<SessionTiming> = {
  resolveFirstMs: 5,
  resolveStepMsMax: 20,
  notFoundAfterMs: 40,
  cancelCheckMs: 20,
  reconcileEveryMs: 20,
  reconcileAgainMs: 10,
  markEveryMs: 5,
};

export const FLIPPER: StrategyConfig = { ...STRATEGY, id: 'flipper', name: 'Flipper', source: 'scripted' };

/** A target as a module answers it: without prices, of the one symbol. */
export const PLAIN_TARGET = { ...PLAIN_WISH, symbolIndex: 0, kind: 'target', measure: 'exposure' } as const;

/** Long after a rise, short after a fall; its state is the close before. */
export function flipper(): StrategyRunner {
  let before: number | undefined;
  return {
    onBars: async ({ bars: [bar] }) => {
      await Promise.resolve();
      if (bar === undefined) return [];
      const known = before;
      before = bar.close;
      if (known === undefined || known === bar.close) return [];
      return [{ ...PLAIN_TARGET, amount: bar.close > known ? 1 : -1, reason: bar.close > known ? 'rose' : 'fell' }];
    },
    close: async () => await Promise.resolve(),
  };
}

export interface World {
  readonly dir: string;
  readonly broker: CoreBroker;
  journal: Journal;
  session: Session;
  readonly reports: string[];
  /** One trading day: opens, closes, and the daily bar is published; nobody hears it while the engine is deaf. Gives the time of the close. */
  readonly day: (open: number, close: number, heard?: boolean) => Promise<Instant>;
  readonly restart: (change?: Partial<SessionOptions>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const DAYS = sessionsBetween('2024-03-04', '2024-06-28');

/** A session over a real journal in a folder of its own, and the matching core as its broker. */
export async function openWorld(change: Partial<SessionOptions> = {}): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'session-'));
  const openedAt = instant('2024-03-04T14:00:00Z');
  const broker = coreBroker([ALDER], { commissionRate: ratio('0.001') }, openedAt);
  const reports: string[] = [];
  const published: BarSlice[] = [];
  const start = async (journal: Journal, more: Partial<SessionOptions>): Promise<Session> => {
    const session = await openSession({
      engine: ENGINE,
      limits: UNLIMITED,
      journal,
      broker,
      openRunner: async () => await Promise.resolve(flipper()),
      history: async () => await Promise.resolve(published.slice()),
      canonical: encode,
      report: (what, error) => reports.push(`${what}: ${String(error)}`),
      timing: TIMING,
      ...more,
    });
    await session.start();
    return session;
  };
  const journal = await openJournal({ kind: 'embedded', dir });
  let dayNumber = 0;
  const world: World = {
    dir,
    broker,
    journal,
    reports,
    session: await start(journal, change),
    day: async (open, close, heard = true) => {
      const day = DAYS[dayNumber];
      if (day === undefined) throw new Error('no more test days');
      dayNumber += 1;
      broker.openSession(day.openAt);
      broker.price('ALDR', priceFromNumber(open), day.openAt);
      world.session.onMark('ALDR', { price: priceFromNumber(open), at: day.openAt, basis: 'trade' });
      await quiet(world);
      broker.price('ALDR', priceFromNumber(close), day.closeAt);
      broker.closeSession(day.closeAt);
      const bar: Bar = {
        symbol: 'ALDR',
        timeframe: '1Day',
        startAt: instantFromMs(Date.parse(`${day.date}T00:00:00Z`)),
        open,
        high: Math.max(open, close),
        low: Math.min(open, close),
        close,
        volume: 1000,
      };
      published.push({ at: day.closeAt, bars: [bar] });
      if (heard) await world.session.onBars([bar], day.closeAt);
      await quiet(world);
      return day.closeAt;
    },
    restart: async (more = {}) => {
      await world.session.close();
      await world.journal.close();
      world.journal = await openJournal({ kind: 'embedded', dir });
      world.session = await start(world.journal, { ...change, ...more });
    },
    close: async () => {
      await world.session.close();
      await world.journal.close();
      await rm(dir, { recursive: true });
    },
  };
  await quiet(world);
  return world;
}

/** Waits for something, for as long as a busy machine may take. */
export const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 15 });

/** Throws while an order is without the broker's answer, or while a strategy has not answered. */
function assertAnswered({ session, broker }: World): void {
  const { orders, strategies } = session.state();
  const open = [...orders.values()].filter(isOpen);
  if (open.some(({ state }) => state === 'approved' || state === 'unknown')) throw new Error('an order is under way');
  if (open.length !== broker.core.account('core').open.size) throw new Error('the broker has other open orders');
  for (const { state, signal, lastDecisionAt } of strategies.values()) {
    if (state === 'paper' && signal !== undefined && signal.at !== lastDecisionAt) throw new Error('a strategy is thinking');
  }
}

/** Waits until nothing is under way, and nothing more is written down. */
export async function quiet(world: World): Promise<void> {
  let seq = -1;
  await vi.waitFor(
    () => {
      const now = world.journal.head().seq;
      const moved = now !== seq;
      seq = now;
      if (moved) throw new Error('the journal still moves');
      assertAnswered(world);
    },
    { timeout: 20_000, interval: 45 },
  );
}

/** Makes a question of the broker fail, or answer otherwise. */
export function replaceCall<K extends keyof Broker>(broker: Broker, name: K, call: Broker[K]): () => void {
  const before = broker[name];
  Object.assign(broker, { [name]: call });
  return () => Object.assign(broker, { [name]: before });
}
