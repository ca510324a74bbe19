import type { SymbolSeries } from '../timeline.ts';
import { at, checkLength } from '../rows-input.ts';
import { DatasetError } from './dataset-spec.ts';
import type { ExternalFeature } from './dataset-spec.ts';

/** What the bars do not say. */
export interface DatasetExtras {
  readonly features: readonly ExternalFeature[];
  /** How long after its start a bar's close is known, and a decision made. */
  readonly closedAfterMs: number;
}

export const NO_EXTRAS: DatasetExtras = { features: [], closedAfterMs: 0 };

/** Names of the columns from elsewhere, in rising order. */
export const externalNames = ({ features }: DatasetExtras): readonly string[] => [...new Set(features.map(({ name }) => name))].toSorted();

/**
 * The columns of one symbol. Throws a {@link DatasetError} where one is missing, or where a value was not known yet at the close of its bar: whoever learns from it
 * learns from the future.
 */
export function externalColumns({ symbol, bars }: SymbolSeries, extras: DatasetExtras): readonly Float64Array[] {
  return externalNames(extras).map((name) => {
    const [feature, second] = extras.features.filter((each) => each.name === name && each.symbol === symbol);
    if (feature === undefined) throw new DatasetError(`The feature ${name} has no values for ${symbol}: give a column a symbol.`);
    if (second !== undefined) throw new DatasetError(`The feature ${name} of ${symbol} is there twice: leave one out.`);
    const { values, knownAtMs } = feature;
    checkLength(name, 'values', values, bars.length);
    checkLength(name, 'knownAtMs', knownAtMs, bars.length);
    for (let bar = 0; bar < bars.length; bar += 1) {
      const decidedAtMs = at(bars.startAtMs, bar) + extras.closedAfterMs;
      if (Number.isNaN(at(values, bar)) || at(knownAtMs, bar) <= decidedAtMs) continue;
      throw new DatasetError(
        `The feature ${name} of ${symbol} leaks: its value for bar ${bar} was known at ${timeText(at(knownAtMs, bar))}, after the decision at ${timeText(decidedAtMs)}. Give each bar what was known by then.`,
      );
    }
    return values;
  });
}

const timeText = (atMs: number): string => (Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs));
