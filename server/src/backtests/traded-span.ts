import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import type { BacktestRequest } from '@tidemark/compute';
import type { BacktestOptions, BarSeries, StrategyModule } from '@tidemark/compute/types';
import type { BarSlice } from '../engine/events.ts';
import type { StrategyFill } from '../engine/strategy-results.ts';
import type { Bar } from '../market-data/bar.ts';
import { toNumber } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { StrategyConfig, Wished } from '../strategies/strategy.ts';

/** A bar that a strategy was asked about, with what it held and what it answered; no answer where none was recorded. */
export interface AskedBar extends BarSlice {
  /** By symbol of the configuration, in its order. */
  readonly holding: readonly number[];
  readonly equity: number;
  readonly decided: readonly Wished[] | undefined;
}

/** What a strategy did on the account since it was last switched on or configured. */
export interface TradedSpan {
  readonly config: StrategyConfig;
  /** Bars that its module was fed without being asked. */
  readonly fed: readonly BarSlice[];
  readonly asked: readonly AskedBar[];
  /** Of its orders, at any time. */
  readonly fills: readonly StrategyFill[];
}

export const startOf = ({ bars }: BarSlice): Instant | undefined => bars[0]?.startAt;

/** Every bar once, in order: what the module has seen. */
export function slicesOf({ fed, asked }: TradedSpan): readonly BarSlice[] {
  const byStart = new Map<number, BarSlice>();
  for (const slice of [...fed, ...asked]) {
    const start = startOf(slice);
    if (start !== undefined) byStart.set(start, slice);
  }
  return [...byStart].toSorted(([left], [right]) => left - right).map(([, slice]) => slice);
}

function columnsOf(bars: readonly Bar[]): BarSeries {
  const column = (read: (bar: Bar) => number): Float64Array => Float64Array.from(bars, read);
  return {
    length: bars.length,
    startAtMs: column(({ startAt }) => startAt),
    open: column(({ open }) => open),
    high: column(({ high }) => high),
    low: column(({ low }) => low),
    close: column(({ close }) => close),
    volume: column(({ volume }) => volume),
  };
}

/** As the account traded: its equity at the first question, the strategy's own size, orders at the next open. Fees are left out: prices are compared. */
function optionsFor({ config, asked }: TradedSpan): BacktestOptions {
  const { size, wholeUnits } = config;
  return {
    ...DEFAULT_BACKTEST_OPTIONS,
    cash: asked[0]?.equity ?? DEFAULT_BACKTEST_OPTIONS.cash,
    commissionRate: 0,
    size:
      size.kind === 'units'
        ? { kind: 'units', units: toNumber(size.units) }
        : { kind: 'equity', fraction: toNumber(size.fraction), at: 'signal' },
    wholeUnits,
  };
}

/** The backtest over the very bars that the module was fed and asked about. */
export function requestFor(span: TradedSpan, module: StrategyModule): BacktestRequest {
  const slices = slicesOf(span);
  const series = span.config.symbols.map((symbol) => ({
    symbol,
    bars: columnsOf(slices.flatMap(({ bars }) => bars.filter((bar) => bar.symbol === symbol))),
  }));
  return { module, parameters: span.config.parameters, series: series.filter(({ bars }) => bars.length > 0), options: optionsFor(span) };
}
