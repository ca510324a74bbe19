import { ABREAST, fetch } from './block-filter';
import { variances } from './deviation';
import { bytes } from './indicator';
import { firsts, loadLanes, seconds, storeLanes } from './lanes';
import { Scratch } from './scratch';

/** For each place: sums of two tails as they are, as deviations, and of their squares. */
const ROW_BYTES: usize = 48;

/** Bollinger bands of four blocks of `period` values at a time: what `Sma` and `Deviation` do in theirs, in one pass, to the bit. */
export class BandBlocks {
  private readonly room: Scratch;
  private readonly perValue: f64;

  constructor(
    private readonly period: i32,
    private readonly up: f64,
    private readonly down: f64,
  ) {
    this.room = new Scratch(6 * period);
    this.perValue = 1 / f64(period);
  }

  /** The block before `input` must stand before it. */
  run(input: usize, upper: usize, middle: usize, lower: usize): void {
    const room = this.room.start;
    const block = bytes(this.period);
    const pair = 2 * block;
    for (let at: usize = 0; at < 2 * pair; at += pair) {
      fetch(input + at, pair, room);
      fetch(upper + at, pair, room);
      fetch(middle + at, pair, room);
      fetch(lower + at, pair, room);
      this.runPair(input + at, block, upper + at, middle + at, lower + at, room);
    }
  }

  private runPair(input: usize, block: usize, upper: usize, middle: usize, lower: usize, room: usize): void {
    sumTails(input, block, room);
    const divisor = f64x2.splat(f64(this.period));
    const perValue = f64x2.splat(this.perValue);
    const up = f64x2.splat(this.up);
    const down = f64x2.splat(this.down);
    const origin = loadLanes(input, block);
    let total = f64x2.splat(0);
    let sum = total;
    let square = total;
    let i: usize = 0;
    for (; i + 16 <= block; i += 16, room += 2 * ROW_BYTES) {
      const a = v128.load(input + i);
      const b = v128.load(input + i + block);
      const value1 = firsts(a, b);
      const value2 = seconds(a, b);
      const deviation1 = f64x2.sub(value1, origin);
      const deviation2 = f64x2.sub(value2, origin);
      total = f64x2.add(total, value1);
      sum = f64x2.add(sum, deviation1);
      square = f64x2.add(square, f64x2.mul(deviation1, deviation1));
      const middle1 = f64x2.div(f64x2.add(v128.load(room), total), divisor);
      const spread1 = f64x2.sqrt(variances(f64x2.add(v128.load(room, 16), sum), f64x2.add(v128.load(room, 32), square), perValue));
      total = f64x2.add(total, value2);
      sum = f64x2.add(sum, deviation2);
      square = f64x2.add(square, f64x2.mul(deviation2, deviation2));
      const middle2 = f64x2.div(f64x2.add(v128.load(room, 48), total), divisor);
      const spread2 = f64x2.sqrt(variances(f64x2.add(v128.load(room, 64), sum), f64x2.add(v128.load(room, 80), square), perValue));
      storePairs(middle + i, block, middle1, middle2);
      storePairs(upper + i, block, f64x2.add(middle1, f64x2.mul(spread1, up)), f64x2.add(middle2, f64x2.mul(spread2, up)));
      storePairs(lower + i, block, f64x2.sub(middle1, f64x2.mul(spread1, down)), f64x2.sub(middle2, f64x2.mul(spread2, down)));
    }
    if (i == block) return;
    const value = loadLanes(input + i, block);
    const deviation = f64x2.sub(value, origin);
    total = f64x2.add(total, value);
    sum = f64x2.add(sum, deviation);
    square = f64x2.add(square, f64x2.mul(deviation, deviation));
    const center = f64x2.div(f64x2.add(v128.load(room), total), divisor);
    const spread = f64x2.sqrt(variances(f64x2.add(v128.load(room, 16), sum), f64x2.add(v128.load(room, 32), square), perValue));
    storeLanes(middle + i, block, center);
    storeLanes(upper + i, block, f64x2.add(center, f64x2.mul(spread, up)));
    storeLanes(lower + i, block, f64x2.sub(center, f64x2.mul(spread, down)));
  }
}

/** Of the blocks before each of two: by place, the sums of what lies behind it. */
function sumTails(input: usize, block: usize, room: usize): void {
  const origin = loadLanes(input, block);
  let total = f64x2.splat(0);
  let sum = total;
  let square = total;
  room += (block >> 3) * ROW_BYTES;
  let i: usize = block;
  for (; i >= 24; i -= 16) {
    const a = v128.load(input + i - 16 - block);
    const b = v128.load(input + i - 16);
    const value1 = firsts(a, b);
    const value2 = seconds(a, b);
    room -= 2 * ROW_BYTES;
    v128.store(room, total, 48);
    v128.store(room, sum, 64);
    v128.store(room, square, 80);
    const deviation2 = f64x2.sub(value2, origin);
    const deviation1 = f64x2.sub(value1, origin);
    total = f64x2.add(total, value2);
    sum = f64x2.add(sum, deviation2);
    square = f64x2.add(square, f64x2.mul(deviation2, deviation2));
    v128.store(room, total);
    v128.store(room, sum, 16);
    v128.store(room, square, 32);
    total = f64x2.add(total, value1);
    sum = f64x2.add(sum, deviation1);
    square = f64x2.add(square, f64x2.mul(deviation1, deviation1));
  }
  room -= ROW_BYTES;
  v128.store(room, total);
  v128.store(room, sum, 16);
  v128.store(room, square, 32);
  if (i == 8) return;
  const value = loadLanes(input + 8 - block, block);
  const deviation = f64x2.sub(value, origin);
  room -= ROW_BYTES;
  v128.store(room, f64x2.add(total, value));
  v128.store(room, f64x2.add(sum, deviation), 16);
  v128.store(room, f64x2.add(square, f64x2.mul(deviation, deviation)), 32);
}

/** `storeLanes` of `value` at `first`, and of `next` at the place after it. */
@inline
function storePairs(first: usize, distance: usize, value: v128, next: v128): void {
  v128.store(first, firsts(value, next));
  v128.store(first + distance, seconds(value, next));
}
