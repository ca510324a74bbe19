import type { Session } from '../../engine/session.ts';
import { CalendarRangeError, sessionAt } from '../../instruments/calendar.ts';
import type { FeedListener, Provider } from '../../market-data/provider.ts';
import { TradingHalts } from '../../market-data/trading-halts.ts';
import type { HaltChange } from '../../market-data/trading-halts.ts';
import type { Timers } from '../../market-data/providers/timers.ts';
import type { Instant } from '../../money/instant.ts';

/** While a symbol is halted the broker is asked so often whether it still is: its word may have been missed. */
const AGAIN_MS = 60_000;

export interface HaltWatchOptions {
  readonly provider: Pick<Provider, 'standings'>;
  readonly session: Pick<Session, 'state' | 'command'>;
  readonly symbols: readonly string[];
  /** The venue's clock. */
  readonly now: () => Instant;
  readonly timers: Timers;
  /** Carries tasks out one after another, and reports those that fail. */
  readonly queue: (what: string, task: () => Promise<void>) => void;
}

/** What of the feed is heard, and when the broker is asked. */
export interface HaltWatch extends Required<Pick<FeedListener, 'onStatus' | 'onMark' | 'onConnected'>> {
  readonly close: () => void;
}

function openAt(now: Instant): Instant | undefined {
  try {
    return sessionAt(now)?.openAt;
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

/** Tells the engine of halts and of their ends, each once: see {@link TradingHalts} for how they are known. */
export function watchHalts({ provider, session, symbols, now, timers, queue }: HaltWatchOptions): HaltWatch {
  const { haltedSymbols, alerts } = session.state();
  const halts = new TradingHalts(haltedSymbols.map((symbol) => [symbol, alerts.get(`SymbolHalted-${symbol}`)?.raisedAt ?? now()]));
  let cancel: (() => void) | undefined;
  let asking = false;
  let closed = false;

  const later = (): void => {
    if (!closed) cancel ??= timers.after(AGAIN_MS, ask);
  };
  const tell = (change: HaltChange | undefined): void => {
    if (change !== undefined)
      queue('tell of a halt', async () => void (await session.command({ kind: 'SymbolHalted', at: session.state().now, ...change })));
    if (halts.isAny) later();
  };
  const ask = (): void => {
    cancel?.();
    cancel = undefined;
    if (asking || closed) return;
    asking = true;
    queue('ask which symbols are halted', async () => {
      try {
        const told = (await provider.standings?.(symbols)) ?? [];
        // What the stream tells meanwhile is newer: it has been heard by now, and stands.
        const at = now();
        for (const standing of told) tell(halts.compared(standing, at, openAt(at)));
      } catch (error) {
        later();
        throw error;
      } finally {
        asking = false;
      }
    });
  };
  return {
    onStatus: (status) => tell(halts.told(status)),
    onMark: (symbol, mark) => tell(halts.priced(symbol, mark)),
    onConnected: ask,
    close: () => {
      closed = true;
      cancel?.();
    },
  };
}
