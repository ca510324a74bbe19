import { UsageError } from '../backtest-flags.ts';
import { compileModelStrategy } from '../compile.ts';
import { oneOf, parseDataset, readCsvSeries, type BarFlags, type DatasetFlags } from '../datasets/dataset-flags.ts';
import { openIndicators } from '../indicators.node.ts';
import { openLearning } from '../learning/learning.node.ts';
import { checkFreeFolder, writeModelFolder } from './folder.ts';
import { MODEL_KINDS, type LearningSpec } from './learn.ts';
import { trainStrategy, type TrainRequest, type TrainedStrategy } from './train.ts';

/** The flags of `tidemark train`, as texts. */
export interface TrainCommand extends BarFlags, DatasetFlags {
  readonly strategy: string;
  readonly out: string;
  readonly model?: string | undefined;
  readonly modelParam?: readonly string[] | undefined;
  readonly calibration?: string | undefined;
  readonly seed?: string | undefined;
  readonly parent?: string | undefined;
  readonly notes?: string | undefined;
}

const STRATEGIES = ['ml-direction', 'ml-rank'] as const;
const CALIBRATIONS = ['none', 'platt', 'isotonic'] as const;

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

/** What the flags come to, without the bars. Throws a UsageError. */
export function parseTrain(command: TrainCommand, version: string): Omit<TrainRequest, 'series'> {
  const strategy = oneOf('strategy', command.strategy, STRATEGIES);
  const learning: LearningSpec = {
    kind: oneOf('model', command.model ?? 'boosting', MODEL_KINDS),
    parameters: parseParameters(command.modelParam ?? []),
    seed: parseSeed(command.seed ?? '0'),
  };
  return {
    strategy,
    dataset: parseDataset(command),
    learning,
    calibration: oneOf('calibration', command.calibration ?? 'none', CALIBRATIONS),
    parent: command.parent ?? null,
    notes: command.notes ?? '',
    version,
  };
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
