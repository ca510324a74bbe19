import { parseTrain } from '@tidemark/compute/models';
import type { TrainCommand, TrainRequest } from '@tidemark/compute/models';
import { instantText } from '../backtests/job.ts';
import type { Timeframe } from '../market-data/bar.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/** What is trained, in the words of `tidemark train`. */
export type TrainingFlags = Omit<TrainCommand, 'csv' | 'out' | 'symbol' | 'ignoreExtra' | 'from' | 'to'>;

/** One training to be done: everything that the model depends on, but the bars. */
export interface TrainingRequest {
  readonly flags: TrainingFlags;
  /** In the order of the alphabet: the same symbols give the same model. */
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Starts of the first bar to learn from and of the last, both included; all bars where absent. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  /** How long the model may open positions once it is trained, by the wall clock. */
  readonly lifeDays: number;
  /** Days from its training after which the server proposes to train it again; absent where nobody asked for that. */
  readonly retrainDays?: number | undefined;
}

/** How long a model may open positions where nobody says otherwise: a quarter, see `docs/models.md`. */
export const LIFE_DAYS = 91;
export const LIFE_DAYS_MAX = 366;

export const writeTrainingRequest = ({ from, to, ...rest }: TrainingRequest): string =>
  JSON.stringify({ ...rest, from: instantText(from), to: instantText(to) });

/** Of a text that {@link writeTrainingRequest} made. */
export function readTrainingRequest(text: string): TrainingRequest {
  const { from, to, ...rest } = JSON.parse(text) as Omit<TrainingRequest, 'from' | 'to'> & {
    readonly from?: string;
    readonly to?: string;
  };
  return {
    ...rest,
    from: from === undefined ? undefined : instant(from),
    to: to === undefined ? undefined : instant(to),
  };
}

type LabelSpec = TrainRequest['dataset']['label'];

/** As the flag `--label` takes it. */
export const labelText = (label: LabelSpec): string =>
  label.kind === 'fixed-horizon' ? `${label.target}:${label.horizon}` : `${label.kind}:${label.horizon}:${label.upper}:${label.lower}`;

/** What the flags come to, by the reader of `tidemark train`. Throws a UsageError that names the flag. */
export const trainRequestOf = ({ flags }: Pick<TrainingRequest, 'flags'>, version: string): Omit<TrainRequest, 'series'> =>
  parseTrain({ ...flags, csv: '', out: '' }, version);

/** Flags with one text, as they are called on the command line. */
const TEXT_FLAGS = ['features', 'label', 'model', 'split', 'weights', 'calibration', 'seed', 'parent', 'notes'] as const;

/** The command that trains the same model, byte for byte, over a file of the bars. */
export function trainingCommand({ flags, from, to }: TrainingRequest): string {
  const named = TEXT_FLAGS.flatMap((name) => {
    const value = flags[name];
    return value === undefined || value === '' ? [] : [`--${name}`, quoted(value)];
  });
  const span = [
    ['--from', instantText(from)],
    ['--to', instantText(to)],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const parameters = (flags.modelParam ?? []).flatMap((each) => ['--model-param', each]);
  return ['npx tidemark train --csv bars.csv --strategy', flags.strategy, '--out model', ...named, ...parameters, ...span].join(' ');
}

/** For a shell, where it holds more than letters, digits and what flags are made of. */
const quoted = (value: string): string => (/^[\w.,:=+-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`);
