import { FEATURE_BITS, LEAF, checkRow, goesLeft, type TreeModel } from './model.ts';

export interface Explanation {
  /** One an output: the mean score over the rows of the training, as the trees see them. */
  readonly base: Float64Array;
  /** Of each output, one a feature: what it adds to the score of this row. Base and contributions sum up to the score. */
  readonly contributions: readonly Float64Array[];
}

/** What a path from the root knows of the features on it; the first entry stands for none. */
interface Path {
  readonly feature: Int32Array;
  /** Part of the rows that would come along where the feature is unknown, and 1 or 0 where it is known. */
  readonly zero: Float64Array;
  readonly one: Float64Array;
  /** Share of the orders of features, by how many are known. */
  readonly weight: Float64Array;
}

/**
 * Shapley values of a row, exact and by the paths of the trees: features that are not known go both ways, by the rows of the training that
 * went there. S. Lundberg, G. Erion and S.-I. Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018, algorithm 2.
 * Refuses rows as `scoresOf` does.
 */
export function explainRow(model: TreeModel, row: ArrayLike<number>): Explanation {
  const { baseScores, roots, names } = model;
  checkRow(model, row);
  const outputs = baseScores.length;
  const base = Float64Array.from(baseScores);
  const contributions = Array.from({ length: outputs }, () => new Float64Array(names.length));
  for (let tree = 0; tree + 1 < roots.length; tree += 1) {
    const output = tree % outputs;
    base[output] = (base[output] ?? 0) + meanOfTree(model, tree);
    new TreeWalk(model, row, contributions[output] ?? new Float64Array()).visit(roots[tree] ?? 0);
  }
  return { base, contributions };
}

function meanOfTree({ roots, features, values, counts }: TreeModel, tree: number): number {
  const root = roots[tree] ?? 0;
  let sum = 0;
  for (let node = root; node < (roots[tree + 1] ?? 0); node += 1) {
    if (features[node] === LEAF) sum += (values[node] ?? 0) * (counts[node] ?? 0);
  }
  return sum / (counts[root] ?? 1);
}

const at = (values: Float64Array, place: number): number => values[place] ?? Number.NaN;

class TreeWalk {
  private readonly model: TreeModel;
  private readonly row: ArrayLike<number>;
  private readonly sums: Float64Array;

  constructor(model: TreeModel, row: ArrayLike<number>, sums: Float64Array) {
    this.model = model;
    this.row = row;
    this.sums = sums;
  }

  visit(root: number): void {
    this.descend(root, emptyPath(), 1, 1, -1);
  }

  private descend(node: number, above: Path, zero: number, one: number, feature: number): void {
    const { features, lefts, counts, values } = this.model;
    let path = extended(above, zero, one, feature);
    const code = features[node] ?? LEAF;
    if (code === LEAF) return this.addLeaf(path, values[node] ?? 0);
    const split = code & FEATURE_BITS;
    const left = lefts[node] ?? 0;
    const taken = goesLeft(code, values[node] ?? Number.NaN, this.row[split] ?? Number.NaN) ? left : left + 1;
    // A feature that the path has already counts once, with both of its conditions.
    const known = path.feature.indexOf(split);
    const [knownZero, knownOne] = known < 0 ? [1, 1] : [at(path.zero, known), at(path.one, known)];
    if (known >= 0) path = without(path, known);
    for (const child of [left, left + 1]) {
      const share = (counts[child] ?? 0) / (counts[node] ?? 1);
      this.descend(child, path, knownZero * share, child === taken ? knownOne : 0, split);
    }
  }

  private addLeaf(path: Path, value: number): void {
    for (let place = 1; place < path.feature.length; place += 1) {
      const weight = without(path, place).weight.reduce((sum, each) => sum + each, 0);
      const feature = path.feature[place] ?? 0;
      this.sums[feature] = (this.sums[feature] ?? 0) + weight * (at(path.one, place) - at(path.zero, place)) * value;
    }
  }
}

const emptyPath = (): Path => ({
  feature: new Int32Array(),
  zero: new Float64Array(),
  one: new Float64Array(),
  weight: new Float64Array(),
});

/** The path with one more feature: EXTEND of the paper. */
function extended(path: Path, zero: number, one: number, feature: number): Path {
  const length = path.feature.length;
  const longer = {
    feature: Int32Array.of(...path.feature, feature),
    zero: Float64Array.of(...path.zero, zero),
    one: Float64Array.of(...path.one, one),
    weight: Float64Array.of(...path.weight, length === 0 ? 1 : 0),
  };
  const { weight } = longer;
  for (let place = length - 1; place >= 0; place -= 1) {
    weight[place + 1] = at(weight, place + 1) + (one * at(weight, place) * (place + 1)) / (length + 1);
    weight[place] = (zero * at(weight, place) * (length - place)) / (length + 1);
  }
  return longer;
}

/** The path as if the feature at `place` had never been added: UNWIND of the paper. */
function without(path: Path, place: number): Path {
  const last = path.feature.length - 1;
  const [zero, one] = [at(path.zero, place), at(path.one, place)];
  const weight = path.weight.slice(0, last);
  let next = at(path.weight, last);
  for (let index = last - 1; index >= 0; index -= 1) {
    if (one === 0) {
      weight[index] = (at(path.weight, index) * (last + 1)) / (zero * (last - index));
      continue;
    }
    const known = (next * (last + 1)) / ((index + 1) * one);
    next = at(path.weight, index) - (known * zero * (last - index)) / (last + 1);
    weight[index] = known;
  }
  const rest = <T extends Int32Array | Float64Array>(values: T): T => values.filter((_, index) => index !== place) as T;
  return { feature: rest(path.feature), zero: rest(path.zero), one: rest(path.one), weight };
}
