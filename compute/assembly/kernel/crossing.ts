import { CrossingStrategy } from '../sdk/crossing';
import { symbolCount } from '../sdk/slice';
import { getStrategy, tidyMemory } from './decide';
import { closesFrom } from './market';
import { beginSlice, closeSlice, endSlice, fillSpan, isQuiet, runSlice, setDone } from './run';

/**
 * The fast way through a run of a strategy that acts at crossings only: its two filters run over many bars at once, and between two crossings
 * the strategy is not asked. What happens at a crossing, and to orders in between, is the code of every run: the results are the same, to the bit.
 */
const CHUNK: i32 = 1024;
let chunk: i32 = CHUNK;
/** The filters' values over a chunk, with the value before it in front. */
const fast: usize = memory.data((CHUNK + 3) * 8, 16);
const slow: usize = memory.data((CHUNK + 3) * 8, 16);

let crossing: CrossingStrategy | null = null;
let chunkStart: i32 = 0;
let chunkEnd: i32 = 0;

/** Whether the run can go this way. `isAllowed` false: never. Once a run, when the bars are there. */
export function openCrossing(isAllowed: bool): bool {
  const strategy = getStrategy();
  crossing = null;
  if (!isAllowed || symbolCount != 1 || !(strategy instanceof CrossingStrategy)) return false;
  crossing = strategy as CrossingStrategy;
  chunkStart = 0;
  chunkEnd = 0;
  // In whole strides of the longer filter where they fit: that is fastest.
  const strides = crossing!.slowOf(0).strides(CHUNK);
  chunk = strides <= CHUNK ? strides : CHUNK;
  store<f64>(fast + usize(chunk) * 8, NaN);
  store<f64>(slow + usize(chunk) * 8, NaN);
  return true;
}

function fillChunk(at: i32, sliceCount: i32): void {
  const strategy = crossing!;
  store<f64>(fast, load<f64>(fast + usize(chunk) * 8));
  store<f64>(slow, load<f64>(slow + usize(chunk) * 8));
  const count = min(chunk, sliceCount - at);
  const closes = closesFrom(at);
  strategy.fastOf(0).runOn(closes, count, fast + 8, at);
  strategy.slowOf(0).runOn(closes, count, slow + 8, at);
  chunkStart = at;
  chunkEnd = at + count;
}

/** The first bar from `at` on that stands otherwise than the bar before it; `stop` where there is none before it. */
function nextEvent(at: i32, stop: i32): i32 {
  let place = usize(at - chunkStart) << 3;
  const end = usize(stop - chunkStart) << 3;
  // Lane 1 is how the bar before stood.
  let above = f64x2.gt(v128.load64_splat(fast + place), v128.load64_splat(slow + place));
  let below = f64x2.lt(v128.load64_splat(fast + place), v128.load64_splat(slow + place));
  for (; place + 16 <= end; place += 16) {
    const a = v128.load(fast + place, 8);
    const b = v128.load(slow + place, 8);
    const nowAbove = f64x2.gt(a, b);
    const nowBelow = f64x2.lt(a, b);
    const roseOrFell = v128.or(
      v128.xor(nowAbove, v128.shuffle<f64>(above, nowAbove, 1, 2)),
      v128.xor(nowBelow, v128.shuffle<f64>(below, nowBelow, 1, 2)),
    );
    if (v128.any_true(roseOrFell)) break;
    above = nowAbove;
    below = nowBelow;
  }
  for (; place < end; place += 8) if (sideAt(place + 8) != sideAt(place)) break;
  return chunkStart + i32(place >> 3);
}

function sideAt(place: usize): i32 {
  const a = load<f64>(fast + place);
  const b = load<f64>(slow + place);
  return i32(a > b) - i32(a < b);
}

function runEvent(at: i32): void {
  const strategy = crossing!;
  const place = usize(at - chunkStart) << 3;
  beginSlice(at);
  strategy.setPrevious(0, load<f64>(fast + place), load<f64>(slow + place));
  strategy.stand(0, load<f64>(fast + place, 8), load<f64>(slow + place, 8));
  tidyMemory();
  closeSlice(at);
  endSlice(at);
}

/** Bars without a crossing. */
function runQuietly(from: i32, to: i32): void {
  for (let at = from; at < to;) {
    if (isQuiet()) {
      fillSpan(at, to, closesFrom(at));
      return;
    }
    runSlice(at, false);
    at += 1;
  }
}

/** Slices from `from` to `to`, of `sliceCount` in all. */
export function runCrossing(from: i32, to: i32, sliceCount: i32): void {
  let at = from;
  while (at < to) {
    if (at >= chunkEnd) fillChunk(at, sliceCount);
    const stop = min(to, chunkEnd);
    const event = nextEvent(at, stop);
    runQuietly(at, event);
    at = event;
    if (at == stop) continue;
    runEvent(at);
    at += 1;
  }
  setDone(to);
}
