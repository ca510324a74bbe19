import { UsageError, parseBacktestFlags } from '../backtest-flags.ts';
import { readBarsCsv } from '../csv.ts';
import { featureNamed } from '../features/registry.ts';
import { cutSeries, type SymbolSeries } from '../timeline.ts';
import { DatasetError, type DatasetSpec, type LabelSpec, type SplitSpec } from './dataset-spec.ts';

/** The flags of a dataset, as texts: those of `tidemark dataset` and of `tidemark train`. */
export interface DatasetFlags {
  readonly features?: string | undefined;
  readonly label?: string | undefined;
  readonly split?: string | undefined;
  readonly weights?: string | undefined;
}

/** The flags of bars from a file. */
export interface BarFlags {
  readonly csv: string;
  readonly symbol?: string | undefined;
  readonly ignoreExtra?: boolean | undefined;
  /** First and last day or instant, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Short warm-ups, no volume, and little that says the same twice. */
export const DEFAULT_FEATURES = [
  'return_1',
  'return_5',
  'return_21',
  'volatility_21',
  'volatility_ratio_5_63',
  'range_5',
  'sma_gap_50',
  'macd_12_26_9',
  'rsi_14',
  'close_z_20',
] as const;

export function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be one of ${choices.join(', ')}`);
}

/** The numbers behind the name of `name:1:2`, as many as there are in `least` or more. */
function numbersOf(flag: string, text: string, form: string, least: number): readonly number[] {
  const numbers = text
    .split(':')
    .slice(1)
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const most = form.split(':').length - 1;
  if (numbers.length >= least && numbers.length <= most && numbers.every(Number.isFinite)) return numbers;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must have numbers, as ${form}`);
}

function parseLabel(text: string): LabelSpec {
  const kind = oneOf('label', text.split(':')[0] ?? '', ['direction', 'return', 'triple-barrier']);
  if (kind !== 'triple-barrier') {
    const [horizon = 0] = numbersOf('label', text, `${kind}:HORIZON`, 1);
    return { kind: 'fixed-horizon', target: kind, horizon };
  }
  const [horizon = 0, upper = 0, lower = upper] = numbersOf('label', text, 'triple-barrier:HORIZON:UPPER:LOWER', 2);
  return { kind: 'triple-barrier', volatility: 'volatility_21', horizon, upper, lower };
}

/** An embargo that is not said is as long as the label looks ahead. */
function parseSplit(text: string, horizon: number): SplitSpec {
  const kind = oneOf('split', text.split(':')[0] ?? '', ['k-fold', 'walk-forward', 'anchored', 'combinatorial']);
  switch (kind) {
    case 'k-fold': {
      const [folds = 0, embargo = horizon] = numbersOf('split', text, 'k-fold:FOLDS:EMBARGO', 1);
      return { kind, folds, embargo };
    }
    case 'combinatorial': {
      const [groups = 0, tested = 0, embargo = horizon] = numbersOf('split', text, 'combinatorial:GROUPS:TESTED:EMBARGO', 2);
      return { kind, groups, tested, embargo };
    }
    case 'walk-forward':
    case 'anchored': {
      const [train = 0, test = 0] = numbersOf('split', text, `${kind}:TRAIN:TEST`, 2);
      return { kind: 'walk-forward', train, test, mode: kind === 'anchored' ? 'anchored' : 'rolling' };
    }
  }
}

const WEIGHTS = ['uniqueness', 'returns'] as const;

function parseWeights(text: string | undefined): Pick<DatasetSpec, 'weights'> {
  if (text === undefined || text === 'none') return {};
  return { weights: Object.fromEntries(text.split(',').map((name) => [oneOf('weights', name, WEIGHTS), true])) };
}

/** The spec of a dataset. Throws a UsageError, or a FeatureError for a name that is none. */
export function parseDataset({ features, label, split, weights }: DatasetFlags): DatasetSpec {
  const names = features === undefined ? DEFAULT_FEATURES : features.split(',').map((name) => name.trim());
  for (const name of names) featureNamed(name);
  const ahead = parseLabel(label ?? 'direction:5');
  return { features: names, label: ahead, split: parseSplit(split ?? 'k-fold:5', ahead.horizon), ...parseWeights(weights) };
}

/** The bars of a file, a series a symbol, from the first day to the last. Throws a CsvError, a UsageError, or a DatasetError where there are none. */
export async function readCsvSeries(flags: BarFlags): Promise<readonly SymbolSeries[]> {
  const { csv, symbol, ignoreExtra = false } = flags;
  const { from, to } = parseBacktestFlags({ from: flags.from, to: flags.to });
  const { symbols } = await readBarsCsv(csv, { ignoreExtra, ...(symbol === undefined ? {} : { symbol }) });
  const series = Array.from(symbols, ([name, bars]) => ({ symbol: name, bars: cutSeries(bars, from, to) })).filter(
    ({ bars }) => bars.length > 0,
  );
  if (series.length > 0) return series;
  throw new DatasetError(
    `${csv} holds no bars${symbol === undefined ? '' : ` of ${symbol}`} in that time: look at --symbol, --from and --to.`,
  );
}
