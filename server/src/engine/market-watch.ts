import { watchCash } from './cash-reconcile.ts';
import type { Bar, Timeframe } from '../market-data/bar.ts';
import type { Price } from '../money/fixed.ts';
import { priceFromNumber } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { disconnected, DISCONNECTED_ALERT_MS } from '../risk/breakers/disconnected.ts';
import { feedGap } from '../risk/breakers/feed-gap.ts';
import { CALM_MS, volatility, withPrice } from '../risk/breakers/volatility.ts';
import type { MinuteRange } from '../risk/breakers/volatility.ts';
import { isLiquid } from '../risk/valuation.ts';
import { effectOf, liftBrake, putBrake } from './brakes.ts';
import { change, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** What the breakers of one symbol remember. */
export interface SymbolWatch {
  readonly ranges: readonly MinuteRange[];
  /** When its range was last beyond what is usual. */
  readonly wildAt?: Instant;
}

const INTRADAY_MS: Record<Timeframe, number | undefined> = {
  '1Min': 60_000,
  '5Min': 300_000,
  '15Min': 900_000,
  '30Min': 1_800_000,
  '1Hour': 3_600_000,
  '1Day': undefined,
};
/** Gaps are looked for at most so often. */
const FEED_CHECK_MS = 1_000;

/** A price of a symbol: the half hour's range, and what is usual. */
export function watchPrice(turn: Turn, symbol: string, prices: readonly Price[], at: Instant): void {
  const usual = turn.state.profiles.get(symbol)?.medianRange60;
  if (usual === undefined) return;
  const known = turn.state.symbolWatches.get(symbol);
  const ranges = prices.reduce((list, price) => withPrice(list, price, at), known?.ranges ?? []);
  const verdict = volatility(ranges, usual, turn.state.limits);
  const wildAt = verdict.effect === 'none' ? known?.wildAt : turn.state.now;
  const watch: SymbolWatch = { ranges, ...(wildAt === undefined ? {} : { wildAt }) };
  change(turn, { symbolWatches: withEntry(turn.state.symbolWatches, symbol, watch) });
  const brake = { code: 'Volatility', scope: { kind: 'symbol', symbol } } as const;
  if (verdict.effect !== 'none') putBrake(turn, { ...brake, effect: effectOf(verdict), because: verdict.because, reset: 'automatic' });
  else if (wildAt !== undefined && turn.state.now - wildAt >= CALM_MS) liftBrake(turn, brake, 'engine', '30 calm minutes');
}

const feedKey = (timeframe: Timeframe, symbol: string): string => `${timeframe} ${symbol}`;

/** Bars that have come: their ranges within the day, and the time of the newest. */
export function watchBars(turn: Turn, timeframe: Timeframe, bars: readonly Bar[], at: Instant): void {
  if (INTRADAY_MS[timeframe] === undefined) return;
  const lastBars = new Map(turn.state.lastBars);
  for (const bar of bars) {
    lastBars.set(feedKey(timeframe, bar.symbol), at);
    liftBrake(turn, { code: 'FeedGap', scope: { kind: 'symbol', symbol: bar.symbol } }, 'engine', 'a bar has come');
  }
  change(turn, { lastBars });
  if (INTRADAY_MS[timeframe] > CALM_MS) return;
  for (const bar of bars) watchPrice(turn, bar.symbol, [priceFromNumber(bar.high), priceFromNumber(bar.low)], bar.startAt);
}

/** Bars that should have come of what the enabled strategies follow. */
function watchFeed(turn: Turn): void {
  const { marketOpen, sessionOpenedAt, now, feedCheckedAt, strategies, profiles, limits, lastBars } = turn.state;
  if (!marketOpen || sessionOpenedAt === undefined || now - feedCheckedAt < FEED_CHECK_MS) return;
  change(turn, { feedCheckedAt: now });
  for (const { config, state } of strategies.values()) {
    const interval = INTRADAY_MS[config.timeframe];
    if (interval === undefined || (state !== 'paper' && state !== 'live')) continue;
    for (const symbol of config.symbols) {
      if (!isLiquid(profiles.get(symbol))) continue;
      const last = lastBars.get(feedKey(config.timeframe, symbol)) ?? sessionOpenedAt;
      const verdict = feedGap(last > sessionOpenedAt ? last : sessionOpenedAt, now, interval, limits);
      if (verdict.effect === 'none') continue;
      putBrake(turn, {
        code: 'FeedGap',
        scope: { kind: 'symbol', symbol },
        effect: 'entries-off',
        because: verdict.because,
        reset: 'automatic',
      });
    }
  }
}

/** What only the passing of time tells: a stream that stays down, bars that stay away. */
export function watchTime(turn: Turn): void {
  watchFeed(turn);
  watchCash(turn);
  const { disconnectedAt, now, limits } = turn.state;
  if (disconnectedAt === undefined) return;
  const verdict = disconnected(disconnectedAt, now, limits);
  if (verdict.effect === 'none') return;
  putBrake(turn, { code: 'Disconnected', scope: { kind: 'account' }, effect: 'entries-off', because: verdict.because, reset: 'automatic' });
  if (now - disconnectedAt >= DISCONNECTED_ALERT_MS)
    raise(turn, 'DisconnectedLong', 'broker', 'critical', 'The broker has been away for 30 s', verdict.because);
}
