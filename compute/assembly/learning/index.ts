import { growTree } from './grow';
import { Job, Node, Split, numberAt, putNumber } from './job';
import { finishLeaves } from './leaves';
import { writeBaseScores } from './losses';
import { choosePairUnits } from './pairs';
import { sampleRows, sampleTreeFeatures } from './sampling';
import { lead } from './team';
import { DIFFERENTIATE, MAXIMA, PAIRS, SCORES, STOP } from './work';

export { writeBins } from './bins';
export { heldLoss } from './losses';
export { scoreRows } from './predict';
export { sortValues } from './sort';
export { help } from './team';

/** Changes with the layout of a job or the meaning of a function. */
export function abi(): i32 {
  return 1;
}

/** The few objects of the module live below this; the host lays out what is above. */
export function firstAddress(): usize {
  return (__heap_base + 4096 + 63) & ~63;
}

export function jobBytes(): usize {
  return offsetof<Job>();
}

export function nodeBytes(): usize {
  return offsetof<Node>();
}

export function splitBytes(): usize {
  return offsetof<Split>();
}

/** Works out the base scores and gives them to all rows. */
export function begin(address: usize): void {
  const job = changetype<Job>(address);
  writeBaseScores(job);
  for (let output = 0; output < job.outputs; output++) {
    const base = numberAt(job.baseScores, output);
    for (let row = 0; row < job.rows; row++) putNumber(job.scores, output * job.rows + row, base);
    for (let row = 0; row < job.heldRows; row++) putNumber(job.heldScores, output * job.heldRows + row, base);
  }
}

/** Begins a round of one tree an output: the slope of the loss where the scores are now. */
export function beginRound(address: usize): void {
  lead(changetype<Job>(address), DIFFERENTIATE);
}

/** Grows the tree of one output, and leaves it in the nodes. `tree` counts all of them. */
export function grow(address: usize, tree: i32, output: i32): i32 {
  const job = changetype<Job>(address);
  job.tree = tree;
  job.output = output;
  sampleRows(job);
  sampleTreeFeatures(job);
  lead(job, MAXIMA);
  choosePairUnits(job);
  lead(job, PAIRS);
  growTree(job);
  finishLeaves(job);
  return job.nodeCount;
}

/** Adds the tree in the nodes to the scores. */
export function addTree(address: usize): void {
  lead(changetype<Job>(address), SCORES);
}

/** Lets the other threads go. */
export function stop(address: usize): void {
  lead(changetype<Job>(address), STOP);
}
