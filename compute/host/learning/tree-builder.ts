import { LEAF, MISSING_LEFT, leftsOf, type TreeModel } from './model.ts';

/** Offsets of fields of `Node` in `assembly/learning/job.ts`, in bytes. */
const NODE = { gain: 32, value: 40, begin: 64, end: 68, left: 72, feature: 80, bin: 84, missingSide: 88 } as const;
const NODE_BYTES = 96;

interface BuiltTree {
  readonly features: Uint16Array;
  readonly values: Float64Array;
  readonly counts: Uint32Array;
  readonly gains: Float32Array;
}

/** Collects the trees of a training from the module's nodes, level by level. */
export class TreeBuilder {
  private readonly cuts: readonly Float64Array[];
  private readonly trees: BuiltTree[] = [];
  private nodeCount = 0;

  constructor(cuts: readonly Float64Array[], nodeBytes: number) {
    if (nodeBytes !== NODE_BYTES) throw new Error(`Invariant: a node has ${NODE_BYTES} bytes here and ${nodeBytes} in the module`);
    this.cuts = cuts;
  }

  get length(): number {
    return this.trees.length;
  }

  /** Of all trees together. */
  get nodes(): number {
    return this.nodeCount;
  }

  /** Throws a RangeError where the training has run away from all numbers. */
  add(memory: WebAssembly.Memory, nodes: number, count: number): void {
    const view = new DataView(memory.buffer, nodes, count * NODE_BYTES);
    const order = levelOrder(view, count);
    const tree: BuiltTree = {
      features: new Uint16Array(count),
      values: new Float64Array(count),
      counts: new Uint32Array(count),
      gains: new Float32Array(count),
    };
    order.forEach((node, place) => this.put(tree, place, view, node * NODE_BYTES));
    checkFinite(tree, this.trees.length);
    this.trees.push(tree);
    this.nodeCount += count;
  }

  private put({ features, values, counts, gains }: BuiltTree, place: number, view: DataView, at: number): void {
    counts[place] = view.getInt32(at + NODE.end, true) - view.getInt32(at + NODE.begin, true);
    if (view.getInt32(at + NODE.left, true) === 0) {
      features[place] = LEAF;
      values[place] = view.getFloat64(at + NODE.value, true);
      return;
    }
    const feature = view.getInt32(at + NODE.feature, true);
    features[place] = feature + (view.getInt32(at + NODE.missingSide, true) === 1 ? MISSING_LEFT : 0);
    // Behind the last bin, every value goes left and only missing ones go right.
    values[place] = this.cuts[feature]?.[view.getInt32(at + NODE.bin, true)] ?? Number.MAX_VALUE;
    gains[place] = view.getFloat64(at + NODE.gain, true);
  }

  /** The first so many trees as one model. */
  build(trees: number, about: Pick<TreeModel, 'method' | 'objective' | 'quantile' | 'names' | 'baseScores'>): TreeModel {
    const kept = this.trees.slice(0, trees);
    const roots = new Uint32Array(kept.length + 1);
    kept.forEach(({ features }, tree) => (roots[tree + 1] = (roots[tree] ?? 0) + features.length));
    const nodes = roots[kept.length] ?? 0;
    const all = {
      features: new Uint16Array(nodes),
      values: new Float64Array(nodes),
      counts: new Uint32Array(nodes),
      gains: new Float32Array(nodes),
    };
    kept.forEach((tree, index) => {
      const root = roots[index];
      all.features.set(tree.features, root);
      all.values.set(tree.values, root);
      all.counts.set(tree.counts, root);
      all.gains.set(tree.gains, root);
    });
    return { ...about, roots, ...all, lefts: leftsOf(all.features, roots) };
  }
}

function checkFinite({ values, gains }: BuiltTree, tree: number): void {
  if (values.every(Number.isFinite) && gains.every(Number.isFinite)) return;
  throw new RangeError(
    `Training: tree ${tree} has a gain or a value that no number holds, as leaves of hardly any hessian do: raise leafHessianMin or l2, or lower learningRate.`,
  );
}

/** Nodes from the root down: where a tree grew does not show. */
function levelOrder(view: DataView, count: number): readonly number[] {
  const order = [0];
  for (let place = 0; place < order.length; place += 1) {
    const left = view.getInt32((order[place] ?? 0) * NODE_BYTES + NODE.left, true);
    if (left > 0) order.push(left, left + 1);
  }
  if (order.length !== count) throw new Error(`Invariant: ${count} nodes make a tree of ${order.length}`);
  return order;
}
