import { UsageError } from '../../backtest-flags.ts';
import type { BacktestRequest } from '../../kernel-run.ts';
import { formatTime } from '../../simulate.ts';
import { buildTimeline, cutSeries, type SymbolSeries } from '../../timeline.ts';
import type { BacktestOptions, BacktestResult, ParameterValues } from '../../types.ts';
import { keptBars, missingBars, priceGap, volatilitySpike } from './changed-bars.ts';

export interface StressOptions {
  /** When the spike, the gaps and the outage strike, in milliseconds since 1970 UTC; the middle of the base run's longest trade when absent. */
  readonly atMs?: number | undefined;
  /** Bars that the spike and the outage last; 20 and 5 when absent. */
  readonly spikeBars?: number | undefined;
  readonly outageBars?: number | undefined;
  /** Reruns with other values of parameters. */
  readonly parameters?: readonly ParameterValues[] | undefined;
  /** Reruns without the bars of a day, `2020-03-16`, in UTC. */
  readonly withoutDays?: readonly string[] | undefined;
}

/** One rerun: what is different, and the request; a note in its place where it would be the base run again. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly request: BacktestRequest | null;
  readonly note: string | null;
}

const SPIKE = 3;
const GAP = 0.1;
const MISSING = 0.05;
const SLIPPAGE = 3;
const SPREAD = 5;
const DAY_MS = 86_400_000;

/** The times of a request's bars. */
function timesOf({ series, from, to }: BacktestRequest): Float64Array {
  return buildTimeline(series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, from, to) }))).times;
}

/** The bar at which trouble strikes. */
function strikeBar(times: Float64Array, { trades }: BacktestResult, atMs: number | undefined): number {
  if (atMs !== undefined) {
    const found = times.findIndex((at) => at >= atMs);
    if (found < 0) throw new UsageError(`--at is ${formatTime(atMs)}, after the last bar`);
    return found;
  }
  const spans = trades.map(({ entryBar, exitBar }) => ({ entryBar, bars: (exitBar ?? times.length - 1) - entryBar }));
  const [longest] = spans.toSorted((a, b) => b.bars - a.bars);
  return longest === undefined ? times.length >>> 1 : longest.entryBar + (longest.bars >>> 1);
}

const withSeries = (base: BacktestRequest, series: readonly SymbolSeries[]): BacktestRequest => {
  // Finer bars are of the prices as they were, and the hash too.
  const { finerBars: _finer, dataHash: _hash, ...rest } = base;
  return { ...rest, series };
};

const withOptions = (base: BacktestRequest, options: Partial<BacktestOptions>): BacktestRequest => ({
  ...base,
  options: { ...base.options, ...options },
});

const scenario = (name: string, title: string, request: BacktestRequest): Scenario => ({ name, title, request, note: null });
const without = (name: string, title: string, note: string): Scenario => ({ name, title, request: null, note });

function costScenarios(base: BacktestRequest): readonly Scenario[] {
  const { slippageBps, spreadBps, fill } = base.options;
  const slippage = `slippage × ${SLIPPAGE}`;
  const spread = `spread × ${SPREAD}`;
  return [
    slippageBps > 0
      ? scenario('slippage', slippage, withOptions(base, { slippageBps: SLIPPAGE * slippageBps }))
      : without('slippage', slippage, 'the base run has no slippage: give --slippage-bps'),
    fill === 'spread' && spreadBps > 0
      ? scenario('spread', spread, withOptions(base, { spreadBps: SPREAD * spreadBps }))
      : without('spread', spread, 'the base run has no spread: give --fill spread and --spread-bps'),
    fill === 'same-close'
      ? scenario('late', 'trades one bar late', withOptions(base, { fill: 'next-open' }))
      : without('late', 'trades one bar late', 'orders fill at the next open already, and there is no later fill'),
  ];
}

function barScenarios(
  base: BacktestRequest,
  times: Float64Array,
  strike: number,
  { spikeBars = 20, outageBars = 5 }: StressOptions,
): readonly Scenario[] {
  const last = times.length - 1;
  const at = (bar: number): number => times[Math.min(last, bar)] ?? Number.NaN;
  const [begin, spikeEnd, outageEnd] = [at(strike), at(strike + spikeBars - 1), at(strike + outageBars - 1)];
  const when = formatTime(begin);
  const { series, options } = base;
  return [
    scenario(
      'spike',
      `moves to the power of ${SPIKE} for ${spikeBars} bars from ${when}`,
      withSeries(base, volatilitySpike(series, begin, spikeEnd, SPIKE)),
    ),
    scenario('gap-down', `a gap of −${GAP * 100} % at ${when}`, withSeries(base, priceGap(series, begin, -GAP))),
    scenario('gap-up', `a gap of +${GAP * 100} % at ${when}`, withSeries(base, priceGap(series, begin, GAP))),
    scenario('missing', `${MISSING * 100} % of the bars missing`, withSeries(base, missingBars(series, MISSING, options.seed))),
    scenario(
      'outage',
      `an outage of ${outageBars} bars from ${when}: no bar seen, nothing sent`,
      withSeries(
        base,
        keptBars(series, (atMs) => atMs < begin || atMs > outageEnd),
      ),
    ),
  ];
}

function dayScenario(base: BacktestRequest, times: Float64Array, day: string): Scenario {
  const from = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(from) || new Date(from).toISOString().slice(0, 10) !== day) {
    throw new UsageError(`--without is ${JSON.stringify(day)}; it must be a day like 2020-03-16`);
  }
  if (!times.some((at) => at >= from && at < from + DAY_MS)) throw new UsageError(`--without is ${day}, a day without bars`);
  const series = keptBars(base.series, (atMs) => atMs < from || atMs >= from + DAY_MS);
  return scenario(`without ${day}`, `without the bars of ${day}`, withSeries(base, series));
}

function parameterScenario(base: BacktestRequest, values: ParameterValues): Scenario {
  const told = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return scenario(`what if ${told.join(' ')}`, `with ${told.join(', ')}`, { ...base, parameters: { ...base.parameters, ...values } });
}

/**
 * What is run beside a base run: trouble in the bars, dearer trading, and what-ifs. Each is a request of its own, to be run anywhere. Prices of a
 * scenario are the base's with one thing changed. Throws `UsageError` for a time or a day that is not in the bars.
 */
export function stressScenarios(base: BacktestRequest, result: BacktestResult, options: StressOptions = {}): readonly Scenario[] {
  const times = timesOf(base);
  const strike = strikeBar(times, result, options.atMs);
  return [
    ...barScenarios(base, times, strike, options),
    ...costScenarios(base),
    ...(options.withoutDays ?? []).map((day) => dayScenario(base, times, day)),
    ...(options.parameters ?? []).map((values) => parameterScenario(base, values)),
  ];
}
