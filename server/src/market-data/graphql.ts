import { ParameterError } from '@tidemark/compute';
import type { IndicatorSpec } from '@tidemark/compute/types';
import type { DailyClose } from '../engine/benchmark.ts';
import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { nodeId } from '../graphql/node.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { BookedFill } from '../orders/graphql.ts';
import { isSymbol } from '../orders/ticket.ts';
import type { BarColumns, Timeframe } from './bar.ts';

export interface ListedInstrument extends Instrument {
  readonly bars: number;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

export interface IndicatorColumn {
  readonly name: string;
  /** NaN where there is no value yet. */
  readonly values: ArrayLike<number>;
  readonly pane: string;
}

export interface BarPoint {
  readonly t: Instant;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

export interface Series {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly columns: BarColumns;
  readonly indicators: readonly IndicatorColumn[];
  readonly fills: readonly BookedFill[];
}

export interface BarQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  /** Only the newest so many; all where absent. */
  readonly last: number | undefined;
}

export interface IndicatorRequest {
  readonly indicator: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

/** What the API reads of the market. */
export interface MarketDataReads {
  bars(query: BarQuery): Promise<BarColumns>;
  /** Daily closes, stamped with the end of their day, oldest first; the last one before `from` comes too. */
  dailyCloses(symbol: string, from: Instant, to: Instant): Promise<readonly DailyClose[]>;
  /** The last daily close before the session of that New York date. */
  closeBeforeSession(symbol: string, sessionDate: string | undefined): Promise<number | undefined>;
  instruments(): Promise<readonly ListedInstrument[]>;
  indicatorSpecs(): readonly IndicatorSpec[];
  /** Bars before the first value. Throws `ParameterError` for a bad name or value. */
  indicatorWarmUp(request: IndicatorRequest): number;
  indicatorColumns(request: IndicatorRequest, bars: BarColumns): readonly IndicatorColumn[];
}

const BARS_MAX = 5_000;
const INDICATORS_MAX = 12;

interface SeriesArgs {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly last: number;
  readonly from?: Instant | null | undefined;
  readonly to?: Instant | null | undefined;
  readonly indicators: readonly IndicatorRequest[];
}

/** Rows from `start` on, without copying. */
function tail(bars: BarColumns, start: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.subarray(start);
  return {
    ...bars,
    length: bars.length - start,
    startAtMs: cut(bars.startAtMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

const pointAt = (bars: BarColumns, row: number): BarPoint => ({
  t: instantFromMs(bars.startAtMs[row] ?? Number.NaN),
  o: bars.open[row] ?? Number.NaN,
  h: bars.high[row] ?? Number.NaN,
  l: bars.low[row] ?? Number.NaN,
  c: bars.close[row] ?? Number.NaN,
  v: bars.volume[row] ?? Number.NaN,
});

/** A bad indicator or parameter is the caller's mistake and is told in its own words; anything else stays a failure of ours. */
function ofCaller<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParameterError) throw badInput(error.message);
    throw error;
  }
}

async function readSeries(args: SeriesArgs, { marketData, orders, session }: Context): Promise<Series> {
  if (!isSymbol(args.symbol)) throw badInput('symbol must be 1 to 12 of A–Z, 0–9 and the point');
  if (args.last < 1 || args.last > BARS_MAX) throw badInput(`last must be 1 to ${BARS_MAX}, got ${args.last}`);
  if (args.indicators.length > INDICATORS_MAX) throw badInput(`at most ${INDICATORS_MAX} indicators at once`);
  const warmUp = Math.max(0, ...args.indicators.map((request) => ofCaller(() => marketData.indicatorWarmUp(request))));
  const to = args.to ?? session.state().now;
  // The warm-up is read before the window, so that the first bar shown has its indicator where history allows.
  const read = await marketData.bars({
    symbol: args.symbol,
    timeframe: args.timeframe,
    from: undefined,
    to,
    last: args.last + Math.min(warmUp, BARS_MAX),
  });
  const from = args.from ?? undefined;
  const inRange = from === undefined ? 0 : read.startAtMs.findIndex((at) => at >= from);
  const start = inRange === -1 ? read.length : Math.max(inRange, read.length - args.last, 0);
  const shown = tail(read, start);
  const columns = args.indicators.flatMap((request) =>
    ofCaller(() => marketData.indicatorColumns(request, read)).map((column) => ({
      ...column,
      values: Array.prototype.slice.call(column.values, start) as number[],
    })),
  );
  const firstAt = shown.length === 0 ? Number.POSITIVE_INFINITY : (shown.startAtMs[0] ?? Number.POSITIVE_INFINITY);
  const fills = (await orders.fillsOfSymbol(args.symbol)).filter(({ filledAt }) => filledAt >= firstAt && filledAt <= to);
  return {
    symbol: args.symbol,
    timeframe: args.timeframe,
    columns: shown,
    indicators: columns,
    fills,
  };
}

function addBarTypes(builder: Builder): void {
  builder.objectType('BarPoint', {
    description: 'One bar, stamped with the start of its interval in UTC.',
    fields: (t) => ({
      t: t.expose('t', { type: 'DateTime' }),
      o: t.exposeFloat('o'),
      h: t.exposeFloat('h'),
      l: t.exposeFloat('l'),
      c: t.exposeFloat('c'),
      v: t.exposeFloat('v'),
    }),
  });
  const column = (read: (bars: BarColumns) => Float64Array) => (bars: BarColumns) => Array.from(read(bars));
  builder.objectType('BarColumns', {
    description: 'Bars as one list a column, oldest first: half of the text of as many points, and quicker to write and to read.',
    fields: (t) => ({
      startAtMs: t.floatList({
        description: 'When each begins, in milliseconds since 1970, UTC.',
        resolve: column((bars) => bars.startAtMs),
      }),
      open: t.floatList({ description: 'Open of each.', resolve: column((bars) => bars.open) }),
      high: t.floatList({ description: 'High of each.', resolve: column((bars) => bars.high) }),
      low: t.floatList({ description: 'Low of each.', resolve: column((bars) => bars.low) }),
      close: t.floatList({ description: 'Close of each.', resolve: column((bars) => bars.close) }),
      volume: t.floatList({ description: 'Volume of each.', resolve: column((bars) => bars.volume) }),
    }),
  });
}

function addSeriesTypes(builder: Builder, enums: Enums): void {
  builder.objectType('IndicatorColumn', {
    description: 'One value a bar; null where there is none yet.',
    fields: (t) => ({
      name: t.exposeString('name'),
      values: t.field({
        type: ['Float'],
        nullable: { list: false, items: true },
        resolve: ({ values }) => Array.from(values, (value) => (Number.isFinite(value) ? value : null)),
      }),
      pane: t.exposeString('pane', { description: 'price: drawn over the bars; own: in a pane of its own.' }),
    }),
  });
  builder.objectType('Series', {
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      timeframe: t.expose('timeframe', { type: enums.timeframe }),
      bars: t.field({
        type: ['BarPoint'],
        resolve: ({ columns }) => Array.from({ length: columns.length }, (_, row) => pointAt(columns, row)),
      }),
      columns: t.field({ type: 'BarColumns', description: 'The same bars, a list a column.', resolve: ({ columns }) => columns }),
      indicators: t.field({ type: ['IndicatorColumn'], resolve: ({ indicators }) => [...indicators] }),
      fills: t.field({ type: ['Fill'], resolve: ({ fills }) => [...fills] }),
    }),
  });
}

