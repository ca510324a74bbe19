import { differentiate } from './derivatives';
import { Job, sliceBegin } from './job';
import { addScores } from './leaves';
import { maximaOf, writePairs } from './pairs';
import { partitionHalf } from './partition';
import { searchSplits } from './search';

export const STOP: i32 = 0;
export const DIFFERENTIATE: i32 = 1;
export const MAXIMA: i32 = 2;
export const PAIRS: i32 = 3;
export const SEARCH: i32 = 4;
export const SCORES: i32 = 5;
export const PARTITION: i32 = 6;

/** One part of a command: a slice of the rows, half of those of a node, or one of the tree's features. */
export function perform(job: Job, command: i32, part: i32, thread: i32): void {
  const slices = job.slices;
  if (command == DIFFERENTIATE) {
    differentiate(job, sliceBegin(job.rows, part, slices), sliceBegin(job.rows, part + 1, slices));
  } else if (command == MAXIMA) {
    maximaOf(job, part, sliceBegin(job.sampled, part, slices), sliceBegin(job.sampled, part + 1, slices));
  } else if (command == PAIRS) {
    writePairs(job, part, sliceBegin(job.sampled, part, slices), sliceBegin(job.sampled, part + 1, slices));
  } else if (command == SEARCH) {
    searchSplits(job, part, thread);
  } else if (command == SCORES) {
    addScores(job, part);
  } else if (command == PARTITION) {
    partitionHalf(job, part);
  }
}
