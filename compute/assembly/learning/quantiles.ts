@inline
function valueAt(records: usize, place: i32): f64 {
  return load<f64>(records + (usize(place) << 4));
}

@inline
function massAt(records: usize, place: i32): f64 {
  return load<f64>(records + (usize(place) << 4), 8);
}

@inline
function swap(records: usize, one: i32, other: i32): void {
  const first = records + (usize(one) << 4);
  const second = records + (usize(other) << 4);
  const kept = v128.load(first);
  v128.store(first, v128.load(second));
  v128.store(second, kept);
}

/**
 * The least value such that those at most as large hold the share of all weight. Records of value and weight, which get another order:
 * C. Hoare, "Algorithm 65: Find", 1961, with weights.
 */
export function weightedQuantile(records: usize, count: i32, share: f64): f64 {
  let rest: f64 = 0;
  for (let place = 0; place < count; place++) rest += massAt(records, place);
  rest *= share;
  let from = 0;
  let to = count;
  let pivot = NaN;
  while (from < to) {
    pivot = middleOf(valueAt(records, from), valueAt(records, (from + to) >> 1), valueAt(records, to - 1));
    // Less than the pivot before `less`, equal to it before `place`, greater from `greater`.
    let less = from;
    let greater = to;
    let massLess: f64 = 0;
    let massEqual: f64 = 0;
    for (let place = from; place < greater; ) {
      const value = valueAt(records, place);
      if (value < pivot) {
        massLess += massAt(records, place);
        swap(records, less++, place++);
      } else if (value > pivot) {
        swap(records, place, --greater);
      } else {
        massEqual += massAt(records, place++);
      }
    }
    if (rest <= massLess && less > from) {
      to = less;
    } else if (rest <= massLess + massEqual || greater == to) {
      break;
    } else {
      rest -= massLess + massEqual;
      from = greater;
    }
  }
  return pivot;
}

@inline
function middleOf(a: f64, b: f64, c: f64): f64 {
  return max(min(a, b), min(max(a, b), c));
}
