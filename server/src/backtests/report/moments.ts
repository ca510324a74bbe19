/** Moments and quantiles of a sample. NaN where there are too few values. */

export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Mean of a power of the distance from the mean, divided by n. */
function centralMoment(values: Float64Array, mean: number, power: 2 | 3 | 4): number {
  let sum = 0;
  for (const value of values) {
    const distance = value - mean;
    const square = distance * distance;
    sum += power === 2 ? square : power === 3 ? square * distance : square * square;
  }
  return sum / values.length;
}

/** Sample standard deviation (ddof 1). A constant series is 0, whatever rounding says. */
export function deviationOf(values: Float64Array): number {
  const [first] = values;
  if (values.length > 1 && values.every((value) => value === first)) return 0;
  return Math.sqrt((centralMoment(values, meanOf(values), 2) * values.length) / (values.length - 1));
}

export interface Shape {
  /** Third standardised moment, of the population (g1). */
  readonly skewBiased: number;
  /** Corrected for the sample's size (G1), as spreadsheets and pandas give it. */
  readonly skew: number;
  /** Fourth standardised moment, of the population: 3 for a normal distribution. */
  readonly kurtosisBiased: number;
  /** Excess over the normal distribution, corrected for the sample's size (G2). */
  readonly excessKurtosis: number;
}

/** Skew and kurtosis. NaN for a constant series, and where there are fewer than four values. */
export function shapeOf(values: Float64Array): Shape {
  const n = values.length;
  const mean = meanOf(values);
  const variance = deviationOf(values) === 0 ? Number.NaN : centralMoment(values, mean, 2);
  const skewBiased = centralMoment(values, mean, 3) / variance ** 1.5;
  const kurtosisBiased = centralMoment(values, mean, 4) / (variance * variance);
  const enough = n > 3 ? 1 : Number.NaN;
  return {
    skewBiased,
    skew: ((enough * Math.sqrt(n * (n - 1))) / (n - 2)) * skewBiased,
    kurtosisBiased,
    excessKurtosis: ((enough * (n - 1)) / ((n - 2) * (n - 3))) * ((n + 1) * (kurtosisBiased - 3) + 6),
  };
}

/** Quantile by linear interpolation between order statistics; `sorted` ascends. NaN for none. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

/** Historical value at risk and expected shortfall at a confidence, as returns: losses are negative. */
export interface TailRisk {
  readonly valueAtRisk: number;
  /** Mean of the returns up to and including the order statistic below the quantile. */
  readonly expectedShortfall: number;
}

export function tailRiskOf(sorted: Float64Array, confidence: number): TailRisk {
  const share = 1 - confidence;
  const count = Math.floor((sorted.length - 1) * share) + 1;
  return { valueAtRisk: quantileOf(sorted, share), expectedShortfall: meanOf(sorted.subarray(0, count)) };
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Bins of equal width over all values; the last one includes its upper edge. */
export function histogramOf(sorted: Float64Array, bins: number): readonly Bin[] {
  const [low = Number.NaN] = sorted;
  const high = sorted.at(-1) ?? Number.NaN;
  const width = (high - low) / bins;
  if (!(width > 0)) return [];
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }));
}
