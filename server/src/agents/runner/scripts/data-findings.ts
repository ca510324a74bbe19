import { dayOf, daysBetween, figure, listAt, numberAt, percent, said, textAt, valueAt } from './answers.ts';

/** Something that is missing or wrong; the worse, the higher. */
export interface Finding {
  readonly weight: number;
  readonly text: string;
}

/** What a strategy needs. */
export interface NeededSeries {
  readonly symbol: string;
  readonly timeframe: string;
}

const MINUTES: Readonly<Record<string, number>> = { DAY1: 1_440, HOUR1: 60, MIN30: 30, MIN15: 15, MIN5: 5, MIN1: 1 };
/** A weekend with a holiday beside it is four days. */
const DAYS_BETWEEN_BARS_MAX = 4.5;
/** From the beginning of the newest bar: of the session before such a weekend, at the end of the session after it. */
const AGE_DAYS_MAX = 5;
/** Bars of one day that may be missing before it is a gap. */
const BARS_MISSING_MAX = 3;
/** A close that is further from the one before is a jump to look at. */
const JUMP_MIN = 0.2;
const FEED_AGE_MS_MAX = 300_000;
/** Sessions in weekdays, with room for holidays. */
const SESSIONS_OF_WEEKDAYS_MIN = 0.93;

/** Between two bars that follow each other. */
function betweenBars({ symbol, timeframe }: NeededSeries, before: unknown, after: unknown): readonly Finding[] {
  const [from, to] = [valueAt(before, 't'), valueAt(after, 't')];
  const days = daysBetween(from, to) ?? 0;
  const isDaily = timeframe === 'DAY1';
  const missing = (days * 1_440) / (MINUTES[timeframe] ?? 1_440) - 1;
  const isGap = isDaily ? days > DAYS_BETWEEN_BARS_MAX : dayOf(from) === dayOf(to) && missing > BARS_MISSING_MAX;
  const [last, next] = [numberAt(before, 'c'), numberAt(after, 'c')];
  const move = last === undefined || next === undefined || last <= 0 ? 0 : next / last - 1;
  return [
    ...(isGap ? [{ weight: 4, text: `${symbol} has a gap in its bars ${timeframe} from ${said(from)} to ${said(to)}.` }] : []),
    ...(Math.abs(move) > JUMP_MIN ? [{ weight: 3, text: `${symbol} jumps by ${percent(move)} at ${said(to)}.` }] : []),
  ];
}

/** What is wrong with the newest bars of a series; `data` is what the tool answered. */
export function ofNewestBars(series: NeededSeries, data: unknown): readonly Finding[] {
  const { symbol, timeframe } = series;
  const bars = listAt(data, 'series', 'bars');
  const newest = valueAt(bars.at(-1), 't');
  if (newest === undefined) return [{ weight: 8, text: `${symbol} has no bars ${timeframe}, and a strategy trades on them.` }];
  const behind = daysBetween(newest, valueAt(data, 'overview', 'asOf')) ?? 0;
  const inside = bars.slice(1).flatMap((bar, at) => betweenBars(series, bars[at], bar));
  // What a shortened answer leaves out are the newest.
  const isCut = textAt(data, 'shortened')?.includes('series.bars') === true;
  return behind > AGE_DAYS_MAX && !isCut
    ? [
        { weight: 6, text: `${symbol} is old: its newest bar ${timeframe} is of ${said(newest)}, ${figure(behind, 1)} days ago.` },
        ...inside,
      ]
    : inside;
}

/** Weekdays from one day to the other, roughly: holidays are no weekdays less. */
const weekdays = (days: number): number => Math.max(1, (days * 5) / 7);

/** What is wrong with how far the daily series of a symbol reaches. */
export function ofReach(symbol: string, instruments: readonly unknown[]): readonly Finding[] {
  const listed = instruments.find((instrument) => textAt(instrument, 'symbol') === symbol);
  const bars = numberAt(listed, 'bars') ?? 0;
  if (listed === undefined || bars === 0) return [{ weight: 10, text: `${symbol} has no daily bars, and a strategy trades it.` }];
  const days = daysBetween(valueAt(listed, 'from'), valueAt(listed, 'to'));
  const share = days === undefined ? 1 : bars / weekdays(days);
  if (share >= SESSIONS_OF_WEEKDAYS_MIN) return [];
  return [{ weight: 5, text: `${symbol} has ${bars} daily bars, ${percent(share)} of the weekdays that it spans: sessions are missing.` }];
}

/** How fresh the feed is, and whether the broker answers. */
export function ofFeed(overview: unknown): readonly Finding[] {
  const ageMs = numberAt(overview, 'feedAgeMs');
  const isOld = valueAt(overview, 'market', 'isOpen') === true && ageMs !== undefined && ageMs > FEED_AGE_MS_MAX;
  return [
    ...(valueAt(overview, 'brokerConnected') === false ? [{ weight: 9, text: 'The broker is not connected.' }] : []),
    ...(isOld ? [{ weight: 7, text: `The newest price is ${figure(ageMs / 60_000, 1)} minutes old, and the market is open.` }] : []),
  ];
}

/** Parts of the server that are not well. */
export const ofHealth = (data: unknown): readonly Finding[] =>
  listAt(data, 'health', 'parts').flatMap((part) => {
    const state = textAt(part, 'state');
    if (state === undefined || state === 'OK') return [];
    return [{ weight: state === 'DOWN' ? 9 : 2, text: `${said(valueAt(part, 'name'))} is ${state}: ${said(valueAt(part, 'detail'))}` }];
  });
