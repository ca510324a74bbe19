import { Job, MISSING_BIN, MISSING_LEFT, MISSING_RIGHT, NONE_MISSING, Node } from './job';

@inline
function move(job: Job, from: i32, toOrder: usize, toPairs: usize, to: i32): void {
  store<u32>(toOrder + (usize(to) << 2), load<u32>(job.order + (usize(from) << 2)));
  v128.store(toPairs + (usize(to) << 4), v128.load(job.pairs + (usize(from) << 4)));
}

/** Puts the rows that go left before the others, each side in its order, and answers where the others begin. */
export function partition(job: Job, node: Node): i32 {
  const column = job.bins + usize(node.feature) * usize(job.stride);
  const bin = <u32>node.bin;
  const missingLeft = u32(node.missingSide == MISSING_LEFT);
  let left = node.begin;
  let right = 0;
  for (let place = node.begin; place < node.end; place++) {
    const value = <u32>load<u8>(column + load<u32>(job.order + (usize(place) << 2)));
    const goesLeft = value == MISSING_BIN ? missingLeft : u32(value <= bin);
    // Written to both sides, and counted on one: no branch that is hard to foresee.
    move(job, place, job.orderScratch, job.pairsScratch, right);
    move(job, place, job.order, job.pairs, left);
    left += goesLeft;
    right += 1 - goesLeft;
  }
  memory.copy(job.order + (usize(left) << 2), job.orderScratch, usize(right) << 2);
  memory.copy(job.pairs + (usize(left) << 4), job.pairsScratch, usize(right) << 4);
  if (node.missingSide == NONE_MISSING) node.missingSide = left - node.begin >= right ? MISSING_LEFT : MISSING_RIGHT;
  return left;
}
