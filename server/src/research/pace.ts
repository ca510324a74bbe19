import { foldsOf } from '@tidemark/compute/optimisation';
import type { RecordedStudy } from './study-record.ts';
import type { StudyKind } from './study.ts';

/** How quickly studies were done on this server, from being asked for to their end. */
export interface StudyPace {
  /** Bars that sets decide on, a second. */
  readonly barsPerSecond: number;
  /** No study was done in less. */
  readonly secondsMin: number;
  /** The most that one of them had to decide. */
  readonly barsMax: number;
  /** How many were measured. */
  readonly studies: number;
  /** They are all of the strategy that was asked about. */
  readonly isOfStrategy: boolean;
}

export type PacedStudy = Pick<RecordedStudy<StudyKind>, 'version' | 'request' | 'bars' | 'sets' | 'createdAt' | 'finishedAt'>;

const MS_A_SECOND = 1_000;
/** A small study is mostly waiting: only those count that had at least so much of the largest to do. */
const SHARE_MIN = 0.5;

/** Bars that the sets of a study decide on, in all its windows; 0 where it had none. */
export function barsDecided({ request, bars = 0, sets }: Pick<PacedStudy, 'request' | 'bars' | 'sets'>): number {
  const { walk, symbols } = request;
  if (walk === undefined) return sets * bars * symbols.length;
  if (bars <= walk.windows.train) return 0;
  const folds = foldsOf(bars, walk.windows);
  const looked = folds.reduce((sum, { train, test }) => sum + train.end - train.first + test.end - test.first, 0);
  return (sets / folds.length) * looked * symbols.length;
}

interface Measured {
  readonly bars: number;
  readonly seconds: number;
}

const measured = (study: PacedStudy): readonly Measured[] => {
  const { createdAt, finishedAt } = study;
  const bars = barsDecided(study);
  const seconds = finishedAt === undefined ? 0 : (finishedAt - createdAt) / MS_A_SECOND;
  return bars > 0 && seconds > 0 ? [{ bars, seconds }] : [];
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * The pace of studies that were done, waiting for a worker included. Those of the strategy itself are enough, for strategies differ; else all count.
 * `undefined` where none was measured.
 */
export function paceOf(studies: readonly PacedStudy[], version: string | undefined): StudyPace | undefined {
  const own = studies.filter((study) => study.version === version).flatMap(measured);
  const all = own.length > 0 ? own : studies.flatMap(measured);
  if (all.length === 0) return undefined;
  const barsMax = Math.max(...all.map(({ bars }) => bars));
  const large = all.filter(({ bars }) => bars >= SHARE_MIN * barsMax);
  return {
    barsPerSecond: sum(large.map(({ bars }) => bars)) / sum(large.map(({ seconds }) => seconds)),
    secondsMin: Math.min(...all.map(({ seconds }) => seconds)),
    barsMax,
    studies: large.length,
    isOfStrategy: own.length > 0,
  };
}
