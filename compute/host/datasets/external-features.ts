import { at, checkLength } from '../rows-input.ts';
import type { SymbolSeries } from '../timeline.ts';
import { DatasetError } from './dataset-spec.ts';
import type { ExternalFeature } from './dataset-spec.ts';

/** What the bars do not say. */
export interface DatasetExtras {
  readonly features: readonly ExternalFeature[];
  /** By symbol: how long after its start a bar's close is known, and a decision made. */
  readonly closedAfterMs: Readonly<Record<string, number>>;
}

export const NO_EXTRAS: DatasetExtras = { features: [], closedAfterMs: {} };

/** Names of the columns from elsewhere, in rising order. */
export const externalNames = ({ features }: DatasetExtras): readonly string[] => [...new Set(features.map(({ name }) => name))].toSorted();

/**
 * The columns of one symbol, not-a-number where there is no value. Throws a {@link DatasetError} where one is missing or infinite, or where a value was not known yet
 * at the close of its bar: whoever learns from it learns from the future.
 */
export function externalColumns(series: SymbolSeries, extras: DatasetExtras): readonly Float64Array[] {
  const names = externalNames(extras);
  if (names.length === 0) return [];
  const closedAfterMs = closedAfter(series, extras);
  return names.map((name) => {
    const [feature, second] = extras.features.filter((each) => each.name === name && each.symbol === series.symbol);
    if (feature === undefined) throw new DatasetError(`The feature ${name} has no values for ${series.symbol}: give a column a symbol.`);
    if (second !== undefined) throw new DatasetError(`The feature ${name} of ${series.symbol} is there twice: leave one out.`);
    checkColumn(feature, series, closedAfterMs);
    return feature.values;
  });
}

/** Throws where the next bar starts before: its decision would be made with what comes later. */
function closedAfter({ symbol, bars }: SymbolSeries, { closedAfterMs }: DatasetExtras): number {
  const afterMs = Object.hasOwn(closedAfterMs, symbol) ? closedAfterMs[symbol] : undefined;
  if (afterMs === undefined) throw new DatasetError(`There is no closedAfterMs for ${symbol}: say how long its bars take to close.`);
  if (!(afterMs >= 0 && afterMs < Infinity))
    throw new DatasetError(`closedAfterMs of ${symbol} is ${afterMs}, but must be a number of at least 0.`);
  const late = bars.startAtMs.findIndex((atMs, bar) => bar > 0 && atMs < at(bars.startAtMs, bar - 1) + afterMs);
  if (late < 0) return afterMs;
  throw new DatasetError(
    `closedAfterMs of ${symbol} is ${afterMs}, but bar ${late} starts before the one before it would close: give the length of a bar, or less.`,
  );
}

function checkColumn({ name, values, knownAtMs }: ExternalFeature, { symbol, bars }: SymbolSeries, closedAfterMs: number): void {
  checkLength(name, 'values', values, bars.length);
  checkLength(name, 'knownAtMs', knownAtMs, bars.length);
  for (let bar = 0; bar < bars.length; bar += 1) {
    const value = at(values, bar);
    if (Number.isNaN(value)) continue;
    if (!Number.isFinite(value)) {
      throw new DatasetError(
        `The feature ${name} of ${symbol} is ${value} for bar ${bar}: give a finite number, or NaN where there is none.`,
      );
    }
    const decidedAtMs = at(bars.startAtMs, bar) + closedAfterMs;
    if (at(knownAtMs, bar) <= decidedAtMs) continue;
    throw new DatasetError(
      `The feature ${name} of ${symbol} leaks: its value for bar ${bar} was known at ${timeText(at(knownAtMs, bar))}, after the decision at ${timeText(decidedAtMs)}. Give each bar what was known by then.`,
    );
  }
}

const timeText = (atMs: number): string => (Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs));
