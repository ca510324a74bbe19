import { crc32 } from 'node:zlib';
import { FEATURE_BITS, LEAF, NODES_MAX, leftsOf, type TreeModel } from './model.ts';
import { METHODS, OBJECTIVES, type Method, type Objective } from './parameters.ts';
import { FEATURES_MAX, NAME_BYTES_MAX } from './samples.ts';

/** A file that is no model, or is damaged: what is wrong with it. */
export class ModelFormatError extends Error {
  override readonly name = 'ModelFormatError';
}

const MAGIC = 'TIDETREE';
const VERSION = 1;
const HEADER_BYTES = 48;
const CHECKSUM_BYTES = 4;
const TREES_MAX = 1_000_000;
const OUTPUTS_MAX = 100;

const paddedTo = (bytes: number, size: number): number => Math.ceil(bytes / size) * size;

interface Sizes {
  readonly outputs: number;
  readonly trees: number;
  readonly nodes: number;
  readonly nameBytes: number;
}

/** Where each part begins; the layout stands in docs/models.md. */
function partsOf({ outputs, trees, nodes, nameBytes }: Sizes): Readonly<Record<Part, number>> {
  const bases = HEADER_BYTES;
  const values = bases + outputs * 8;
  const gains = values + nodes * 8;
  const counts = gains + nodes * 4;
  const sizes = counts + nodes * 4;
  const features = sizes + trees * 4;
  const names = features + paddedTo(nodes * 2, 4);
  const checksum = names + paddedTo(nameBytes, 4);
  return { bases, values, gains, counts, sizes, features, names, checksum, end: checksum + CHECKSUM_BYTES };
}

type Part = 'bases' | 'values' | 'gains' | 'counts' | 'sizes' | 'features' | 'names' | 'checksum' | 'end';

function encodeNames(names: readonly string[]): Uint8Array {
  const encoded = names.map((name) => new TextEncoder().encode(name));
  const bytes = new Uint8Array(encoded.reduce((sum, name) => sum + 2 + name.length, 0));
  const view = new DataView(bytes.buffer);
  let next = 0;
  for (const name of encoded) {
    view.setUint16(next, name.length, true);
    bytes.set(name, next + 2);
    next += 2 + name.length;
  }
  return bytes;
}

/** The bytes of a model, little-endian: the same model gives the same ones. */
export function encodeModel(model: TreeModel): Uint8Array<ArrayBuffer> {
  const { roots, features, values, counts, gains, baseScores } = model;
  const names = encodeNames(model.names);
  const sizes = { outputs: baseScores.length, trees: roots.length - 1, nodes: features.length, nameBytes: names.length };
  const at = partsOf(sizes);
  const bytes = new Uint8Array(at.end);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, bytes.length, true);
  view.setUint8(16, METHODS.indexOf(model.method));
  view.setUint8(17, OBJECTIVES.indexOf(model.objective));
  view.setUint16(18, sizes.outputs, true);
  view.setUint32(20, model.names.length, true);
  view.setUint32(24, sizes.trees, true);
  view.setUint32(28, sizes.nodes, true);
  view.setUint32(32, sizes.nameBytes, true);
  view.setFloat64(40, model.quantile, true);
  baseScores.forEach((score, output) => view.setFloat64(at.bases + output * 8, score, true));
  values.forEach((value, node) => view.setFloat64(at.values + node * 8, value, true));
  gains.forEach((gain, node) => view.setFloat32(at.gains + node * 4, gain, true));
  counts.forEach((count, node) => view.setUint32(at.counts + node * 4, count, true));
  for (let tree = 0; tree < sizes.trees; tree += 1) view.setUint32(at.sizes + tree * 4, (roots[tree + 1] ?? 0) - (roots[tree] ?? 0), true);
  features.forEach((feature, node) => view.setUint16(at.features + node * 2, feature, true));
  bytes.set(names, at.names);
  view.setUint32(at.checksum, crc32(bytes.subarray(0, at.checksum)), true);
  return bytes;
}

/**
 * The model of the bytes, which are exactly those that {@link encodeModel} gives of it. Throws {@link ModelFormatError} with what is wrong where
 * they are not of a model that this program can trust.
 */
export function decodeModel(bytes: Uint8Array): TreeModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { method, objective, ...sizes } = checkHeader(bytes, view);
  const at = partsOf(sizes);
  const column = <T>(length: number, read: (index: number) => T): T[] => Array.from({ length }, (_, index) => read(index));
  const lengths = column(sizes.trees, (tree) => view.getUint32(at.sizes + tree * 4, true));
  const roots = new Uint32Array(sizes.trees + 1);
  lengths.forEach((length, tree) => (roots[tree + 1] = (roots[tree] ?? 0) + length));
  require(lengths.reduce((sum, length) => sum + length, 0) === sizes.nodes, 'its trees do not have as many nodes as it says');
  const features = Uint16Array.from(column(sizes.nodes, (node) => view.getUint16(at.features + node * 2, true)));
  const model: TreeModel = {
    method,
    objective,
    quantile: view.getFloat64(40, true),
    names: decodeNames(bytes.subarray(at.names, at.names + sizes.nameBytes), view.getUint32(20, true)),
    baseScores: Float64Array.from(column(sizes.outputs, (output) => view.getFloat64(at.bases + output * 8, true))),
    roots,
    features,
    values: Float64Array.from(column(sizes.nodes, (node) => view.getFloat64(at.values + node * 8, true))),
    counts: Uint32Array.from(column(sizes.nodes, (node) => view.getUint32(at.counts + node * 4, true))),
    gains: Float32Array.from(column(sizes.nodes, (node) => view.getFloat32(at.gains + node * 4, true))),
    lefts: leftsOf(features, roots),
  };
  checkModel(model);
  require(Buffer.compare(encodeModel(model), bytes) === 0, 'it is written in another way than this program writes it');
  return model;
}

