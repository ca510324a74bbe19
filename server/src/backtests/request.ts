import type { BacktestOptions } from '@tidemark/compute/types';
import { formatInstant, instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { BacktestJob } from './job.ts';

/** What a run is asked for beside its strategy and parameters: as it is recorded, for whoever does the work. */
export interface RunRequest {
  readonly strategyFlag: string;
  readonly symbol: string;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly options: BacktestOptions;
}

const textOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : formatInstant(at));
const instantOf = (text: string | undefined): Instant | undefined => (text === undefined ? undefined : instant(text));

/** Numbers come back bit by bit. */
export const writeRequest = ({ strategyFlag, symbol, from, to, options }: BacktestJob): string =>
  JSON.stringify({ strategyFlag, symbol, from: textOf(from), to: textOf(to), options });

/** Of a text that {@link writeRequest} made. */
export function readRequest(text: string): RunRequest {
  const read = JSON.parse(text) as Omit<RunRequest, 'from' | 'to'> & { readonly from?: string; readonly to?: string };
  return { ...read, from: instantOf(read.from), to: instantOf(read.to) };
}
