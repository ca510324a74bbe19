import { resolveParameters } from '@tidemark/compute';
import type { IndicatorSpec, ParameterValues } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import { listInstruments } from '../../instruments/service.ts';
import { sessionOn } from '../../instruments/calendar.ts';
import { barEndsAt } from '../../market-data/bar-end.ts';
import type { BarColumns } from '../../market-data/bar.ts';
import type { BarQuery, IndicatorColumn, IndicatorRequest, ListedInstrument, MarketDataReads } from '../../market-data/graphql.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { StoredBars } from './stored-bars.ts';

/** What the API needs of the indicator module. */
export interface IndicatorModule {
  readonly specs: readonly IndicatorSpec[];
  spec(name: string): IndicatorSpec;
  lookback(name: string, parameters: ParameterValues): number;
  compute(
    name: string,
    parameters: ParameterValues,
    series: BarColumns,
  ): readonly { readonly name: string; readonly values: Float64Array }[];
}

/** Bars that start before now and end after it: a day and a bit. */
const UNFINISHED_MAX = 2;
const WEEK_MS = 7 * 86_400_000;

function slice(bars: BarColumns, from: number, to: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.subarray(from, to);
  return {
    ...bars,
    length: to - from,
    startAtMs: cut(bars.startAtMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

const instantOf = (date: Date | undefined): Instant | undefined => (date === undefined ? undefined : instantFromMs(date.getTime()));

/** Only what is known at an instant: a bar is known at its end. */
function knownAt(bars: BarColumns, at: Instant): BarColumns {
  let { length } = bars;
  while (length > 0 && barEndsAt(bars.timeframe, instantFromMs(bars.startAtMs[length - 1] ?? 0)) > at) length -= 1;
  return slice(bars, 0, length);
}

/** Values by name; a choice also by its number, as other programs know it. */
const given = (spec: IndicatorSpec, parameters: IndicatorRequest['parameters']): ParameterValues =>
  Object.fromEntries(
    parameters.map(({ name, value }) => {
      const choices = spec.parameters.find((parameter) => parameter.name === name)?.choices;
      return [name, (/^\d+$/.test(value) ? choices?.[Number(value)] : undefined) ?? value];
    }),
  );

function columnsOf(indicators: IndicatorModule, { indicator, parameters }: IndicatorRequest, bars: BarColumns): readonly IndicatorColumn[] {
  const spec = indicators.spec(indicator);
  const { values } = resolveParameters(spec.name, spec.parameters, given(spec, parameters));
  const label = [spec.name, ...Object.values(values)].join('_');
  const outputs = indicators.compute(spec.name, values, bars);
  return outputs.map((output) => ({
    name: outputs.length === 1 ? label : `${label}.${output.name}`,
    values: output.values,
    pane: spec.ownPane?.includes(output.name) === true ? 'own' : spec.pane,
  }));
}

async function listed(db: Kysely<Database>, stored: StoredBars): Promise<readonly ListedInstrument[]> {
  const instruments = await listInstruments(db);
  return Promise.all(
    instruments.map(async (instrument) => {
      const span = await stored.spanOf(instrument.symbol, '1Day');
      return { ...instrument, bars: span?.bars ?? 0, from: instantOf(span?.from), to: instantOf(span?.to) };
    }),
  );
}

/** Bars and indicators for charts, never of the future of `now`. */
export function marketDataOf(db: Kysely<Database>, stored: StoredBars, indicators: IndicatorModule, now: () => Instant): MarketDataReads {
  const bars = async ({ to, last, ...query }: BarQuery): Promise<BarColumns> => {
    const until = to === undefined || to > now() ? now() : to;
    const known = knownAt(await stored.read({ ...query, to: until, last: last === undefined ? undefined : last + UNFINISHED_MAX }), until);
    return last === undefined || known.length <= last ? known : slice(known, known.length - last, known.length);
  };
  /** A session's previous close does not change while it lasts, and every price asks for it. */
  const closes = new Map<string, { readonly sessionDate: string | undefined; readonly close: Promise<number | undefined> }>();
  const closeBefore = async (symbol: string, sessionDate: string | undefined): Promise<number | undefined> => {
    const session = sessionDate === undefined ? undefined : sessionOn(sessionDate);
    if (session === undefined) return undefined;
    const read = await bars({ symbol, timeframe: '1Day', from: undefined, to: session.openAt, last: 1 });
    return read.close[0];
  };
  const lookup = ({ indicator, parameters }: IndicatorRequest): number => {
    const spec = indicators.spec(indicator);
    const { values } = resolveParameters(spec.name, spec.parameters, given(spec, parameters));
    return indicators.lookback(spec.name, values);
  };
  return {
    bars,
    instruments: () => listed(db, stored),
    indicatorSpecs: () => indicators.specs,
    indicatorWarmUp: lookup,
    indicatorColumns: (request, columns) => columnsOf(indicators, request, columns),
    dailyCloses: async (symbol, from, to) => {
      const read = await bars({ symbol, timeframe: '1Day', from: instantFromMs(from - WEEK_MS), to, last: undefined });
      return Array.from({ length: read.length }, (_, row) => ({
        at: barEndsAt('1Day', instantFromMs(read.startAtMs[row] ?? 0)),
        close: read.close[row] ?? Number.NaN,
      }));
    },
    closeBeforeSession: (symbol, sessionDate) => {
      const known = closes.get(symbol);
      if (known !== undefined && known.sessionDate === sessionDate) return known.close;
      const close = closeBefore(symbol, sessionDate);
      closes.set(symbol, { sessionDate, close });
      close.catch(() => closes.delete(symbol));
      return close;
    },
  };
}
