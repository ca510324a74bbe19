import { UsageError } from '../backtest-flags.ts';
import type { Figure } from '../statistics-input.ts';
import { choicesOf } from '../validation/combinatorial.ts';
import { placeOfLargest, type ReturnBlocks } from './return-blocks.ts';

/** Combinatorially symmetric cross-validation of a sweep: see {@link overfittingOf}. */
export interface SweepOverfitting {
  readonly blocks: number;
  readonly splits: number;
  readonly sets: number;
  /** Share of the splits in which the best half's choice is no better than the middle outside; `null` of fewer than two sets. */
  readonly pbo: Figure;
  /** Share of the splits in which the choice loses money outside. */
  readonly probabilityOfLoss: Figure;
  readonly meanLogit: Figure;
  /** Mean ratio of the choice, of one bar, inside and outside. */
  readonly meanInside: Figure;
  readonly meanOutside: Figure;
}

/** Blocks of one length; bars left over at the end are dropped. Throws {@link UsageError}. */
export function equalBlocks(bars: number, blocks: number): readonly number[] {
  if (!(Number.isSafeInteger(blocks) && blocks >= 2 && blocks <= 20 && blocks % 2 === 0)) {
    throw new UsageError(`${blocks} blocks; it must be an even number from 2 to 20`);
  }
  const length = Math.floor(bars / blocks);
  if (length * blocks < 4 || length < 1)
    throw new UsageError(`${bars} bars are too few for ${blocks} blocks: each half needs at least two`);
  return Array.from({ length: blocks + 1 }, (_, block) => block * length);
}

/** Rank from 1, of equal ones the average. */
function rankOf(ratios: Float64Array, set: number): number {
  const own = ratios[set] ?? 0;
  let [below, equal] = [0, 0];
  for (const ratio of ratios) {
    if (ratio < own) below += 1;
    else if (ratio === own) equal += 1;
  }
  return below + (equal + 1) / 2;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Bailey, Borwein, López de Prado and Zhu, "The probability of backtest overfitting" (2017), over sums of blocks instead of returns: what
 * `overfitting` of the statistics does with a whole matrix, in memory that does not grow with the number of bars. Blocks must be those of {@link equalBlocks}.
 */
export function overfittingOf(returns: ReturnBlocks): SweepOverfitting {
  const blocks = returns.bounds.length - 1;
  const sets = returns.sets.length;
  const halves = choicesOf('overfitting', blocks, blocks / 2);
  const none = {
    blocks,
    splits: halves.length,
    sets,
    pbo: null,
    probabilityOfLoss: null,
    meanLogit: null,
    meanInside: null,
    meanOutside: null,
  };
  if (sets < 2) return none;
  const all = Array.from({ length: blocks }, (_, block) => block);
  const found = halves.map((half) => {
    const inside = returns.ratios(half);
    const outside = returns.ratios(all.filter((block) => !half.includes(block)));
    const best = placeOfLargest(inside);
    const omega = rankOf(outside, best) / (sets + 1);
    return { inside: inside[best] ?? 0, outside: outside[best] ?? 0, logit: Math.log(omega / (1 - omega)) };
  });
  return {
    ...none,
    pbo: mean(found.map(({ logit }) => Number(logit <= 0))),
    probabilityOfLoss: mean(found.map(({ outside }) => Number(outside < 0))),
    meanLogit: mean(found.map(({ logit }) => logit)),
    meanInside: mean(found.map(({ inside }) => inside)),
    meanOutside: mean(found.map(({ outside }) => outside)),
  };
}
