import { checkChoice, checkNumber } from '../statistics-input.ts';
import { at } from '../rows-input.ts';
import { checkSpans, rowNumbers, timesOf } from './spans.ts';
import type { Spans, Split } from './spans.ts';

export interface WalkForwardOptions {
  /** Distinct times to learn from; with `anchored`, the least number. */
  readonly train: number;
  /** Distinct times to be judged by, after which the next split begins. */
  readonly test: number;
  /** `rolling` forgets what is older than `train`; `anchored` learns from everything before. */
  readonly mode?: 'rolling' | 'anchored';
  /** How long before the test's start the last label must be known, in the unit of the spans; 0 is just before. */
  readonly gap?: number;
}

const TIMES = { min: 1, max: 1e9, whole: true };

/**
 * Splits as a trader lives them: learn from the past, be judged by what follows, move on. Every row after the first `train` times is tested once; the last test may
 * be shorter. Rows whose labels are not known before the test starts are purged.
 */
export function walkForward(spans: Spans, { train, test, mode = 'rolling', gap = 0 }: WalkForwardOptions): readonly Split[] {
  const what = 'walkForward';
  checkNumber(what, 'train', train, TIMES);
  checkNumber(what, 'test', test, TIMES);
  checkNumber(what, 'gap', gap, { min: 0, max: 1e15 });
  checkChoice(what, 'mode', mode, ['rolling', 'anchored']);
  checkSpans(what, spans);
  const times = timesOf(spans);
  const distinct = times.length - 1;
  if (distinct <= train)
    throw new RangeError(`${what}: ${distinct} times leave none to test after ${train} to learn from: give more rows.`);
  const splits: Split[] = [];
  for (let first = train; first < distinct; first += test) {
    const from = mode === 'rolling' ? at(times, first - train) : 0;
    const to = at(times, first);
    splits.push(splitAt(what, spans, { from, to, end: at(times, Math.min(distinct, first + test)) }, gap));
  }
  return splits;
}

/** Learns from `from` to before `to`, tests from there to before `end`. */
function splitAt(what: string, { starts, ends }: Spans, { from, to, end }: { from: number; to: number; end: number }, gap: number): Split {
  const rows = (first: number, last: number): readonly number[] => Array.from({ length: last - first }, (_, place) => first + place);
  const all = rows(from, to);
  const known = all.filter((row) => at(ends, row) < at(starts, to));
  const train = known.filter((row) => at(ends, row) + gap < at(starts, to));
  if (train.length === 0) {
    throw new RangeError(
      `${what}: no label of rows ${from} to ${to - 1} is known before row ${to}: learn from more, or take shorter labels.`,
    );
  }
  return {
    train: rowNumbers(train),
    test: rowNumbers(rows(to, end)),
    purged: all.length - known.length,
    embargoed: known.length - train.length,
  };
}
