import type { BlockOptions, Statistics } from '../statistics.ts';

export interface ConeOptions extends BlockOptions {
  /** The same seed gives the same bytes. */
  readonly seed: number;
  /** Paths; 1,000 when absent. */
  readonly paths?: number;
  /** Bars that each path is long; as many as there are returns when absent, at most those. */
  readonly bars?: number;
  /** Points in time at which percentiles are told, the last bar among them; 50 when absent. */
  readonly points?: number;
  /** Shares from 0 to 1; 0.05, 0.25, 0.5, 0.75 and 0.95 when absent. */
  readonly shares?: readonly number[];
}

/** Where resampled accounts stand over time, as multiples of the equity at the start. */
export interface Cone {
  readonly method: string;
  readonly seed: number;
  readonly paths: number;
  readonly shares: readonly number[];
  /** `bar` counts from 1; a value for each share, quantiles by linear interpolation. */
  readonly points: readonly { readonly bar: number; readonly wealth: readonly number[] }[];
  /** Share of the paths that end below where they began. */
  readonly lossShare: number;
}

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Values that are kept: paths × points. */
const VALUES_MAX = 20_000_000;

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(place)] ?? Number.NaN) - low) * (place - Math.floor(place));
}

function checkCone(returns: Float64Array, paths: number, bars: number, points: number, shares: readonly number[]): void {
  const whole = [paths, bars, points].every((value) => Number.isSafeInteger(value) && value >= 1);
  if (!whole || bars > returns.length) {
    throw new RangeError(
      `a cone of ${paths} paths, ${bars} bars and ${points} points over ${returns.length} returns: give whole numbers from 1, and no more bars than returns`,
    );
  }
  if (paths * points > VALUES_MAX) throw new RangeError(`${paths} paths × ${points} points do not fit: take fewer`);
  if (shares.some((share) => !(share >= 0 && share <= 1)))
    throw new RangeError(`shares are ${shares.join(', ')}; each must be from 0 to 1`);
}

/**
 * The cone of an account whose returns are drawn anew: `stationary` and `circular` blocks for a bootstrap, `independent` for a Monte Carlo of single
 * bars, `permutation` for the same returns in another order (all paths of it end where the account did).
 */
export function coneOf(returns: Float64Array, options: ConeOptions, statistics: Pick<Statistics, 'resample'>): Cone {
  const { seed, method = 'stationary', paths = 1000, bars = returns.length, shares = SHARES } = options;
  const count = Math.min(options.points ?? 50, bars);
  checkCone(returns, paths, bars, count, shares);
  const ends = Array.from({ length: count }, (_, point) => Math.round(((point + 1) * bars) / count));
  const wealth = ends.map(() => new Float64Array(paths));
  const blocks = options.blockLength === undefined ? {} : { blockLength: options.blockLength };
  for (let path = 0; path < paths; path += 1) {
    const drawn = statistics.resample(returns, { seed, path, method, ...blocks });
    let value = 1;
    let bar = 0;
    for (const [point, end] of ends.entries()) {
      for (; bar < end; bar += 1) value *= 1 + (drawn[bar] ?? 0);
      const column = wealth[point];
      if (column !== undefined) column[path] = value;
    }
  }
  const lossShare = (wealth.at(-1) ?? new Float64Array()).reduce((lost, value) => lost + Number(value < 1), 0) / paths;
  const points = ends.map((bar, point) => {
    const sorted = (wealth[point] ?? new Float64Array()).toSorted();
    return { bar, wealth: shares.map((share) => quantile(sorted, share)) };
  });
  return { method, seed, paths, shares, points, lossShare };
}
