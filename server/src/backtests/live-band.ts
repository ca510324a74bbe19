import { coneOf } from '@tidemark/compute/optimisation';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult, WishMeasure } from '@tidemark/compute/types';
import { toNumber } from '../money/fixed.ts';
import type { SizePolicy } from '../strategies/strategy.ts';
import { SAMPLE_MIN } from './report/headline.ts';
import { blockLengthFor, pathsFor } from './report/resampled-equity.ts';
import { measuredReturns } from './run-cone.ts';

/** What a band asks of the live side. */
export interface LiveGains {
  /** Start of the first bar that the strategy was asked about, in milliseconds. */
  readonly firstBarAt: number;
  /** In dollars, when it began. */
  readonly capital: number;
  /** Share of equity that its configuration gives it; its size policy was written for that. */
  readonly allocation: number;
  readonly size: SizePolicy;
  /** Gained at each bar after the first, as fractions of the capital. */
  readonly gained: readonly number[];
}

/** A bar at which the band is told; the first is the beginning, where nothing is gained yet. */
export interface BandPoint {
  /** Bars since the first one. */
  readonly bar: number;
  /** Gained by then, as fractions of capital: live, and what each of the shares of the stretches stays below. */
  readonly gained: number;
  readonly levels: readonly number[];
}

export type BandPlace = 'inside' | 'above' | 'below';

export interface Band {
  /** What a return of the run is worth as a return of the strategy's capital. */
  readonly scale: number;
  /** Returns of the run that were drawn from: those of before the strategy began. */
  readonly returns: number;
  readonly paths: number;
  readonly blockLength: number;
  readonly seed: number;
  readonly shares: readonly number[];
  readonly points: readonly BandPoint[];
  /** Part of the stretches that gained less than the strategy, those equal to it counted half. */
  readonly percentile: number;
  /** By the widest levels, exactly at one is inside. */
  readonly place: BandPlace;
}

export type BandOutcome = Band | { readonly reason: string };

/** Gains closer than this are the same: a tenth of a millionth of a percent. */
const SAME = 1e-9;
const POINTS = 100;

/** The measures that a run's wishes count in; empty where it wished for nothing. */
const measuresOf = ({ decisions }: Pick<BacktestResult, 'decisions'>): ReadonlySet<WishMeasure> =>
  new Set(decisions.filter(({ kind, amount }) => kind !== 'cancel' && kind !== 'protect' && amount !== 0).map(({ measure }) => measure));

function exposureScale({ size, allocation, capital }: LiveGains, { options }: Pick<BacktestResult, 'options'>): number | string {
  if (options.size.kind === 'units' || size.kind === 'units') {
    if (options.size.kind !== 'units' || size.kind !== 'units')
      return 'the backtest sizes by units and the strategy by equity, or the other way round';
    return (toNumber(size.units) * options.cash) / (options.size.units * capital);
  }
  return toNumber(size.fraction) / allocation / (options.size.kind === 'all' ? 1 : options.size.fraction);
}

/** How large the strategy trades beside its capital, over how large the run did beside its cash; or why nobody can tell. */
export function scaleOf(live: LiveGains, run: Pick<BacktestResult, 'options' | 'decisions'>): number | string {
  const [measure = 'exposure', ...others] = measuresOf(run);
  if (others.length > 0) return 'the backtest counts its orders in more than one measure';
  switch (measure) {
    case 'exposure':
      return exposureScale(live, run);
    case 'weight':
      return 1 / live.allocation;
    case 'units':
    case 'notional':
      return run.options.cash / live.capital;
  }
}

/** The returns of a run at bars that begin before an instant; all else was not known when the strategy began. */
function returnsBefore(run: Pick<BacktestResult, 'equity' | 'options'>, before: number): Float64Array | string {
  const own = measuredReturns(run);
  if (own.returns === undefined || own.unmeasurable !== undefined) return own.unmeasurable ?? 'there are no returns';
  const known = own.returns.subarray(0, run.equity.filter(({ time }) => Date.parse(time) < before).length);
  if (known.length < SAMPLE_MIN) return `fewer than ${SAMPLE_MIN} returns of the backtest are of before the strategy began`;
  return known.every((each) => each === 0) ? 'equity of the backtest never moved' : known;
}

/** The place of a gain among stretches of so many bars; each is drawn as the band's. */
function percentileOf(
  returns: Float64Array,
  gained: number,
  {
    bars,
    seed,
    paths,
    blockLength,
  }: { readonly bars: number; readonly seed: number; readonly paths: number; readonly blockLength: number },
  statistics: Pick<Statistics, 'resample'>,
): number {
  let below = 0;
  for (let path = 0; path < paths; path += 1) {
    const drawn = statistics.resample(returns, { seed, path, method: 'stationary', blockLength });
    let value = 1;
    for (let bar = 0; bar < bars; bar += 1) value *= 1 + (drawn[bar] ?? 0);
    const apart = value - 1 - gained;
    if (Math.abs(apart) <= SAME) below += 0.5;
    else if (apart < 0) below += 1;
  }
  return below / paths;
}

function placeOf(gained: number, levels: readonly number[]): BandPlace {
  const [low = Number.NaN, high = Number.NaN] = [levels.at(0), levels.at(-1)];
  if (gained < low - SAME) return 'below';
  return gained > high + SAME ? 'above' : 'inside';
}

/**
 * The band in which a backtest let its strategy end after so many bars, as a share of the strategy's capital: the stationary bootstrap of the run's returns that
 * draws its cone too, by the run's own seed, over those bars of the run that begin before the strategy began.
 */
export function bandOf(run: BacktestResult, live: LiveGains, statistics: Pick<Statistics, 'resample'>): BandOutcome {
  const bars = live.gained.length;
  const last = live.gained.at(-1);
  if (last === undefined) return { reason: 'no whole bar has passed since it was first asked' };
  const known = returnsBefore(run, live.firstBarAt);
  if (typeof known === 'string') return { reason: known };
  if (bars > known.length) return { reason: `it has traded over ${bars} bars, the backtest over ${known.length}` };
  const scale = scaleOf(live, run);
  if (typeof scale === 'string') return { reason: scale };
  // Capital that is lost is lost: an account cannot lose more than all of it in a bar.
  const returns = known.map((each) => Math.max(-1, each * scale));
  const { seed } = run.options;
  const draws = { seed, bars, paths: pathsFor(returns.length), blockLength: blockLengthFor(returns.length) };
  const { shares, points: drawn } = coneOf(returns, { ...draws, points: POINTS, method: 'stationary' }, statistics);
  const points = drawn.map(({ bar, wealth }): BandPoint => ({
    bar,
    gained: live.gained[bar - 1] ?? Number.NaN,
    levels: wealth.map((each) => each - 1),
  }));
  return {
    scale,
    returns: returns.length,
    paths: draws.paths,
    blockLength: draws.blockLength,
    seed,
    shares,
    points: [{ bar: 0, gained: 0, levels: shares.map(() => 0) }, ...points],
    percentile: percentileOf(returns, last, draws, statistics),
    place: placeOf(last, points.at(-1)?.levels ?? []),
  };
}
