import { CalendarRangeError } from '../instruments/calendar.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums, EquityRange } from '../graphql/enums.ts';
import { AS_OF, momentOf } from '../graphql/moment.ts';
import type { AsOfInput, Moment } from '../graphql/moment.ts';
import type { Money } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { share, subtract, sum } from '../money/money.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import { totalPnl } from './account-result.ts';
import { riskContext } from './risk-context.ts';
import { scaledBenchmark, thinned } from './benchmark.ts';
import type { EquityPoint } from './effects.ts';
import { marketPhase, nextChangeAfter } from './market-phase.ts';
import { rangeStart } from './equity-range.ts';
import { previousCloseAt, symbolDayPnl, tradedSince } from './position-day.ts';
import type { EngineState } from './state.ts';
import { reservedCost } from './reserved.ts';

/** Head figures: one state of the engine and the journal's place when it was read. */
export type Overview = Moment;

export interface MarketStatus {
  readonly isOpen: boolean;
  readonly now: Instant;
  readonly sessionDate: string | undefined;
}

/** A point of the equity curve with its journal entry and the benchmark beside it. */
export interface CurvePoint extends EquityPoint {
  readonly seq: number;
  readonly benchmark?: Money | undefined;
}

/** What the API reads of the account's past. */
export interface EquityReads {
  /** Points at bars, oldest first; all of them where `from` is absent. */
  since(from: Instant | undefined): Promise<readonly (EquityPoint & { readonly seq: number })[]>;
  /** The newest point at a bar that a later journal entry made, since the server started. */
  newestAfter(seq: number): CurvePoint | undefined;
}

export const overviewOf = ({ session, journal }: Pick<Context, 'session' | 'journal'>): Overview => ({
  state: session.state(),
  seq: journal.head().seq,
  isPast: false,
});

/** What a chart can show; more points than that only cost. */
const CURVE_POINTS_MAX = 2_000;
const BENCHMARK = 'SPX';

async function equityCurve(range: EquityRange, { session, equity, marketData }: Context): Promise<CurvePoint[]> {
  const { now } = session.state();
  const points = thinned(await equity.since(rangeStart(range, now)), CURVE_POINTS_MAX);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const closes = await marketData.dailyCloses(BENCHMARK, first.at, last.at);
  return scaledBenchmark(points, closes);
}

const dayPnl = ({ equity }: EngineState): Money | undefined =>
  equity === undefined ? undefined : subtract(equity.equity, equity.sessionStartEquity);

/** Σ over the symbols that have traded since the previous close and are not held; `undefined` where one of them is not known. */
async function closedDayPnl(state: EngineState, marketData: Context['marketData']): Promise<Money | undefined> {
  const since = previousCloseAt(state);
  if (since === undefined) return undefined;
  const parts: Money[] = [];
  for (const symbol of tradedSince(state, since)) {
    if (state.positions.has(symbol)) continue;
    const day = symbolDayPnl(symbol, state, await marketData.closeBeforeSession(symbol, state.sessionDate));
    if (!('pnl' in day)) return undefined;
    parts.push(day.pnl);
  }
  return sum(parts);
}

const newestMarkAt = (state: EngineState): Instant | undefined => {
  let newest: Instant | undefined;
  for (const { at } of state.marks.values()) if (newest === undefined || at > newest) newest = at;
  return newest;
};

function inCalendar<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

function addMarketStatus(builder: Builder): void {
  builder.objectType('MarketStatus', {
    fields: (t) => ({
      isOpen: t.exposeBoolean('isOpen'),
      now: t.expose('now', { type: 'DateTime', description: 'The venue’s clock.' }),
      nextChangeAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: ({ now, isOpen }) => inCalendar(() => nextChangeAfter(now, isOpen)),
      }),
      sessionDate: t.exposeString('sessionDate', { nullable: true, description: 'New York date of the session under way or last seen.' }),
      phase: t.string({
        description: 'pre-market, open, after-hours or closed.',
        resolve: ({ now, isOpen }) => inCalendar(() => marketPhase(now, isOpen)) ?? (isOpen ? 'open' : 'closed'),
      }),
    }),
  });
}

