/** Where the columns of a run begin, as the host writes it: pointers to inputs, then to outputs in the order of the description. */
@unmanaged
export class Bars {
  open: usize;
  high: usize;
  low: usize;
  close: usize;
  volume: usize;

  /** By the order of `COLUMNS`. */
  input(index: i32): usize {
    return load<usize>(changetype<usize>(this) + usize(index) * sizeof<usize>());
  }

  output(index: i32): usize {
    return load<usize>(changetype<usize>(this) + offsetof<Bars>() + usize(index) * sizeof<usize>());
  }
}

/** The inputs in the order of `Bars`. */
export const COLUMNS: string = 'open,high,low,close,volume';

/** Values of parameters as the host writes them: one double each, in the order of the description, checked against its bounds. */
@unmanaged
export class Parameters {
  integer(index: i32): i32 {
    return i32(this.number(index));
  }

  number(index: i32): f64 {
    return load<f64>(changetype<usize>(this) + (usize(index) << 3));
  }
}

/** An indicator that runs over columns of bars, any number at a time. */
export abstract class Indicator {
  /** Index of the first value. */
  warmUp: i32 = 0;

  /** Goes on from the bar before with `count` more bars. Outputs are not-a-number before `warmUp`. */
  abstract run(bars: Bars, count: i32): void;
}

/** Bytes that `count` values of a column take. */
@inline
export function bytes(count: i32): usize {
  return usize(count) << 3;
}
