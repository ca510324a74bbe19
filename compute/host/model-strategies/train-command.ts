import { UsageError, parseBacktestFlags } from '../backtest-flags.ts';
import { compileModelStrategy } from '../compile.ts';
import { readBarsCsv } from '../csv.ts';
import { DatasetError, type DatasetSpec, type LabelSpec, type SplitSpec } from '../datasets/dataset-spec.ts';
import { featureNamed } from '../features/registry.ts';
import { openIndicators } from '../indicators.node.ts';
import { openLearning } from '../learning/learning.node.ts';
import { cutSeries, type SymbolSeries } from '../timeline.ts';
import { checkFreeFolder, writeModelFolder } from './folder.ts';
import { MODEL_KINDS, type LearningSpec } from './learn.ts';
import { trainStrategy, type TrainRequest, type TrainedStrategy } from './train.ts';

/** The flags of `tidemark train`, as texts. */
export interface TrainCommand {
  readonly csv: string;
  readonly strategy: string;
  readonly out: string;
  readonly features?: string | undefined;
  readonly label?: string | undefined;
  readonly model?: string | undefined;
  readonly modelParam?: readonly string[] | undefined;
  readonly split?: string | undefined;
  readonly weights?: string | undefined;
  readonly calibration?: string | undefined;
  readonly seed?: string | undefined;
  readonly parent?: string | undefined;
  readonly notes?: string | undefined;
  readonly symbol?: string | undefined;
  readonly ignoreExtra?: boolean | undefined;
  /** First and last day or instant of the bars to learn from, both included. */
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

const STRATEGIES = ['ml-direction', 'ml-rank'] as const;
const CALIBRATIONS = ['none', 'platt', 'isotonic'] as const;

function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
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

export function parseLabel(text: string): LabelSpec {
  const kind = oneOf('label', text.split(':')[0] ?? '', ['direction', 'return', 'triple-barrier']);
  if (kind !== 'triple-barrier') {
    const [horizon = 0] = numbersOf('label', text, `${kind}:HORIZON`, 1);
    return { kind: 'fixed-horizon', target: kind, horizon };
  }
  const [horizon = 0, upper = 0, lower = upper] = numbersOf('label', text, 'triple-barrier:HORIZON:UPPER:LOWER', 2);
  return { kind: 'triple-barrier', volatility: 'volatility_21', horizon, upper, lower };
}

/** An embargo that is not said is as long as the label looks ahead. */
export function parseSplit(text: string, horizon: number): SplitSpec {
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

function parseParameters(texts: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value = ''] = /^([A-Za-z0-9]+)=(.+)$/.exec(text) ?? [];
      if (name !== '' && Number.isFinite(Number(value))) return [name, Number(value)] as const;
      throw new UsageError(`--model-param is ${JSON.stringify(text)}; it must be a name and a number, as trees=100`);
    }),
  );
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(`--seed is ${JSON.stringify(text)}; it must be a whole number from 0`);
}

const WEIGHTS = ['uniqueness', 'returns'] as const;

function parseWeights(text: string | undefined): Pick<DatasetSpec, 'weights'> {
  if (text === undefined || text === 'none') return {};
  return { weights: Object.fromEntries(text.split(',').map((name) => [oneOf('weights', name, WEIGHTS), true])) };
}

/** What the flags come to, without the bars. Throws a UsageError. */
export function parseTrain(command: TrainCommand, version: string): Omit<TrainRequest, 'series'> {
  const strategy = oneOf('strategy', command.strategy, STRATEGIES);
  const label = parseLabel(command.label ?? 'direction:5');
  const learning: LearningSpec = {
    kind: oneOf('model', command.model ?? 'boosting', MODEL_KINDS),
    parameters: parseParameters(command.modelParam ?? []),
    seed: parseSeed(command.seed ?? '0'),
  };
  const features = command.features === undefined ? DEFAULT_FEATURES : command.features.split(',').map((name) => name.trim());
  for (const name of features) featureNamed(name);
  return {
    strategy,
    dataset: { features, label, split: parseSplit(command.split ?? 'k-fold:5', label.horizon), ...parseWeights(command.weights) },
    learning,
    calibration: oneOf('calibration', command.calibration ?? 'none', CALIBRATIONS),
    parent: command.parent ?? null,
    notes: command.notes ?? '',
    version,
  };
}

/** The bars of a file, a series a symbol, from the first day to the last. Throws a CsvError, a UsageError, or a DatasetError where there are none. */
export async function readCsvSeries(
  command: Pick<TrainCommand, 'csv' | 'symbol' | 'ignoreExtra' | 'from' | 'to'>,
): Promise<readonly SymbolSeries[]> {
  const { csv, symbol, ignoreExtra = false } = command;
  const { from, to } = parseBacktestFlags({ from: command.from, to: command.to });
  const { symbols } = await readBarsCsv(csv, { ignoreExtra, ...(symbol === undefined ? {} : { symbol }) });
  const series = Array.from(symbols, ([name, bars]) => ({ symbol: name, bars: cutSeries(bars, from, to) })).filter(
    ({ bars }) => bars.length > 0,
  );
  if (series.length > 0) return series;
  throw new DatasetError(
    `${csv} holds no bars${symbol === undefined ? '' : ` of ${symbol}`} in that time: look at --symbol, --from and --to.`,
  );
}

/** `tidemark train`: from a file of bars to a folder with model, module and manifest. Throws a UsageError, or an Error in one sentence. */
export async function runTrainCommand(command: TrainCommand, version: string): Promise<TrainedStrategy> {
  const request = parseTrain(command, version);
  await checkFreeFolder(command.out);
  const series = await readCsvSeries(command);
  const [indicators, learning] = [await openIndicators(), await openLearning()];
  const trained = await trainStrategy({ ...request, series }, { indicators, learning, compile: compileModelStrategy });
  await writeModelFolder(command.out, trained);
  return trained;
}
