import { checkNumber } from '../statistics-input.ts';
import { splitOff } from './purged-k-fold.ts';
import { blocksOf, checkSpans } from './spans.ts';
import type { Spans, Split } from './spans.ts';

export interface CombinatorialOptions {
  /** Parts in which the rows are cut. */
  readonly groups: number;
  /** How many of them are the test of a split. */
  readonly tested: number;
  /** How long after each part of the test no row to learn from may start, in the unit of the spans. */
  readonly embargo?: number;
}

export interface CombinatorialSplit extends Split {
  /** The groups of its test, in rising order. */
  readonly testGroups: readonly number[];
}

/** A whole history of predictions that were all made on unseen rows: for each group in turn, the split whose model predicts it. */
export type BacktestPath = readonly { readonly group: number; readonly split: number }[];

export interface Combinatorial {
  /** In lexicographic order of their groups. */
  readonly splits: readonly CombinatorialSplit[];
  /** As many as splits that test a given group. */
  readonly paths: readonly BacktestPath[];
}

const GROUPS = { min: 2, max: 60, whole: true };
const SPLITS_MAX = 20_000;

/**
 * Combinatorial purged cross-validation: every choice of `tested` out of `groups` parts is a test once, so that there are several whole paths instead of one, and a
 * distribution of results. Purged by the closed rule. López de Prado, Advances in Financial Machine Learning (2018), chapter 12.
 */
export function combinatorialPurged(spans: Spans, { groups, tested, embargo = 0 }: CombinatorialOptions): Combinatorial {
  const what = 'combinatorialPurged';
  checkNumber(what, 'groups', groups, GROUPS);
  checkNumber(what, 'tested', tested, { min: 1, max: groups - 1, whole: true });
  checkNumber(what, 'embargo', embargo, { min: 0, max: 1e15 });
  checkSpans(what, spans);
  const blocks = blocksOf(what, spans, groups);
  const choices = choicesOf(what, groups, tested);
  const splits = choices.map((testGroups) => ({
    testGroups,
    ...splitOff(
      what,
      spans,
      blocks.filter((_, group) => testGroups.includes(group)),
      embargo,
      'closed',
    ),
  }));
  return { splits, paths: pathsOf(choices, groups) };
}

/** All choices in lexicographic order. */
export function choicesOf(what: string, groups: number, tested: number): readonly (readonly number[])[] {
  let choices: (readonly number[])[] = [[]];
  for (let chosen = 0; chosen < tested; chosen += 1) {
    choices = choices.flatMap((choice) => {
      const first = (choice.at(-1) ?? -1) + 1;
      const last = groups - tested + chosen;
      return Array.from({ length: last - first + 1 }, (_, place) => [...choice, first + place]);
    });
    if (choices.length > SPLITS_MAX) {
      throw new RangeError(`${what}: ${tested} of ${groups} groups are more than ${SPLITS_MAX} splits: take fewer groups.`);
    }
  }
  return choices;
}

/** Path p takes each group from the p-th split that tests it. */
export function pathsOf(choices: readonly (readonly number[])[], groups: number): readonly BacktestPath[] {
  const testing = Array.from({ length: groups }, (_, group) => [...choices.keys()].filter((split) => choices[split]?.includes(group)));
  return Array.from({ length: testing[0]?.length ?? 0 }, (_, path) =>
    testing.map((splits, group) => ({ group, split: splits[path] ?? -1 })),
  );
}
