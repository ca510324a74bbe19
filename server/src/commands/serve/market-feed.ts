import type { Kysely } from 'kysely';
import { SessionHalted } from '../../engine/session.ts';
import type { Session } from '../../engine/session.ts';
import { profileInstrument } from '../../features/profile.ts';
import { barEndsAt } from '../../market-data/bar-end.ts';
import type { Bar, BarColumns, Timeframe } from '../../market-data/bar.ts';
import { BarCollector } from '../../market-data/bar-collector.ts';
import type { Provider } from '../../market-data/provider.ts';
import { columnsOf, fetchBars, loadBars, saveBars } from '../../market-data/service.ts';
import type { Timers } from '../../market-data/providers/timers.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { InstrumentProfile } from '../../risk/types.ts';
import { watchHalts } from './halt-watch.ts';

/** Bars of one instant come within moments of each other; a symbol that did not trade is not waited for longer. */
const GRACE_MS = 150;
/** 250 returns, and some days for gaps. */
const PROFILE_BARS = 270;
const HISTORY_MS = 3 * 366 * 86_400_000;

export interface FeedOptions {
  readonly db: Kysely<Database>;
  readonly provider: Provider;
  readonly session: Session;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** The venue's clock. */
  readonly now: () => Instant;
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

export interface MarketFeed {
  close(): Promise<void>;
}

/** Tasks that are carried out one after another. */
interface Line {
  readonly queue: (what: string, task: () => Promise<void>) => void;
  readonly done: () => Promise<void>;
}

function lineOf(report: FeedOptions['report']): Line {
  let work: Promise<void> = Promise.resolve();
  return {
    queue: (what, task) => {
      work = work.then(task).catch((error: unknown) => {
        // A halt of the engine is reported once, by itself; what comes after it is not news.
        if (!(error instanceof SessionHalted)) report(what, error);
      });
    },
    done: () => work,
  };
}

const later = (action: () => void, afterMs: number): (() => void) => {
  const timer = setTimeout(action, afterMs);
  return () => clearTimeout(timer);
};

/** Newest daily bars of each symbol, and the profile that follows from them. */
class Profiles {
  readonly #bars = new Map<string, Bar[]>();
  readonly #told = new Set<string>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  seed({ symbol, timeframe, length, ...columns }: BarColumns): void {
    const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
    const rows = Array.from({ length }, (_, row): Bar => ({
      symbol,
      timeframe,
      startAt: instantFromMs(at(columns.startAtMs, row)),
      open: at(columns.open, row),
      high: at(columns.high, row),
      low: at(columns.low, row),
      close: at(columns.close, row),
      volume: at(columns.volume, row),
    }));
    this.#bars.set(symbol, rows);
  }

  add(bar: Bar): void {
    const rows = this.#bars.get(bar.symbol) ?? [];
    const last = rows.at(-1);
    if (last !== undefined && last.startAt >= bar.startAt) return;
    rows.push(bar);
    if (rows.length > PROFILE_BARS) rows.shift();
    this.#bars.set(bar.symbol, rows);
  }

  /** The history of returns is told once; afterwards the newest goes on with it. */
  #profileOf(symbol: string): InstrumentProfile | undefined {
    const profile = profileInstrument(columnsOf(symbol, '1Day', this.#bars.get(symbol) ?? []));
    if (profile?.dailyReturns === undefined) return profile;
    const { dailyReturns, ...figures } = profile;
    const day = dailyReturns.days.at(-1);
    const millionths = dailyReturns.millionths.at(-1);
    if (this.#told.has(symbol) && day !== undefined && millionths !== undefined) return { ...figures, newestReturn: { day, millionths } };
    this.#told.add(symbol);
    return profile;
  }

  /** Tells the engine what is now known of these symbols. */
  async announce(symbols: readonly string[], at: Instant): Promise<void> {
    const profiles = symbols.flatMap((symbol) => this.#profileOf(symbol) ?? []);
    if (profiles.length > 0) await this.#session.command({ kind: 'InstrumentsProfiled', at, profiles });
  }
}

/** History into the database, and what follows from it into the engine. */
async function profilesOf({ db, provider, session, symbols, now }: FeedOptions): Promise<Profiles> {
  const profiles = new Profiles(session);
  await fetchBars(db, provider, { symbols, timeframe: '1Day', from: instantFromMs(now() - HISTORY_MS), to: now(), adjustment: 'raw' });
  for (const symbol of symbols) {
    profiles.seed(await loadBars(db, { symbol, timeframe: '1Day', adjustment: 'raw', last: PROFILE_BARS, toMs: now() }));
  }
  await profiles.announce(symbols, now());
  return profiles;
}

/**
 * History into the database, profiles and closed bars into the engine, live prices as they come. Closed bars are stored beside the history,
 * unadjusted as the venue gave them.
 */
export async function openMarketFeed(options: FeedOptions): Promise<MarketFeed> {
  const { db, provider, session, symbols, timeframe, now, timers, report } = options;
  if (symbols.length === 0) {
    report(
      'the market feed',
      new Error('There are no instruments: stop the server, run `tidemark fetch` or `tidemark import`, and start it again'),
    );
    return { close: async () => undefined };
  }
  const profiles = await profilesOf(options);
  /** The stream was there, and is not: bars close meanwhile. */
  let away = false;
  const { queue, done } = lineOf(report);
  // Bars do not wait for the broker's answers about halts.
  const halting = lineOf(report);
  const halts = watchHalts({ provider, session, symbols, now, timers, queue: halting.queue });
  const takeSlice = async (bars: readonly Bar[]): Promise<void> => {
    const [first] = bars;
    if (first === undefined) return;
    const closedAt = barEndsAt(first.timeframe, first.startAt);
    await session.onBars(bars, closedAt);
    for (const bar of bars) await saveBars(db, columnsOf(bar.symbol, bar.timeframe, [bar]), 'raw', provider.name);
    if (first.timeframe !== '1Day') return;
    for (const bar of bars) profiles.add(bar);
    await profiles.announce(
      bars.map(({ symbol }) => symbol),
      closedAt,
    );
  };
  const collector = new BarCollector(symbols, (bars) => queue('take closed bars', () => takeSlice(bars)), later, GRACE_MS);
  const stop = await provider.subscribe(
    { symbols, timeframe },
    {
      onMark: (symbol, mark) => {
        halts.onMark(symbol, mark);
        session.onMark(symbol, mark);
      },
      onStatus: halts.onStatus,
      onBar: (bar) => collector.add(bar),
      onRefused: ({ symbol, reason, raw }) => queue('note a refused bar', () => session.onBarRefused(symbol, reason, raw)),
      onConnected: () => {
        halts.onConnected();
        if (away) session.onFeedRestored(now());
        away = false;
      },
      onDisconnected: (reason) => {
        away = true;
        report('the market-data stream', new Error(reason));
      },
      onNotice: (notice) => {
        const { alerts, now: at } = session.state();
        if (notice.over === true && !alerts.has(`${notice.code}-${notice.subject}`)) return;
        queue('tell what the market-data stream noticed', async () => void (await session.command({ kind: 'NoticeGiven', at, notice })));
      },
    },
  );
  return {
    close: async () => {
      await stop();
      halts.close();
      collector.flush();
      await Promise.all([done(), halting.done()]);
    },
  };
}
