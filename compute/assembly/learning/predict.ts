/** A leaf's feature in the byte form of a model; of others the highest bit says that missing values go left. */
const LEAF: u32 = 0xffff;
const MISSING_LEFT: u32 = 0x8000;

/**
 * Scores of rows whose features stand one after another as columns of doubles. Nodes are columns too: features, thresholds or values, and
 * where the left child is. Tree after tree is added to the base of its output, in the order in which the host's walker does it.
 */
export function scoreRows(
  columns: usize,
  rows: i32,
  features: usize,
  values: usize,
  lefts: usize,
  roots: usize,
  trees: i32,
  bases: usize,
  outputs: i32,
  scores: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const cells = columns + (usize(row) << 3);
    for (let output = 0; output < outputs; output++) {
      let score = load<f64>(bases + (usize(output) << 3));
      for (let tree = output; tree < trees; tree += outputs) {
        score += walk(cells, rows, features, values, lefts, load<u32>(roots + (usize(tree) << 2)));
      }
      store<f64>(scores + ((usize(output) * usize(rows) + usize(row)) << 3), score);
    }
  }
}

@inline
function walk(cells: usize, rows: i32, features: usize, values: usize, lefts: usize, root: u32): f64 {
  let node = root;
  let feature = featureAt(features, node);
  while (feature != LEAF) {
    const cell = load<f64>(cells + usize(feature & 0x7fff) * usize(rows) * 8);
    const goesLeft = cell <= valueAt(values, node) || (cell != cell && (feature & MISSING_LEFT) != 0);
    node = load<u32>(lefts + (usize(node) << 2)) + u32(!goesLeft);
    feature = featureAt(features, node);
  }
  return valueAt(values, node);
}

@inline
function featureAt(features: usize, node: u32): u32 {
  return load<u16>(features + (usize(node) << 1));
}

@inline
function valueAt(values: usize, node: u32): f64 {
  return load<f64>(values + (usize(node) << 3));
}
