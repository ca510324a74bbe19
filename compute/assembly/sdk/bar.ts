/** A symbol's record in the slice, read in place: it always shows the slice in view. Fields stand as `slice.ts` says. */
@unmanaged
export class Bar {
  readonly open: f64;
  readonly high: f64;
  readonly low: f64;
  readonly close: f64;
  readonly volume: f64;
  /** Signed units held: `Strategy.position`. */
  readonly held: f64;
  /** 1 where the symbol has a bar in this slice, else 0. */
  readonly present: f64;
}
