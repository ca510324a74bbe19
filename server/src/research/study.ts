import type { SampleMethod } from '@tidemark/compute';
import type { SelectionSpec, WindowOptions } from '@tidemark/compute/optimisation';
import type { BacktestOptions, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import { instantText } from '../backtests/job.ts';
import type { Timeframe } from '../market-data/bar.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/** What many sets of parameters are tried for. */
export type StudyKind = 'sweep' | 'walk-forward';

export const kindOf = ({ walk }: Pick<StudyJob, 'walk'>): StudyKind => (walk === undefined ? 'sweep' : 'walk-forward');

export type StudyState = 'queued' | 'running' | 'done' | 'failed' | 'aborted';

/** Which sets of parameters are tried. */
export interface SweepSpace {
  /** A range or a list a parameter, as on the command line: `fast=2..101`, `direction=long,longshort`. */
  readonly grid: readonly string[];
  /** Sets to leave out: see `docs/backtests.md`. */
  readonly where?: string;
  readonly method: 'grid' | SampleMethod;
  /** Sets to draw; not of a grid. */
  readonly samples?: number;
}

/** How a walk-forward goes through the bars, and how it chooses a set in each window. */
export interface WalkSpec {
  readonly windows: WindowOptions;
  readonly selection: SelectionSpec;
}

/** One study to be run: everything that its results depend on, but the bars. */
export interface StudyJob {
  readonly module: StrategyModule;
  readonly strategyName: string;
  /** Names the strategy on the command line. */
  readonly strategyFlag: string;
  /** Parameters that no axis varies. */
  readonly parameters: ParameterValues;
  readonly space: SweepSpace;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly options: BacktestOptions;
  /** Makes it a walk-forward; a sweep has none. */
  readonly walk?: WalkSpec;
}

/** What is asked of a study, as it is recorded. */
export type StudyRequest = Omit<StudyJob, 'module' | 'strategyName'>;

/** Numbers come back bit by bit. */
export function writeRequest({ module: _module, strategyName: _name, from, to, ...rest }: StudyJob): string {
  return JSON.stringify({ ...rest, from: instantText(from), to: instantText(to) });
}

/** Of a text that {@link writeRequest} made. */
export function readRequest(text: string): StudyRequest {
  const { from, to, ...rest } = JSON.parse(text) as Omit<StudyRequest, 'from' | 'to'> & {
    readonly from?: string;
    readonly to?: string;
  };
  return { ...rest, from: from === undefined ? undefined : instant(from), to: to === undefined ? undefined : instant(to) };
}

/** Of a study that is a walk-forward. */
export function walkOf({ walk }: Pick<StudyRequest, 'walk'>): WalkSpec {
  if (walk === undefined) throw new Error('Invariant: a walk-forward has windows');
  return walk;
}
