import { differentiate } from './derivatives';
import { Job, sliceBegin } from './job';
import { maximaOf, writePairs } from './pairs';
import { addScores } from './leaves';
import { searchSplits } from './search';

export const STOP: i32 = 0;
export const DIFFERENTIATE: i32 = 1;
export const MAXIMA: i32 = 2;
export const PAIRS: i32 = 3;
export const SEARCH: i32 = 4;
export const SCORES: i32 = 5;

/** A thread's share of a command. Rows are cut in slices where each stands alone; whatever is summed up in doubles is not cut. */
export function perform(job: Job, command: i32, thread: i32): void {
  const threads = job.threads;
  if (command == DIFFERENTIATE) {
    differentiate(job, sliceBegin(job.rows, thread, threads), sliceBegin(job.rows, thread + 1, threads));
  } else if (command == MAXIMA) {
    maximaOf(job, thread, sliceBegin(job.sampled, thread, threads), sliceBegin(job.sampled, thread + 1, threads));
  } else if (command == PAIRS) {
    writePairs(job, thread, sliceBegin(job.sampled, thread, threads), sliceBegin(job.sampled, thread + 1, threads));
  } else if (command == SEARCH) {
    searchSplits(job, thread);
  } else if (command == SCORES) {
    addScores(job, thread);
  }
}
