import { at, put } from './series';

/** A mark this close below the high-water mark has recovered: the rest is rounding of the product of returns. */
const RECOVERED: f64 = 1 - 1e-12;

/** The way under water: sums over all periods, and the deepest point. Zero or negative. */
export class DrawdownSums {
  deepest: f64 = 0;
  sum: f64 = 0;
  squares: f64 = 0;
}

/**
 * The share of the high-water mark that is left after one more return. The mark begins at the start, before the first return. At 1 the
 * level starts afresh, so no error is carried from peak to peak.
 */
@inline
export function levelAfter(level: f64, value: f64): f64 {
  const next = level * (1 + value);
  return next >= RECOVERED ? 1 : next;
}

export function drawdownSums(returns: usize, count: i32): DrawdownSums {
  const sums = new DrawdownSums();
  let level: f64 = 1;
  for (let i = 0; i < count; i++) {
    level = levelAfter(level, at(returns, i));
    const depth = level - 1;
    sums.deepest = min(sums.deepest, depth);
    sums.sum += depth;
    sums.squares += depth * depth;
  }
  return sums;
}

/** Distance from the high-water mark after each return, as a fraction: zero or negative. */
export function underwater(returns: usize, count: i32, out: usize): void {
  let level: f64 = 1;
  for (let i = 0; i < count; i++) {
    level = levelAfter(level, at(returns, i));
    put(out, i, level - 1);
  }
}

/**
 * The stretches under water, deepest first, at most `most`. Each is four numbers: depth, and the places of the peak, the trough and the
 * recovery among the returns. A peak at -1 is the start; a recovery of -1 has not come. Answers how many there are.
 */
export function drawdowns(returns: usize, count: i32, most: i32, out: usize): i32 {
  let found = 0;
  let level: f64 = 1;
  let depth: f64 = 0;
  let peak = -1;
  let trough = -1;
  for (let i = 0; i < count; i++) {
    level = levelAfter(level, at(returns, i));
    if (level == 1) {
      if (depth < 0) found = keep(out, found, most, depth, peak, trough, i);
      peak = i;
      depth = 0;
    } else if (level - 1 < depth) {
      depth = level - 1;
      trough = i;
    }
  }
  return depth < 0 ? keep(out, found, most, depth, peak, trough, -1) : found;
}

/** Puts a stretch in its place among those kept, the earlier one first where two are as deep. */
function keep(out: usize, found: i32, most: i32, depth: f64, peak: i32, trough: i32, recovery: i32): i32 {
  let place = min(found, most);
  while (place > 0 && at(out, 4 * (place - 1)) > depth) {
    if (place < most) memory.copy(out + 32 * place, out + 32 * (place - 1), 32);
    place--;
  }
  if (place >= most) return found;
  put(out, 4 * place, depth);
  put(out, 4 * place + 1, peak);
  put(out, 4 * place + 2, trough);
  put(out, 4 * place + 3, recovery);
  return min(found + 1, most);
}
