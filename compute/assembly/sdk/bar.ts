import { CLOSE, ENTRY_PRICE, HIGH, LOW, OPEN, POSITION, PRESENT, VOLUME, WORKING, priceOf } from './slice';

/** A symbol's record in the slice, read in place: it always shows the slice in view. Prices are not-a-number before the first bar. */
@unmanaged
export class Bar {
  @inline
  get open(): f64 {
    return priceOf(changetype<usize>(this), OPEN);
  }

  @inline
  get high(): f64 {
    return priceOf(changetype<usize>(this), HIGH);
  }

  @inline
  get low(): f64 {
    return priceOf(changetype<usize>(this), LOW);
  }

  @inline
  get close(): f64 {
    return priceOf(changetype<usize>(this), CLOSE);
  }

  @inline
  get volume(): f64 {
    return priceOf(changetype<usize>(this), VOLUME);
  }

  /** Signed units held: `Strategy.position`. */
  @inline
  get held(): f64 {
    return load<f64>(changetype<usize>(this) + POSITION);
  }

  /** Average price of the units held; not-a-number while flat. */
  @inline
  get entryPrice(): f64 {
    return load<f64>(changetype<usize>(this) + ENTRY_PRICE);
  }

  /** Orders of the symbol that wait or rest; protective orders are not counted. */
  @inline
  get working(): i32 {
    return i32(load<f64>(changetype<usize>(this) + WORKING));
  }

  /** Whether the symbol has a bar in this slice. */
  @inline
  get isPresent(): bool {
    return load<f64>(changetype<usize>(this) + PRESENT) != 0;
  }
}