function refusal(problem: string, options?: ErrorOptions): ModelFormatError {
  return new ModelFormatError(
    `This is no model that can be used: ${problem}. Take the file from where it was written again, or train anew.`,
    options,
  );
}

function require(isRight: boolean, problem: string): asserts isRight {
  if (!isRight) throw refusal(problem);
}

interface Header extends Sizes {
  readonly method: Method;
  readonly objective: Objective;
}

function checkHeader(bytes: Uint8Array, view: DataView): Header {
  require(bytes.length >= HEADER_BYTES + CHECKSUM_BYTES, `it has ${bytes.length} bytes, fewer than the head of a model`);
  require(MAGIC === String.fromCharCode(...bytes.subarray(0, 8)), `it does not begin with ${MAGIC}`);
  const version = view.getUint32(8, true);
  require(version === VERSION, `it has version ${version} of the layout, and this program reads version ${VERSION}`);
  const length = view.getUint32(12, true);
  require(length === bytes.length, `it has ${bytes.length} bytes where it says ${length}`);
  const checksum = view.getUint32(bytes.length - CHECKSUM_BYTES, true);
  require(checksum === crc32(bytes.subarray(0, -CHECKSUM_BYTES)), 'its checksum is not that of its bytes: it was changed or cut');
  const sizes = {
    outputs: view.getUint16(18, true),
    trees: view.getUint32(24, true),
    nodes: view.getUint32(28, true),
    nameBytes: view.getUint32(32, true),
  };
  const method = METHODS[view.getUint8(16)];
  const objective = OBJECTIVES[view.getUint8(17)];
  require(method !== undefined && objective !== undefined, 'its method or objective is unknown');
  require(view.getUint32(36, true) === 0, 'there is something where nothing should be');
  require(sizes.trees >= 1 && sizes.trees <= TREES_MAX, `it has ${sizes.trees} trees`);
  require(sizes.nodes >= sizes.trees && sizes.nodes <= NODES_MAX, `it has ${sizes.nodes} nodes`);
  require(partsOf(sizes).end === bytes.length, 'its parts are not as long as the whole');
  return { ...sizes, method, objective };
}

function decodeNames(bytes: Uint8Array, count: number): readonly string[] {
  require(count >= 1 && count <= FEATURES_MAX, `it has ${count} features`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  let next = 0;
  while (names.length < count) {
    const length = next + 2 <= bytes.length ? view.getUint16(next, true) : 0;
    require(length >= 1 && length <= NAME_BYTES_MAX && next + 2 + length <= bytes.length, 'a name of a feature is not whole');
    names.push(textOf(bytes.subarray(next + 2, next + 2 + length)));
    next += 2 + length;
  }
  require(next === bytes.length && new Set(names).size === count, 'its names of features are not one a feature');
  return names;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw refusal('a name of a feature is not UTF-8', { cause: error });
  }
}

function checkModel(model: TreeModel): void {
  const { objective, method, quantile, baseScores, roots, values, names } = model;
  const trees = roots.length - 1;
  const outputs = baseScores.length;
  require(objective === 'multiclass' ? outputs >= 2 && outputs <= OUTPUTS_MAX : outputs === 1, `it has ${outputs} outputs`);
  require(trees % outputs === 0, `its ${trees} trees do not make rounds of ${outputs}`);
  require(method === 'boosting' || objective === 'binary' || objective === 'regression', `a forest cannot be ${objective}`);
  require(objective === 'quantile'
    ? quantile > 0 && quantile < 1
    : quantile === 0.5, `its quantile is ${quantile}, and its objective ${objective}`);
  require(baseScores.every((score) => Number.isFinite(score)) && values.every((value) => Number.isFinite(value)), 'a value is not finite');
  for (let tree = 0; tree < trees; tree += 1) checkTree(model, tree, names.length);
}

function checkTree({ roots, features, counts, gains, lefts }: TreeModel, tree: number, featureCount: number): void {
  const root = roots[tree] ?? 0;
  const end = roots[tree + 1] ?? 0;
  let children = root + 1;
  for (let node = root; node < end; node += 1) {
    const feature = features[node] ?? LEAF;
    const count = counts[node] ?? 0;
    require(count > 0, `node ${node} had no rows`);
    require(feature === LEAF || (feature & FEATURE_BITS) < featureCount, `node ${node} asks for a feature that is none`);
    const gain = gains[node] ?? Number.NaN;
    require(feature !== LEAF || gain === 0, `node ${node} is a leaf with a gain`);
    require(gain >= 0 && gain < Infinity, `node ${node} has no gain that is finite`);
    if (feature === LEAF) continue;
    const left = lefts[node] ?? 0;
    require(left > node && left + 1 < end, `tree ${tree} is not whole`);
    require((counts[left] ?? 0) + (counts[left + 1] ?? 0) === count, `the children of node ${node} do not have its rows`);
    children = left + 2;
  }
  require(children === end, `tree ${tree} has nodes that no split leads to`);
}