function addSpecTypes(builder: Builder): void {
  builder.objectType('IndicatorSpec', {
    fields: (t) => ({
      name: t.exposeString('name'),
      title: t.exposeString('title'),
      description: t.exposeString('description'),
      parameters: t.field({ type: ['ParameterSpec'], resolve: ({ parameters }) => [...parameters] }),
      inputs: t.stringList({ resolve: ({ inputs }) => [...inputs] }),
      outputs: t.stringList({ resolve: ({ outputs }) => [...outputs] }),
      pane: t.exposeString('pane'),
    }),
  });
  builder.objectType('ParameterSpec', {
    description: 'One bound parameter of a strategy or an indicator.',
    fields: (t) => ({
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'integer, number or choice.' }),
      default: t.exposeFloat('default', { description: 'Of a choice: the index.' }),
      min: t.exposeFloat('min'),
      max: t.exposeFloat('max'),
      choices: t.field({ type: ['String'], nullable: true, resolve: ({ choices }) => (choices === undefined ? undefined : [...choices]) }),
      description: t.exposeString('description'),
    }),
  });
}

export function addMarketData(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>): void {
  addBarTypes(builder);
  addSeriesTypes(builder, enums);
  addSpecTypes(builder);
  builder.objectType('Instrument', {
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: ({ symbol }) => nodeId('Instrument', symbol) }),
      symbol: t.exposeString('symbol'),
      name: t.exposeString('name'),
      source: t.exposeString('source', { description: 'real or synthetic prices.' }),
      tradable: t.exposeBoolean('tradable'),
      bars: t.exposeInt('bars', { description: 'Daily bars stored.' }),
      from: t.expose('from', { type: 'DateTime', nullable: true }),
      to: t.expose('to', { type: 'DateTime', nullable: true }),
    }),
  });
  const indicatorInput = builder.inputType('IndicatorInput', {
    fields: (t) => ({
      indicator: t.string({ required: true }),
      parameters: t.field({ type: [parameterInput], required: true }),
    }),
  });
  builder.queryFields((t) => ({
    instruments: t.field({ type: ['Instrument'], resolve: async (_root, _args, { marketData }) => [...(await marketData.instruments())] }),
    indicators: t.field({ type: ['IndicatorSpec'], resolve: (_root, _args, { marketData }) => [...marketData.indicatorSpecs()] }),
    series: t.field({
      type: 'Series',
      description: 'Bars up to now, or to `to`; with `from`, still at most `last` of them. Never a bar of the future.',
      args: {
        symbol: t.arg.string({ required: true }),
        timeframe: t.arg({ type: enums.timeframe, required: true, defaultValue: '1Day' }),
        last: t.arg.int({ required: true, defaultValue: 250 }),
        from: t.arg({ type: 'DateTime' }),
        to: t.arg({ type: 'DateTime' }),
        indicators: t.arg({ type: [indicatorInput], required: true, defaultValue: [] }),
      },
      resolve: (_root, args, context) => readSeries(args, context),
    }),
  }));
}

/** A parameter as text: numbers by their digits, choices by name. */
export function addParameterInput(builder: Builder) {
  return builder.inputType('ParameterInput', {
    fields: (t) => ({ name: t.string({ required: true }), value: t.string({ required: true }) }),
  });
}
