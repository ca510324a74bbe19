/** Typical price of a bar: the mean of high, low and close. */
@inline
export function typicalPrice(high: f64, low: f64, close: f64): f64 {
  return (high + low + close) / 3;
}

/** As `typicalPrice` for two bars. */
@inline
export function typicalLanes(high: v128, low: v128, close: v128): v128 {
  return f64x2.div(f64x2.add(f64x2.add(high, low), close), f64x2.splat(3));
}