function addOverviewType(builder: Builder, enums: Enums): void {
  builder.objectType('Overview', {
    description: 'Head figures of the account. Money in dollars; ratios as fractions (0.0184 is 1.84 %).',
    fields: (t) => ({
      mode: t.field({ type: enums.mode, resolve: ({ state }) => state.mode }),
      asOf: t.field({ type: 'DateTime', description: 'Venue time of these figures.', resolve: ({ state }) => state.now }),
      seq: t.exposeInt('seq', { description: 'Journal sequence number of these figures: the start of an explanation.' }),
      accountNumber: t.string({ nullable: true, resolve: ({ state }) => state.account?.accountNumber }),
      equity: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => state.equity?.equity }),
      cash: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => state.equity?.cash }),
      dayPnl: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => dayPnl(state) }),
      dayPnlRatio: t.field({
        type: 'Decimal',
        nullable: true,
        description: "Since the previous session's close, as a fraction.",
        resolve: ({ state }) => {
          const pnl = dayPnl(state);
          return pnl === undefined || state.equity === undefined ? undefined : share(pnl, state.equity.sessionStartEquity);
        },
      }),
      closedDayPnl: t.field({
        type: 'Decimal',
        nullable: true,
        description:
          "Part of dayPnl: of what has traded since the previous session's close and is held no more, after fees; null where one of them is not known. What is left of dayPnl beside it and the positions' own: dividends, charges and transfers, and marks at that close that were not the daily bar's.",
        resolve: ({ state }, _args, { marketData }) => closedDayPnl(state, marketData),
      }),
      openPnl: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Of what is held now, against average cost.',
        resolve: ({ state }) => state.equity?.unrealizedPnl,
      }),
      realizedPnl: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Of all closed round trips, after fees.',
        resolve: ({ seq, isPast }, _args, { trades }) => trades.realizedTotal(isPast ? seq : undefined),
      }),
      totalPnl: t.field({
        type: 'Decimal',
        nullable: true,
        description:
          'What the account has made since it was first seen, closed and open, with dividends and charges, after fees; deposits and withdrawals are no part of it. What it held then counts from its cost.',
        resolve: ({ state }) => totalPnl(state),
      }),
      drawdown: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'From the high-water mark, as a fraction.',
        resolve: ({ state }) => state.equity?.drawdown,
      }),
      highWaterMark: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => state.equity?.highWaterMark }),
      highWaterMarkAt: t.field({
        type: 'DateTime',
        nullable: true,
        // Before the venue's clock is known the engine's stands at 0.
        resolve: ({ state }) => (state.highWaterMarkAt === 0 ? undefined : state.highWaterMarkAt),
      }),
    }),
  });
}

function addOverviewExposure(builder: Builder, enums: Enums): void {
  builder.objectFields('Overview', (t) => ({
    grossExposure: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => state.equity?.grossExposure }),
    netExposure: t.field({ type: 'Decimal', nullable: true, resolve: ({ state }) => state.equity?.netExposure }),
    buyingPower: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: ({ state }) => riskContext(state).buyingPower ?? state.account?.buyingPower,
    }),
    workingOrders: t.int({
      resolve: ({ state }) => [...state.orders.values()].filter((order) => !TERMINAL_STATES.has(order.state)).length,
    }),
    reserved: t.field({ type: 'Decimal', description: 'Cost that working orders hold back.', resolve: ({ state }) => reservedCost(state) }),
    openPositions: t.int({ resolve: ({ state }) => [...state.positions.values()].filter(({ quantity }) => quantity !== 0n).length }),
    market: t.field({
      type: 'MarketStatus',
      resolve: ({ state }) => ({ isOpen: state.marketOpen, now: state.now, sessionDate: state.sessionDate }),
    }),
    tradingState: t.field({ type: enums.tradingState, resolve: ({ state }) => state.tradingState }),
    tradingStateBecause: t.string({ resolve: ({ state }) => state.tradingStateBecause }),
    feedAgeMs: t.int({
      nullable: true,
      description: 'Venue time since the newest price of any symbol, in milliseconds.',
      resolve: ({ state }) => {
        const at = newestMarkAt(state);
        return at === undefined ? undefined : Math.min(Math.max(0, Math.round(state.now - at)), 2 ** 31 - 1);
      },
    }),
    brokerConnected: t.boolean({ resolve: ({ state }) => state.brokerConnected }),
  }));
}

export function addEngine(builder: Builder, enums: Enums, asOf: AsOfInput): void {
  addMarketStatus(builder);
  addOverviewType(builder, enums);
  addOverviewExposure(builder, enums);
  builder.objectType('EquityPoint', {
    description: "One point of the equity curve, marked at a bar's close.",
    fields: (t) => ({
      seq: t.exposeInt('seq'),
      at: t.expose('at', { type: 'DateTime' }),
      equity: t.expose('equity', { type: 'Decimal' }),
      cash: t.expose('cash', { type: 'Decimal' }),
      highWaterMark: t.expose('highWaterMark', { type: 'Decimal' }),
      drawdown: t.expose('drawdown', { type: 'Decimal' }),
      benchmark: t.expose('benchmark', {
        type: 'Decimal',
        nullable: true,
        description: "The benchmark scaled to the account's equity at the start of the range; null where it has no price.",
      }),
    }),
  });
  builder.queryFields((t) => ({
    overview: t.field({
      type: 'Overview',
      args: { asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: (_root, args, context) => momentOf(args.asOf, context),
    }),
    equity: t.field({
      type: ['EquityPoint'],
      args: { range: t.arg({ type: enums.equityRange, required: true, defaultValue: 'M3' }) },
      resolve: (_root, { range }, context) => equityCurve(range, context),
    }),
  }));
}
