import { FEATURE_BITS, LEAF, MISSING_LEFT, type TreeModel } from '../learning/model.ts';
import type { LinearModel } from '../models/model.ts';
import { TrainingError } from '../models/training-data.ts';
import { at } from '../rows-input.ts';
import { encodeAny, featuresOf, modelId, type AnyModel } from '../model-strategies/any-model.ts';
import { encodeOnnx, type Attribute, type OnnxNode, type Tensor } from './onnx-messages.ts';

export const ONNX_INPUT = 'features';
export const ONNX_OUTPUT = 'prediction';

/**
 * A model as ONNX, for other programs: from `features`, doubles, a row an observation in the order of the model, to `prediction`, the probability of class 1 or the value.
 * Trees give single precision, as their operator does. Throws a {@link TrainingError} for models that there are no operators for.
 */
export function exportOnnx(known: AnyModel): Uint8Array<ArrayBuffer> {
  const features = featuresOf(known);
  const { nodes, constants, isDouble } = known.form === 'trees' ? treeGraph(known.model) : linearGraph(known);
  return encodeOnnx({
    nodes,
    constants,
    input: { name: ONNX_INPUT, columns: features.length },
    output: { name: ONNX_OUTPUT, isDouble },
    notes: { features: features.join(','), model: modelId(encodeAny(known)) },
  });
}

interface Graph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Tensor[];
  readonly isDouble: boolean;
}

const node = (operator: string, inputs: readonly string[], output: string, attributes: readonly Attribute[] = []): OnnxNode => ({
  operator,
  domain: '',
  inputs,
  output,
  attributes,
});
const vector = (name: string, doubles: ArrayLike<number>, dims = [doubles.length]): Tensor => ({ name, dims, doubles });
const tensor = (name: string, doubles: ArrayLike<number>): Attribute => ({ kind: 'tensor', name, value: vector(name, doubles) });

function treeGraph(model: TreeModel): Graph {
  const { objective, method } = model;
  if (objective === 'multiclass')
    throw new TrainingError(
      'A model of several classes is not exported: it has no single figure a row. Export a binary model or a regression.',
    );
  const trees: OnnxNode = {
    operator: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [ONNX_INPUT],
    output: objective === 'binary' ? 'score' : ONNX_OUTPUT,
    attributes: treeAttributes(model),
  };
  if (objective !== 'binary') return { nodes: [trees], constants: [], isDouble: false };
  if (method === 'boosting') return { nodes: [trees, node('Sigmoid', ['score'], ONNX_OUTPUT)], constants: [], isDouble: false };
  // The leaves of a forest hold shares already, whose sum may pass 0 or 1 by its rounding: in single precision, by the double's as well.
  return { nodes: [{ ...trees, output: ONNX_OUTPUT }], constants: [], isDouble: false };
}

/** Nodes of each tree are numbered from 0; a value that is at most the threshold goes to the true side, as it goes left here. */
function treeAttributes({ roots, features, values, lefts, baseScores }: TreeModel): readonly Attribute[] {
  const places = Array.from(features, (_, place) => place);
  const treeOf: number[] = [];
  for (let tree = 0; tree + 1 < roots.length; tree += 1)
    for (let place = at(roots, tree); place < at(roots, tree + 1); place += 1) treeOf.push(tree);
  const isLeaf = (place: number): boolean => at(features, place) === LEAF;
  const own = (place: number): number => place - at(roots, at(treeOf, place));
  const child = (place: number, side: 0 | 1): number => (isLeaf(place) ? 0 : own(at(lefts, place)) + side);
  const leaves = places.filter(isLeaf);
  const ints = (name: string, value: readonly number[]): Attribute => ({ kind: 'ints', name, value });
  return [
    { kind: 'int', name: 'n_targets', value: 1 },
    { kind: 'string', name: 'aggregate_function', value: 'SUM' },
    { kind: 'string', name: 'post_transform', value: 'NONE' },
    tensor('base_values_as_tensor', baseScores),
    ints('nodes_treeids', treeOf),
    ints('nodes_nodeids', places.map(own)),
    ints(
      'nodes_featureids',
      places.map((place) => (isLeaf(place) ? 0 : at(features, place) & FEATURE_BITS)),
    ),
    { kind: 'strings', name: 'nodes_modes', value: places.map((place) => (isLeaf(place) ? 'LEAF' : 'BRANCH_LEQ')) },
    tensor(
      'nodes_values_as_tensor',
      Float64Array.from(places, (place) => (isLeaf(place) ? 0 : at(values, place))),
    ),
    ints(
      'nodes_truenodeids',
      places.map((place) => child(place, 0)),
    ),
    ints(
      'nodes_falsenodeids',
      places.map((place) => child(place, 1)),
    ),
    ints(
      'nodes_missing_value_tracks_true',
      places.map((place) => Number(!isLeaf(place) && (at(features, place) & MISSING_LEFT) !== 0)),
    ),
    ints(
      'target_treeids',
      leaves.map((place) => at(treeOf, place)),
    ),
    ints('target_nodeids', leaves.map(own)),
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    tensor(
      'target_weights_as_tensor',
      Float64Array.from(leaves, (place) => at(values, place)),
    ),
  ];
}

function linearGraph(known: Exclude<AnyModel, { form: 'trees' }>): Graph {
  if (known.form === 'naive-bayes') throw new TrainingError('Naive Bayes is not exported: export logistic regression or trees.');
  const { standardisation, coefficients, intercept, kind } = known.model;
  const nodes = [
    node('Sub', [ONNX_INPUT, 'means'], 'centred'),
    node('Div', ['centred', 'deviations'], 'standardised'),
    node('MatMul', ['standardised', 'coefficients'], 'sum'),
    node('Add', ['sum', 'intercept'], kind === 'logistic' ? 'score' : ONNX_OUTPUT),
  ];
  const constants = [
    vector('means', standardisation.means),
    vector('deviations', standardisation.deviations),
    vector('coefficients', coefficients, [coefficients.length, 1]),
    vector('intercept', [intercept]),
  ];
  if (kind !== 'logistic') return { nodes, constants, isDouble: true };
  const ending = probabilityOf(known.model);
  return { nodes: [...nodes, ...ending.nodes], constants: [...constants, ...ending.constants], isDouble: true };
}

function probabilityOf({ calibration }: LinearModel): Pick<Graph, 'nodes' | 'constants'> {
  if (calibration === null) return { nodes: [node('Sigmoid', ['score'], ONNX_OUTPUT)], constants: [] };
  if (calibration.kind === 'isotonic')
    throw new TrainingError(
      'An isotonic calibration is not exported, for there is no operator of it: train with --calibration platt or none.',
    );
  return {
    nodes: [
      node('Mul', ['score', 'slope'], 'scaled'),
      node('Add', ['scaled', 'shift'], 'calibrated'),
      node('Sigmoid', ['calibrated'], ONNX_OUTPUT),
    ],
    constants: [vector('slope', [calibration.slope]), vector('shift', [calibration.intercept])],
  };
}
