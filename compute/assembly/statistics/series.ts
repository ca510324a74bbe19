/** A series is an address and a number of f64 values from there. */
@inline
export function at(series: usize, index: i32): f64 {
  return load<f64>(series + ((<usize>index) << 3));
}

@inline
export function put(series: usize, index: i32, value: f64): void {
  store<f64>(series + ((<usize>index) << 3), value);
}

@inline
export function bytesOf(count: i32): usize {
  return (<usize>count) << 3;
}

/** Memory for `count` values, until the next call of the host. */
export function newSeries(count: i32): usize {
  return heap.alloc(bytesOf(count));
}

export function copySeries(series: usize, count: i32): usize {
  const copy = newSeries(count);
  memory.copy(copy, series, bytesOf(count));
  return copy;
}
