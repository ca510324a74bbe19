import { ABREAST, fetch } from './block-filter';
import { variances } from './deviation';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';
import { Scratch } from './scratch';

/** Bollinger bands of four blocks of `period` values at a time: what `Sma` and `Deviation` do in theirs, in one pass, to the bit. */
export class BandBlocks {
  /** For each place: sums of the tails of the first two blocks and of the other two, as they are; as deviations; of their squares. */
  private readonly room: Scratch;
  private readonly perValue: f64;

  constructor(
    private readonly period: i32,
    private readonly up: f64,
    private readonly down: f64,
  ) {
    this.room = new Scratch(3 * ABREAST * period);
    this.perValue = 1 / f64(period);
  }

  /** The block before `input` must stand before it. */
  run(input: usize, upper: usize, middle: usize, lower: usize): void {
    const room = this.room.start;
    const size = ABREAST * bytes(this.period);
    fetch(input, size, room);
    fetch(upper, size, room);
    fetch(middle, size, room);
    fetch(lower, size, room);
    sumTails(input, bytes(this.period), room);
    this.spread(input, upper, middle, lower, room);
  }

  private spread(input: usize, upper: usize, middle: usize, lower: usize, room: usize): void {
    const block = bytes(this.period);
    const two = 2 * block;
    const divisor = f64x2.splat(f64(this.period));
    const perValue = f64x2.splat(this.perValue);
    const up = f64x2.splat(this.up);
    const down = f64x2.splat(this.down);
    const nearOrigin = loadLanes(input, block);
    const farOrigin = loadLanes(input + two, block);
    let near = f64x2.splat(0);
    let nearSum = near;
    let nearSquare = near;
    let far = near;
    let farSum = near;
    let farSquare = near;
    for (let i: usize = 0; i < block; i += 8, room += ROW_BYTES) {
      const nearValue = loadLanes(input + i, block);
      const nearDeviation = f64x2.sub(nearValue, nearOrigin);
      near = f64x2.add(near, nearValue);
      nearSum = f64x2.add(nearSum, nearDeviation);
      nearSquare = f64x2.add(nearSquare, f64x2.mul(nearDeviation, nearDeviation));
      const nearMiddle = f64x2.div(f64x2.add(v128.load(room), near), divisor);
      const nearSpread = f64x2.sqrt(variances(f64x2.add(v128.load(room, 32), nearSum), f64x2.add(v128.load(room, 64), nearSquare), perValue));
      storeLanes(middle + i, block, nearMiddle);
      storeLanes(upper + i, block, f64x2.add(nearMiddle, f64x2.mul(nearSpread, up)));
      storeLanes(lower + i, block, f64x2.sub(nearMiddle, f64x2.mul(nearSpread, down)));
      const farValue = loadLanes(input + i + two, block);
      const farDeviation = f64x2.sub(farValue, farOrigin);
      far = f64x2.add(far, farValue);
      farSum = f64x2.add(farSum, farDeviation);
      farSquare = f64x2.add(farSquare, f64x2.mul(farDeviation, farDeviation));
      const farMiddle = f64x2.div(f64x2.add(v128.load(room, 16), far), divisor);
      const farSpread = f64x2.sqrt(variances(f64x2.add(v128.load(room, 48), farSum), f64x2.add(v128.load(room, 80), farSquare), perValue));
      storeLanes(middle + i + two, block, farMiddle);
      storeLanes(upper + i + two, block, f64x2.add(farMiddle, f64x2.mul(farSpread, up)));
      storeLanes(lower + i + two, block, f64x2.sub(farMiddle, f64x2.mul(farSpread, down)));
    }
  }
}

const ROW_BYTES: usize = 96;

function sumTails(input: usize, block: usize, room: usize): void {
  const nearOrigin = loadLanes(input, block);
  const farOrigin = loadLanes(input + 2 * block, block);
  let near = f64x2.splat(0);
  let nearSum = near;
  let nearSquare = near;
  let far = near;
  let farSum = near;
  let farSquare = near;
  room += (block >> 3) * ROW_BYTES;
  for (let i: usize = block - 8; ; i -= 8) {
    room -= ROW_BYTES;
    v128.store(room, near);
    v128.store(room, far, 16);
    v128.store(room, nearSum, 32);
    v128.store(room, farSum, 48);
    v128.store(room, nearSquare, 64);
    v128.store(room, farSquare, 80);
    if (i == 0) return;
    const nearValue = loadLanes(input + i - block, block);
    const farValue = loadLanes(input + i + block, block);
    const nearDeviation = f64x2.sub(nearValue, nearOrigin);
    const farDeviation = f64x2.sub(farValue, farOrigin);
    near = f64x2.add(near, nearValue);
    far = f64x2.add(far, farValue);
    nearSum = f64x2.add(nearSum, nearDeviation);
    farSum = f64x2.add(farSum, farDeviation);
    nearSquare = f64x2.add(nearSquare, f64x2.mul(nearDeviation, nearDeviation));
    farSquare = f64x2.add(farSquare, f64x2.mul(farDeviation, farDeviation));
  }
}
