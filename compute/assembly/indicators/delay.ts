import { bytes } from './indicator';

/** A series as it was `distance` values ago; not-a-number before there is such a value. */
export class Delay {
  private readonly ring: StaticArray<f64>;
  private at: i32 = 0;

  constructor(readonly distance: i32) {
    this.ring = new StaticArray<f64>(max(1, distance)).fill(NaN);
  }

  next(x: f64): f64 {
    if (this.distance == 0) return x;
    const at = this.at;
    const before = unchecked(this.ring[at]);
    unchecked((this.ring[at] = x));
    this.at = at + 1 < this.distance ? at + 1 : 0;
    return before;
  }

  /** As `next` for each of `count` values, to the bit. `output` may be `input`. */
  run(input: usize, count: i32, output: usize): void {
    if (count <= 2 * this.distance) {
      for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
      return;
    }
    const distance = this.distance;
    const ring = changetype<usize>(this.ring);
    const last = heap.alloc(bytes(distance));
    memory.copy(last, input + bytes(count - distance), bytes(distance));
    memory.copy(output + bytes(distance), input, bytes(count - distance));
    const tail = distance - this.at;
    memory.copy(output, ring + bytes(this.at), bytes(tail));
    memory.copy(output + bytes(tail), ring, bytes(this.at));
    memory.copy(ring, last, bytes(distance));
    this.at = 0;
    heap.free(last);
  }
}
