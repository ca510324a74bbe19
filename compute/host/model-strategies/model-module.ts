import { ParameterError } from '../errors.ts';
import { at } from '../rows-input.ts';
import { writeSlice } from '../strategy.ts';
import { readText, viewFloats, type StrategyExports } from '../strategy-abi.ts';
import { guarded, openModule } from '../strategy-module.ts';
import { buildTimeline, type SymbolSeries } from '../timeline.ts';
import type { ParameterValues, SliceBar, StrategyModule } from '../types.ts';

/** In the order of their numbers in `assembly/models/model-strategy.ts`. */
const VERDICTS = ['unknown', 'abstain', 'long', 'short', 'out'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a module that carries a model exports besides. */
interface ModelExports extends StrategyExports {
  modelFeatureCount(): number;
  modelFeature(index: number): number;
  modelRow(symbol: number): number;
  modelScore(symbol: number): number;
  modelVerdict(symbol: number): number;
  modelReason(symbol: number): number;
}

const FUNCTIONS = ['modelFeatureCount', 'modelFeature', 'modelRow', 'modelScore', 'modelVerdict', 'modelReason'] as const;

/** What the module sees and says at a bar. */
export interface Observation {
  readonly atMs: number;
  /** Index of the symbol, and of its bar. */
  readonly symbol: number;
  readonly bar: number;
  /** The features as the module computed them, in the order of the model; not-a-number where there is no value yet. */
  readonly row: Float64Array;
  /** The probability or value; not-a-number where a feature has no value. */
  readonly score: number;
  /** What it comes to at this bar, whatever was decided before. */
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Of one symbol at its newest bar. */
export type Seen = Pick<Observation, 'row' | 'score' | 'verdict' | 'reason'>;

export interface ModelModule {
  /** Names with versions, in the order of a row. */
  readonly features: readonly string[];
  /** Bars before the first prediction. */
  readonly warmUp: number;
  /** From bar to bar of all symbols, in the order of time; once. */
  readonly observe: () => Iterable<Observation>;
}

function isModelModule(exports: StrategyExports): exports is ModelExports {
  return FUNCTIONS.every((name) => name in exports);
}

/** What a module with a model says besides of its newest bars. Throws a ParameterError for a module without one. */
export function modelIn(
  module: StrategyModule,
  exports: StrategyExports,
): { readonly features: readonly string[]; readonly seenOf: (symbol: number) => Seen } {
  if (!isModelModule(exports))
    throw new ParameterError(module.description.name, 'module', module.version, 'one that carries a model, which `tidemark train` makes');
  const features = Array.from({ length: exports.modelFeatureCount() }, (_, index) => readText(exports.memory, exports.modelFeature(index)));
  return { features, seenOf: (symbol) => seenBy(exports, symbol, features.length) };
}

/** Opens a module that carries a model over series. Throws a ParameterError for a module without one, and what opening a strategy throws. */
export function openModelModule(module: StrategyModule, series: readonly SymbolSeries[], parameters: ParameterValues = {}): ModelModule {
  const { exports, warmUp } = openModule(module, parameters, series.length);
  const { features, seenOf } = modelIn(module, exports);
  return { features, warmUp, observe: () => observations(exports, series, seenOf) };
}

function* observations(exports: StrategyExports, series: readonly SymbolSeries[], seenOf: (symbol: number) => Seen): Iterable<Observation> {
  const { times, bars } = buildTimeline(series);
  const none = series.map(() => 0);
  for (const [slice, atMs] of times.entries()) {
    const places = series.map((_, symbol) => (bars === undefined ? slice : at(bars, slice * series.length + symbol)));
    const shown = { atMs, bars: places.map((bar, symbol) => barOf(series[symbol], bar)), positions: none, cash: 0, equity: 0 };
    guarded('on a bar', () => {
      writeSlice(exports, shown, series.length);
      exports.onBars();
    });
    for (const [symbol, bar] of places.entries()) if (bar >= 0) yield { atMs, symbol, bar, ...seenOf(symbol) };
  }
}

function barOf(series: SymbolSeries | undefined, bar: number): SliceBar | undefined {
  if (series === undefined || bar < 0) return undefined;
  const { open, high, low, close, volume } = series.bars;
  return { open: at(open, bar), high: at(high, bar), low: at(low, bar), close: at(close, bar), volume: at(volume, bar) };
}

function seenBy(exports: ModelExports, symbol: number, features: number): Seen {
  return guarded('when asked what it sees', () => ({
    row: viewFloats(exports.memory, exports.modelRow(symbol), features).slice(),
    score: exports.modelScore(symbol),
    verdict: VERDICTS[exports.modelVerdict(symbol)] ?? 'unknown',
    reason: readText(exports.memory, exports.modelReason(symbol)),
  }));
}
