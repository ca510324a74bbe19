import { checkChoice, checkNumber } from '../statistics-input.ts';
import { at } from '../rows-input.ts';
import { blocksOf, checkSpans, hullOf, rowNumbers } from './spans.ts';
import type { Block, Spans, Split } from './spans.ts';

/**
 * Which rows share time with a test. `closed`: whose span meets the time from the test's first start to its last end, both included, or starts within the embargo
 * after it. `book`: as snippet 7.3 of the book has it, where spans that touch at one point only may both stay. `closed` leaves out at least as much.
 */
export type PurgeRule = 'closed' | 'book';

export interface KFoldOptions {
  readonly folds: number;
  /** How long after the test's last end no row to learn from may start, in the unit of the spans. */
  readonly embargo?: number;
  readonly rule?: PurgeRule;
}

const FOLDS = { min: 2, max: 1000, whole: true };
const EMBARGO = { min: 0, max: 1e15 };

/**
 * K folds of rows next to each other in time; from the rows to learn from, those are taken out that share time with the test. López de Prado, Advances in
 * Financial Machine Learning (2018), chapter 7. Throws a RangeError where nothing is left to learn from.
 */
export function purgedKFold(spans: Spans, { folds, embargo = 0, rule = 'closed' }: KFoldOptions): readonly Split[] {
  const what = 'purgedKFold';
  checkNumber(what, 'folds', folds, FOLDS);
  checkChoice(what, 'rule', rule, ['closed', 'book']);
  checkNumber(what, 'embargo', embargo, EMBARGO);
  checkSpans(what, spans);
  return blocksOf(what, spans, folds).map((block) => splitOff(what, spans, [block], embargo, rule));
}

/** The split whose test is these blocks. */
export function splitOff(what: string, spans: Spans, tests: readonly Block[], embargo: number, rule: PurgeRule): Split {
  const hulls = tests.map((block) => hullOf(spans, block));
  const [train, test]: [number[], number[]] = [[], []];
  let [purged, embargoed] = [0, 0];
  for (let row = 0; row < spans.starts.length; row += 1) {
    const [start, end] = [at(spans.starts, row), at(spans.ends, row)];
    const before = (hull: { start: number }): boolean => (rule === 'closed' ? end < hull.start : end <= hull.start);
    const after = (hull: { end: number }, margin: number): boolean =>
      rule === 'closed' ? start > hull.end + margin : start >= hull.end + margin;
    if (tests.some(({ from, to }) => row >= from && row < to)) test.push(row);
    else if (!hulls.every((hull) => before(hull) || after(hull, 0))) purged += 1;
    else if (!hulls.every((hull) => before(hull) || after(hull, embargo))) embargoed += 1;
    else train.push(row);
  }
  if (train.length === 0) {
    const where = `the test of rows ${tests.map(({ from, to }) => `${from} to ${to - 1}`).join(' and ')}`;
    throw new RangeError(`${what}: ${where} leaves nothing to learn from: give more rows, shorter labels, or a smaller embargo.`);
  }
  return { train: rowNumbers(train), test: rowNumbers(test), purged, embargoed };
}
