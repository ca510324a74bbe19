import { at, bytesOf, copySeries, newSeries, put } from './series';
import { DEFINITE, INDEFINITE, Scaled, factorise } from './cholesky';

/**
 * Hierarchical risk parity: assets in the order of a single-linkage tree over √((1 − ρ)/2), and weights by halving that order, each half
 * in inverse proportion to the variance of its inverse-variance portfolio. M. López de Prado, "Building Diversified Portfolios that
 * Outperform Out of Sample", 2016. `order` gets the assets as the tree has them.
 */
export function hierarchicalRiskParity(covariance: usize, size: i32, out: usize, order: usize): i32 {
  const scaled = new Scaled(covariance, size);
  if (factorise(copySeries(scaled.correlations, size * size), size) == INDEFINITE) return INDEFINITE;
  const tree = new Tree(scaled, size);
  tree.writeOrder(order);
  for (let i = 0; i < size; i++) put(out, i, 1);
  halve(covariance, size, order, 0, size, out);
  return DEFINITE;
}

/** Cluster `size + k` joins two earlier ones; assets are the clusters below `size`. */
class Tree {
  private readonly lefts: StaticArray<i32>;
  private readonly rights: StaticArray<i32>;

  constructor(
    scaled: Scaled,
    private readonly size: i32,
  ) {
    this.lefts = new StaticArray<i32>(size);
    this.rights = new StaticArray<i32>(size);
    const edges = spanningTree(scaled, size);
    const parents = new StaticArray<i32>(2 * size);
    for (let i = 0; i < 2 * size; i++) parents[i] = i;
    for (let k = 0; k < size - 1; k++) {
      const edge = edges + bytesOf(3 * k);
      const one = rootOf(parents, i32(at(edge, 1)));
      const other = rootOf(parents, i32(at(edge, 2)));
      this.lefts[k] = min(one, other);
      this.rights[k] = max(one, other);
      parents[one] = parents[other] = size + k;
    }
  }

  /** The assets from left to right. */
  writeOrder(order: usize): void {
    const open = new StaticArray<i32>(2 * this.size);
    let waiting = 1;
    open[0] = max(0, 2 * this.size - 2);
    for (let place = 0; waiting > 0; ) {
      const cluster = open[--waiting];
      if (cluster < this.size) {
        put(order, place++, cluster);
        continue;
      }
      open[waiting++] = this.rights[cluster - this.size];
      open[waiting++] = this.lefts[cluster - this.size];
    }
  }
}

function rootOf(parents: StaticArray<i32>, cluster: i32): i32 {
  let root = cluster;
  while (parents[root] != root) root = parents[root];
  let place = cluster;
  while (parents[place] != root) {
    const next = parents[place];
    parents[place] = root;
    place = next;
  }
  return root;
}

/** Prim's tree of the shortest distances, as edges (length, asset, asset) from short to long; equal ones stay in the order found. */
function spanningTree(scaled: Scaled, size: i32): usize {
  const edges = newSeries(3 * size);
  const distances = newSeries(size);
  const nearest = new StaticArray<i32>(size);
  const reached = new StaticArray<bool>(size);
  for (let i = 0; i < size; i++) put(distances, i, Infinity);
  let current = 0;
  for (let k = 0; k < size - 1; k++) {
    reached[current] = true;
    let next = -1;
    for (let i = 0; i < size; i++) {
      if (reached[i]) continue;
      const distance = sqrt(max(0, (1 - at(scaled.row(current), i)) / 2));
      if (distance < at(distances, i)) {
        put(distances, i, distance);
        nearest[i] = current;
      }
      if (next < 0 || at(distances, i) < at(distances, next)) next = i;
    }
    insertEdge(edges, k, at(distances, next), nearest[next], next);
    current = next;
  }
  return edges;
}

function insertEdge(edges: usize, count: i32, length: f64, one: i32, other: i32): void {
  let place = count;
  for (; place > 0 && at(edges, 3 * (place - 1)) > length; place--) {
    memory.copy(edges + bytesOf(3 * place), edges + bytesOf(3 * (place - 1)), bytesOf(3));
  }
  put(edges, 3 * place, length);
  put(edges, 3 * place + 1, one);
  put(edges, 3 * place + 2, other);
}

/** Splits the assets in [from, to) of the order, down to single ones. */
function halve(covariance: usize, size: i32, order: usize, from: i32, to: i32, out: usize): void {
  if (to - from < 2) return;
  const middle = from + (to - from) / 2;
  const left = clusterVariance(covariance, size, order, from, middle);
  const right = clusterVariance(covariance, size, order, middle, to);
  // Two halves without risk share what they get.
  const share = left + right > 0 ? right / (left + right) : 0.5;
  for (let i = from; i < to; i++) {
    const asset = i32(at(order, i));
    put(out, asset, at(out, asset) * (i < middle ? share : 1 - share));
  }
  halve(covariance, size, order, from, middle, out);
  halve(covariance, size, order, middle, to, out);
}

/** Variance of the inverse-variance portfolio of these assets. */
function clusterVariance(covariance: usize, size: i32, order: usize, from: i32, to: i32): f64 {
  let sum: f64 = 0;
  let total: f64 = 0;
  for (let i = from; i < to; i++) {
    const asset = i32(at(order, i));
    const weight = 1 / at(covariance, asset * size + asset);
    sum += weight;
    for (let j = from; j < to; j++) {
      const other = i32(at(order, j));
      total += (weight * at(covariance, asset * size + other)) / at(covariance, other * size + other);
    }
  }
  return max(0, total / (sum * sum));
}
