import { scoreRows } from '../learning/predict';
import { Predictor } from './prediction';
import { sigmoid } from './sigmoid';

/** Where things stand in the bytes of a model: docs/models.md. */
const METHOD: usize = 16;
const OBJECTIVE: usize = 17;
const TREES: usize = 24;
const NODES: usize = 28;
const BASES: usize = 48;
const FOREST: u8 = 1;
const BINARY: u8 = 0;
const LEAF: u16 = 0xffff;
/** A base that adds nothing. */
const ZERO = new StaticArray<f64>(1);

/** Trees of one output, read where they stand. */
export class TreePredictor extends Predictor {
  private readonly trees: i32;
  private readonly values: usize;
  private readonly codes: usize;
  private readonly lefts: StaticArray<u32>;
  private readonly roots: StaticArray<u32>;
  private readonly score: StaticArray<f64> = new StaticArray<f64>(1);

  constructor(private readonly address: usize) {
    super();
    const trees = load<i32>(address + TREES);
    const nodes = load<i32>(address + NODES);
    const sizes = address + BASES + 8 + (usize(nodes) << 4);
    this.trees = trees;
    this.values = address + BASES + 8;
    this.codes = sizes + (usize(trees) << 2);
    this.lefts = new StaticArray<u32>(nodes);
    this.roots = new StaticArray<u32>(trees);
    let root = 0;
    for (let tree = 0; tree < trees; tree++) {
      unchecked((this.roots[tree] = root));
      root = this.linkChildren(root, load<i32>(sizes + (usize(tree) << 2)));
    }
  }

  /** The j-th split of a tree, from 0, has its children at 1 + 2j and 2 + 2j. Answers where the next tree begins. */
  private linkChildren(root: i32, size: i32): i32 {
    let next = root + 1;
    for (let node = root; node < root + size; node++) {
      if (load<u16>(this.codes + (usize(node) << 1)) == LEAF) continue;
      unchecked((this.lefts[node] = next));
      next += 2;
    }
    return root + size;
  }

  predict(row: usize): f64 {
    const lefts = changetype<usize>(this.lefts);
    const roots = changetype<usize>(this.roots);
    const score = changetype<usize>(this.score);
    scoreRows(row, 1, this.codes, this.values, lefts, roots, this.trees, this.address + BASES, 1, score);
    const value = unchecked(this.score[0]);
    if (load<u8>(this.address + OBJECTIVE) != BINARY) return value;
    // The leaves of a forest hold shares already; their sum may pass 0 or 1 by its rounding.
    return load<u8>(this.address + METHOD) == FOREST ? min<f64>(1, max<f64>(0, value)) : sigmoid(value);
  }

  /** The trees of a forest do not see each other; those of boosting are parts of one. */
  get isEnsemble(): bool {
    return load<u8>(this.address + METHOD) == FOREST;
  }

  spread(row: usize): f64 {
    if (!this.isEnsemble) return NaN;
    let mean: f64 = 0;
    for (let tree = 0; tree < this.trees; tree++) mean += this.voteOf(tree, row);
    mean /= f64(this.trees);
    let squares: f64 = 0;
    for (let tree = 0; tree < this.trees; tree++) {
      const away = this.voteOf(tree, row) - mean;
      squares += away * away;
    }
    return Math.sqrt(squares / f64(this.trees));
  }

  /** What one tree says: its leaf holds its part of the mean, and counts from the base. */
  private voteOf(tree: i32, row: usize): f64 {
    const root = changetype<usize>(this.roots) + (usize(tree) << 2);
    const score = changetype<usize>(this.score);
    scoreRows(row, 1, this.codes, this.values, changetype<usize>(this.lefts), root, 1, changetype<usize>(ZERO), 1, score);
    return load<f64>(this.address + BASES) + unchecked(this.score[0]) * f64(this.trees);
  }
}
