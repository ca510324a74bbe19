import type { BarSlice } from '../engine/events.ts';
import type { Bar } from '../market-data/bar.ts';
import { priceFromNumber } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Mark } from '../risk/types.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

export interface FeedOptions {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly onMark: (symbol: string, mark: Mark) => void;
  readonly onBars: (bars: readonly Bar[], closedAt: BarSlice['at']) => void;
}

/** The market as the engine hears of it: prices a moment later, and bars of a minute. */
export interface Feed {
  readonly price: (symbol: string, cents: number) => void;
  /** Nothing is heard of the symbol for so long, though it trades. */
  readonly silence: (symbol: string, milliseconds: number) => void;
  readonly publishBars: () => void;
  readonly history: (config: StrategyConfig) => readonly BarSlice[];
}

interface Range {
  open: number;
  high: number;
  low: number;
  close: number;
}

const MINUTE_MS = 60_000;
const STALE_MS = 3_600_000;
type BadTick = 'crossed' | 'no bid' | 'old';

function markOf(close: number, now: number, bad: BadTick | undefined): Mark {
  const bid = bad === 'no bid' ? 0 : bad === 'crossed' ? close + 0.05 : close - 0.01;
  return {
    price: priceFromNumber(close),
    bid: priceFromNumber(bid),
    ask: priceFromNumber(close + 0.01),
    at: instantFromMs(Math.floor(now) - (bad === 'old' ? STALE_MS : 0)),
    basis: 'quote',
  };
}

export function openFeed({ dice, faults, scheduler, onMark, onBars }: FeedOptions): Feed {
  const ranges = new Map<string, Range>();
  const published: BarSlice[] = [];
  const silentUntil = new Map<string, number>();
  return {
    silence: (symbol, milliseconds) => silentUntil.set(symbol, scheduler.now() + milliseconds),
    price: (symbol, cents) => {
      if ((silentUntil.get(symbol) ?? 0) > scheduler.now()) return;
      const close = cents / 100;
      const range = ranges.get(symbol) ?? { open: close, high: close, low: close, close };
      ranges.set(symbol, { open: range.open, high: Math.max(range.high, close), low: Math.min(range.low, close), close });
      const subject = `${symbol}@${Math.round(scheduler.now())}`;
      const bad = faults.strikes('bad-tick', subject) ? dice.pick(`bad ${subject}`, ['crossed', 'no bid', 'old'] as const) : undefined;
      scheduler.after(dice.between(`feed ${subject}`, 5, 250), { alive: true }, () => onMark(symbol, markOf(close, scheduler.now(), bad)));
    },
    publishBars: () => {
      const closedAt = instantFromMs(Math.floor(scheduler.now() / MINUTE_MS) * MINUTE_MS);
      const startAt = instantFromMs(closedAt - MINUTE_MS);
      const bars = [...ranges].map(([symbol, range]): Bar => ({ symbol, timeframe: '1Min', startAt, ...range, volume: 1_000 }));
      ranges.clear();
      if (bars.length === 0) return;
      published.push({ at: closedAt, bars });
      onBars(bars, closedAt);
    },
    history: ({ symbols }) =>
      published
        .map(({ at, bars }) => ({ at, bars: bars.filter(({ symbol }) => symbols.includes(symbol)) }))
        .filter(({ bars }) => bars.length > 0),
  };
}
