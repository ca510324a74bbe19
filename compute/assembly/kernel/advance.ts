import { openCrossing, runCrossing } from './crossing';
import { runSlices, setDone, slicesDone, slicesInAll } from './run';

/** Whether this run goes from crossing to crossing; -1 until its first slice. */
let way: i32 = -1;
let isFastAllowed: bool = true;

/** Before a run: with `fast` false, every slice asks the strategy, whatever its shape. */
export function chooseWay(fast: bool): void {
  isFastAllowed = fast;
  way = -1;
}

/** Runs up to `count` more slices; answers how many are done in all. */
export function advanceRun(count: i32): i32 {
  const from = slicesDone();
  const to = min(slicesInAll(), from + count);
  if (way < 0) way = i32(openCrossing(isFastAllowed));
  if (way == 1) runCrossing(from, to, slicesInAll());
  else runSlices(from, to);
  setDone(to);
  return to;
}

/** Whether the run goes from crossing to crossing. */
export function isFast(): bool {
  return way == 1;
}
