import { UsageError } from '../backtest-flags.ts';
import type { Figure } from '../statistics-input.ts';
import { choicesOf, pathsOf } from '../validation/combinatorial.ts';
import { placeOfLargest, ratioOf, together, type ReturnBlocks } from './return-blocks.ts';

export interface PathOptions {
  /** Parts in which the bars are cut. */
  readonly groups: number;
  /** How many of them are not seen by a split's choice. */
  readonly tested: number;
  /** Bars after each unseen part that the choice does not look at: their decisions knew its prices. */
  readonly embargo: number;
}

/** Combinatorial purged cross-validation of a family of sets: several whole histories of returns that no choice had seen. */
export interface CombinatorialPaths extends PathOptions {
  readonly splits: number;
  /** Sharpe ratio of each path, annualised. */
  readonly sharpes: readonly number[];
  readonly mean: Figure;
  readonly deviation: Figure;
  readonly least: Figure;
  readonly median: Figure;
  readonly largest: Figure;
  /** Share of the paths that lose. */
  readonly negativeShare: Figure;
  /** The best ratio over all bars at once, annualised: what the choice promises. */
  readonly inSample: Figure;
}

/** Bounds of two blocks a group: the bars of the embargo, and the rest. Throws `UsageError` for groups that are too small. */
export function groupBounds(bars: number, { groups, tested, embargo }: PathOptions): readonly number[] {
  const isSound = [groups, tested, embargo].every(Number.isSafeInteger) && groups >= 2 && groups <= 20 && tested >= 1 && tested < groups;
  if (!isSound || embargo < 0) {
    throw new UsageError(
      `${groups} groups of which ${tested} are tested, embargo ${embargo}: give 2 to 20 groups, fewer tested, and bars from 0`,
    );
  }
  if (Math.floor(bars / groups) < embargo + 2) {
    throw new UsageError(
      `${bars} bars in ${groups} groups are ${Math.floor(bars / groups)} each: too few for an embargo of ${embargo} and two more`,
    );
  }
  const starts = Array.from({ length: groups }, (_, group) => Math.floor((group * bars) / groups));
  return [...starts.flatMap((start) => [start, start + embargo]), bars];
}

/** Blocks of the groups that a split learns from: without those of the embargo that follow a tested group. */
function seenBlocks(groups: number, tested: readonly number[]): readonly number[] {
  const seen: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    if (tested.includes(group)) continue;
    if (!tested.includes(group - 1)) seen.push(2 * group);
    seen.push(2 * group + 1);
  }
  return seen;
}

const bestSet = (returns: ReturnBlocks, blocks: readonly number[]): number => placeOfLargest(returns.ratios(blocks));

/** The ratio of a path that goes through the sets, one a group. */
function pathRatio(returns: ReturnBlocks, sets: readonly number[]): number {
  return ratioOf(together(sets.map((set, group) => returns.over(set, [2 * group, 2 * group + 1]))));
}

/**
 * For every choice of tested groups the set with the best Sharpe ratio in the others is taken, and its returns in the tested ones become parts of paths. Each
 * set runs through all bars once: what it holds where paths change from one set to another is not traded. López de Prado, Advances in Financial
 * Machine Learning (2018), chapter 12. Blocks must be those of {@link groupBounds}.
 */
export function combinatorialPaths(returns: ReturnBlocks, options: PathOptions, periodsPerYear: number): CombinatorialPaths {
  const { groups, tested } = options;
  const choices = choicesOf('combinatorialPaths', groups, tested);
  const none = { ...options, splits: choices.length, sharpes: [], mean: null, deviation: null, least: null, median: null, largest: null };
  if (returns.sets.length === 0) return { ...none, negativeShare: null, inSample: null };
  const chosen = choices.map((choice) => bestSet(returns, seenBlocks(groups, choice)));
  const scale = Math.sqrt(periodsPerYear);
  const sharpes = pathsOf(choices, groups).map(
    (path) =>
      scale *
      pathRatio(
        returns,
        path.map(({ split }) => chosen[split] ?? 0),
      ),
  );
  const sorted = sharpes.toSorted((a, b) => a - b);
  const mean = sharpes.reduce((sum, value) => sum + value, 0) / sharpes.length;
  const squares = sharpes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const all = Array.from({ length: 2 * groups }, (_, block) => block);
  return {
    ...none,
    sharpes,
    mean,
    deviation: sharpes.length < 2 ? null : Math.sqrt(squares / (sharpes.length - 1)),
    least: sorted[0] ?? null,
    median: ((sorted[(sorted.length - 1) >>> 1] ?? 0) + (sorted[sorted.length >>> 1] ?? 0)) / 2,
    largest: sorted.at(-1) ?? null,
    negativeShare: sharpes.filter((value) => value < 0).length / sharpes.length,
    inSample: scale * ratioOf(returns.over(bestSet(returns, all), all)),
  };
}
