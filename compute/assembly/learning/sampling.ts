import { Random } from '../statistics/random';
import { Job, SAMPLE_ALL, SAMPLE_BOOTSTRAP, integerAt, putInteger } from './job';

const ROWS: u64 = 0;
const TREE_FEATURES: u64 = 1;
const SPLIT_FEATURES: u64 = 2;

/** Every purpose, tree and node has a stream of its own: what is drawn does not depend on who drew before. */
function streamOf(job: Job, purpose: u64, node: i32): Random {
  // The only objects of the module; each takes the place of the one before. Only the thread that leads draws: nobody else allocates here.
  heap.reset();
  const random = new Random();
  random.restart(job.seed, (u64(job.tree) << 32) | (u64(node) << 2) | purpose);
  return random;
}

/** Draws the rows of a tree: how often each is in, and a list of those that are. */
export function sampleRows(job: Job): void {
  if (job.sampling == SAMPLE_ALL) return takeAllRows(job);
  memory.fill(job.draws, 0, usize(job.rows) << 2);
  if (job.sampling == SAMPLE_BOOTSTRAP) drawWithReplacement(job);
  else drawShare(job);
  let sampled = 0;
  for (let row = 0; row < job.rows; row++) {
    if (integerAt(job.draws, row) > 0) putInteger(job.order, sampled++, row);
  }
  job.sampled = sampled;
}

/** Once in, all rows stay in: only their order is made anew. */
function takeAllRows(job: Job): void {
  if (job.sampled != job.rows) for (let row = 0; row < job.rows; row++) putInteger(job.draws, row, 1);
  for (let row = 0; row < job.rows; row++) putInteger(job.order, row, row);
  job.sampled = job.rows;
}

function drawWithReplacement(job: Job): void {
  const random = streamOf(job, ROWS, 0);
  for (let draw = 0; draw < job.drawnRows; draw++) {
    const row = random.below(job.rows);
    putInteger(job.draws, row, integerAt(job.draws, row) + 1);
  }
}

/** Exactly as many as wanted, each set of them as likely. D. Knuth, "The Art of Computer Programming", volume 2, algorithm S. */
function drawShare(job: Job): void {
  const random = streamOf(job, ROWS, 0);
  let wanted = job.drawnRows;
  for (let row = 0; wanted > 0; row++) {
    if (random.share() * f64(job.rows - row) >= f64(wanted)) continue;
    putInteger(job.draws, row, 1);
    wanted--;
  }
}

/** Draws the features of a tree, in ascending order. */
export function sampleTreeFeatures(job: Job): void {
  const random = streamOf(job, TREE_FEATURES, 0);
  let wanted = job.drawnFeatures;
  let count = 0;
  for (let feature = 0; wanted > 0; feature++) {
    if (random.share() * f64(job.features - feature) >= f64(wanted)) continue;
    putInteger(job.treeFeatures, count++, feature);
    wanted--;
  }
}

/** Marks which of the tree's features a node tries: as many as `triedFeatures`. */
export function maskFeatures(job: Job, node: i32, child: i32): void {
  const mask = job.masks + usize(child) * usize(job.features);
  const random = streamOf(job, SPLIT_FEATURES, node);
  memory.fill(mask, 0, job.features);
  let wanted = job.triedFeatures;
  for (let place = 0; wanted > 0; place++) {
    if (random.share() * f64(job.drawnFeatures - place) >= f64(wanted)) continue;
    store<u8>(mask + usize(integerAt(job.treeFeatures, place)), 1);
    wanted--;
  }
}
