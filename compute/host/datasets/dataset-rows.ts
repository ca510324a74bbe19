import type { Feature } from '../features/feature.ts';
import { featureNamed } from '../features/registry.ts';
import { fixedHorizon } from '../labels/fixed-horizon.ts';
import { simpleReturn } from '../labels/labels.ts';
import type { Labels } from '../labels/labels.ts';
import { averageUniqueness, returnAttribution } from '../labels/sample-weights.ts';
import { metaLabels, tripleBarrier } from '../labels/triple-barrier.ts';
import type { SymbolSeries } from '../timeline.ts';
import { at } from '../rows-input.ts';
import type { LabelSpec } from './dataset-spec.ts';

/** Why bars are not rows. Each bar is counted under the first reason that holds. */
export interface Dropped {
  /** A feature has no value yet. */
  warmUp: number;
  /** A feature from elsewhere has no value. */
  missing: number;
  /** The label is not known by the end of the data, or the bar has none. */
  unlabelled: number;
  /** The triple barrier says 0: time ran out without a gain or a loss, or with any return where `atHorizon` is `zero`. */
  undecided: number;
  /** Its weight is 0: it is too old, or no price moved until its label's end. */
  weightless: number;
}

/** A bar that can be learnt from. */
export interface DatasetRow {
  readonly symbol: number;
  readonly bar: number;
  readonly label: number;
  /** The last bar that the label looks at. */
  readonly end: number;
  /** Simple return until the label's end, of the side that is taken and as the barrier pays it. */
  readonly gained: number;
  /** Simple return from the bar's close to the close of `end`, whatever the side. */
  readonly moved: number;
  readonly uniqueness: number;
  readonly attribution: number;
}

/** Columns of one symbol. */
export interface SymbolColumns {
  /** From elsewhere, with gaps. */
  readonly external: readonly Float64Array[];
  /** The first bar at which all features have a value. */
  readonly warmUp: number;
}

/** Features that a label needs beside those of the rows. */
export function featuresOfLabel(label: LabelSpec): readonly Feature[] {
  if (label.kind === 'fixed-horizon') return [];
  return (label.kind === 'meta' ? [label.volatility, label.side] : [label.volatility]).map(featureNamed);
}

/** `needed` are the columns of {@link featuresOfLabel}. */
export function labelsOf(spec: LabelSpec, { bars }: SymbolSeries, needed: readonly Float64Array[]): Labels {
  const [volatility = new Float64Array(), side = new Float64Array()] = needed;
  switch (spec.kind) {
    case 'fixed-horizon':
      return fixedHorizon(bars, spec);
    case 'triple-barrier':
      return tripleBarrier(bars, volatility, spec);
    case 'meta':
      return metaLabels(bars, volatility, spec, side.map(Math.sign));
  }
}

/** Throws where a feature breaks its law: a dataset that hid it would hide a fault of ours among the gaps of others. */
export function checkComputed(symbol: string, features: readonly Feature[], columns: readonly Float64Array[]): void {
  for (const [place, { name, warmUp }] of features.entries()) {
    const wrong = columns[place]?.findIndex((value, bar) => bar >= warmUp && !Number.isFinite(value)) ?? 0;
    if (wrong >= 0) throw new Error(`Invariant: ${name} of ${symbol} is ${columns[place]?.[wrong]} at bar ${wrong}, after its warm-up`);
  }
}

/** The rows of one symbol, in the order of its bars, and what was dropped. */
export function rowsOfSymbol(
  symbol: number,
  { bars }: SymbolSeries,
  { external, warmUp }: SymbolColumns,
  labels: Labels,
  classes: LabelSpec['kind'],
  dropped: Dropped,
): readonly DatasetRow[] {
  const kept: { bar: number; label: number }[] = [];
  for (let bar = 0; bar < bars.length; bar += 1) {
    const value = at(labels.values, bar);
    const undecided = classes === 'triple-barrier' && value === 0;
    if (bar < warmUp) dropped.warmUp += 1;
    else if (external.some((column) => Number.isNaN(at(column, bar)))) dropped.missing += 1;
    else if (Number.isNaN(value)) dropped.unlabelled += 1;
    else if (undecided) dropped.undecided += 1;
    else kept.push({ bar, label: classes === 'triple-barrier' ? (value > 0 ? 1 : 0) : value });
  }
  if (kept.length === 0) return [];
  const spans = { starts: Float64Array.from(kept, ({ bar }) => bar), ends: Float64Array.from(kept, ({ bar }) => at(labels.ends, bar)) };
  const unique = averageUniqueness(spans, bars.length);
  const attributed = returnAttribution(spans, bars.close);
  return kept.map(({ bar, label }, row) => ({
    symbol,
    bar,
    label,
    end: at(spans.ends, row),
    gained: at(labels.returns, bar),
    moved: simpleReturn(bars.close, bar, at(spans.ends, row)),
    uniqueness: at(unique, row),
    attribution: at(attributed, row),
  }));
}
