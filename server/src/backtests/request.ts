import type { BacktestOptions } from '@tidemark/compute/types';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { instantText } from './job.ts';
import type { BacktestJob } from './job.ts';
import type { SearchFindings } from './selection.ts';

/** What a run is asked for beside its strategy and parameters: as it is recorded, for whoever does the work. */
export interface RunRequest {
  readonly strategyFlag: string;
  readonly symbol: string;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly options: BacktestOptions;
  readonly search?: SearchFindings | undefined;
}

const instantOf = (text: string | undefined): Instant | undefined => (text === undefined ? undefined : instant(text));

/** Numbers come back bit by bit. */
export const writeRequest = ({ strategyFlag, symbol, from, to, options, search }: BacktestJob): string =>
  JSON.stringify({ strategyFlag, symbol, from: instantText(from), to: instantText(to), options, search });

/** Of a text that {@link writeRequest} made. */
export function readRequest(text: string): RunRequest {
  const read = JSON.parse(text) as Omit<RunRequest, 'from' | 'to'> & { readonly from?: string; readonly to?: string };
  return { ...read, from: instantOf(read.from), to: instantOf(read.to) };
}
