import { featuresOfLabel, labelsOf } from '../datasets/dataset-rows.ts';
import type { LabelSpec } from '../datasets/dataset-spec.ts';
import { computeFeatures } from '../features/registry.ts';
import type { Indicators } from '../indicators.ts';
import { at } from '../rows-input.ts';
import { openStrategy, type StrategySetup } from '../strategy.ts';
import { guarded } from '../strategy-module.ts';
import type { BarSeries, Slice, SliceBar, SliceWish, StrategyModule } from '../types.ts';
import { decodeAny, ModelFileError, featuresOf } from './any-model.ts';
import { modelIn, type Seen } from './model-module.ts';
import { explainAny, type RowExplanation } from './predictions.ts';

/** What the model of a module says of one symbol's bar, and why. */
export interface WatchedPrediction extends Seen {
  /** Index of the symbol. */
  readonly symbol: number;
  /** Bars of the symbol before this one. */
  readonly age: number;
  /** None where there is no prediction. */
  readonly explanation: RowExplanation | undefined;
}

export interface WatchedAnswer {
  readonly wishes: readonly SliceWish[];
  /** One for each symbol with a bar in the slice. */
  readonly predictions: readonly WatchedPrediction[];
}

/** A bar of which the outcome is asked for. */
export interface PendingBar {
  readonly symbol: number;
  readonly startAtMs: number;
}

/** What came of a bar, by the label of the model's training. */
export interface BarOutcome extends PendingBar {
  /** 0 or 1, or the value that was to be predicted; `null` where the triple barrier says neither. */
  readonly label: number | null;
  /** Simple return until the label's end, of the side that is taken. */
  readonly gained: number;
  /** Start of the last bar that the label looks at. */
  readonly endsAtMs: number;
}

/** A module that trades, made to answer again, with what its model says meanwhile. */
export interface WatchedModule {
  readonly version: string;
  /** Bars before the first prediction. */
  readonly warmUp: number;
  readonly onBars: (slice: Slice) => WatchedAnswer;
  /** Outcomes of those bars of which they are known by the bars so far. Bars that are too old, or that it was not fed, are left out. */
  readonly outcomes: (label: LabelSpec, pending: readonly PendingBar[]) => readonly BarOutcome[];
}

/** Bars of each symbol that are kept for labels and the features that they need. */
const BARS_KEPT = 2_000;

interface KeptBar extends SliceBar {
  readonly startAtMs: number;
}

/** Throws a {@link ModelFileError} where the module does not carry this model, and what opening a strategy throws. */
export function openWatchedModule(
  module: StrategyModule,
  setup: StrategySetup,
  modelBytes: Uint8Array,
  indicators: Indicators,
): WatchedModule {
  const model = decodeAny(modelBytes);
  const strategy = openStrategy(module, setup);
  const { features, seenOf } = modelIn(module, strategy.exports);
  if (features.join() !== featuresOf(model).join())
    throw new ModelFileError(
      `The module computes ${features.join(', ')}, and the model takes ${featuresOf(model).join(', ')}: they do not belong together.`,
    );
  const kept: KeptBar[][] = setup.symbols.map(() => []);
  const ages = setup.symbols.map(() => 0);

  const predictionOf = (symbol: number): WatchedPrediction => {
    const seen = guarded('when asked what it sees', () => seenOf(symbol));
    const age = ages[symbol] ?? 0;
    ages[symbol] = age + 1;
    return { symbol, age, ...seen, explanation: Number.isFinite(seen.score) ? explainAny(model, seen.row) : undefined };
  };
  return {
    version: module.version,
    warmUp: strategy.warmUp,
    onBars: (slice) => {
      const wishes = strategy.onBars(slice);
      const present = setup.symbols.flatMap((_, symbol) => {
        const bar = slice.bars[symbol];
        if (bar === undefined) return [];
        keep(kept[symbol], { ...plainBar(bar), startAtMs: slice.atMs });
        return [symbol];
      });
      return { wishes, predictions: present.map(predictionOf) };
    },
    outcomes: (label, pending) =>
      [...Map.groupBy(pending, ({ symbol }) => symbol)].flatMap(([symbol, bars]) =>
        outcomesOf(label, kept[symbol] ?? [], bars, indicators),
      ),
  };
}

const plainBar = ({ open, high, low, close, volume }: SliceBar): SliceBar => ({ open, high, low, close, volume });

/** Old ones are let go many at a time. */
function keep(bars: KeptBar[] | undefined, bar: KeptBar): void {
  bars?.push(bar);
  if (bars !== undefined && bars.length >= 2 * BARS_KEPT) bars.splice(0, bars.length - BARS_KEPT);
}

function outcomesOf(
  spec: LabelSpec,
  kept: readonly KeptBar[],
  pending: readonly PendingBar[],
  indicators: Indicators,
): readonly BarOutcome[] {
  const bars = seriesOf(kept);
  const labels = labelsOf(spec, { symbol: '', bars }, computeFeatures(featuresOfLabel(spec), bars, indicators));
  const places = new Map(kept.map(({ startAtMs }, place) => [startAtMs, place]));
  return pending.flatMap((bar) => {
    const place = places.get(bar.startAtMs) ?? -1;
    const [value, end] = [at(labels.values, place), at(labels.ends, place)];
    if (Number.isNaN(value) || Number.isNaN(end)) return [];
    const label = spec.kind !== 'triple-barrier' ? value : value === 0 ? null : Number(value > 0);
    return [{ ...bar, label, gained: at(labels.returns, place), endsAtMs: at(bars.startAtMs, end) }];
  });
}

function seriesOf(kept: readonly KeptBar[]): BarSeries {
  const column = (of: (bar: KeptBar) => number): Float64Array => Float64Array.from(kept, of);
  return {
    length: kept.length,
    startAtMs: column(({ startAtMs }) => startAtMs),
    open: column(({ open }) => open),
    high: column(({ high }) => high),
    low: column(({ low }) => low),
    close: column(({ close }) => close),
    volume: column(({ volume }) => volume),
  };
}
