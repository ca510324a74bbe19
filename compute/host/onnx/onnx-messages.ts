import { PbfWriter } from 'pbf';

/** Numbers of fields and types as `onnx.proto` has them; https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const DOUBLE = 11;
const FLOAT = 1;
const TYPE = { int: 2, string: 3, tensor: 4, ints: 7, strings: 8 } as const;

export interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly doubles: ArrayLike<number>;
}

export type Attribute =
  | { readonly kind: 'int'; readonly name: string; readonly value: number }
  | { readonly kind: 'string'; readonly name: string; readonly value: string }
  | { readonly kind: 'ints'; readonly name: string; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly name: string; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly name: string; readonly value: Tensor };

export interface OnnxNode {
  readonly operator: string;
  /** '' for the standard operators. */
  readonly domain: '' | 'ai.onnx.ml';
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: readonly Attribute[];
}

/** A graph from one matrix of doubles, a column a feature, to one column of figures. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Tensor[];
  readonly input: { readonly name: string; readonly columns: number };
  readonly output: { readonly name: string; readonly isDouble: boolean };
  /** Texts that whoever opens the file may read. */
  readonly notes: Readonly<Record<string, string>>;
}

function writeTensor({ name, dims, doubles }: Tensor, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...dims]);
  pbf.writeVarintField(2, DOUBLE);
  pbf.writeStringField(8, name);
  pbf.writePackedDouble(10, Array.from(doubles));
}

function writeAttribute(attribute: Attribute, pbf: PbfWriter): void {
  pbf.writeStringField(1, attribute.name);
  switch (attribute.kind) {
    case 'int':
      pbf.writeVarintField(3, attribute.value);
      break;
    case 'string':
      pbf.writeStringField(4, attribute.value);
      break;
    case 'tensor':
      pbf.writeMessage(5, writeTensor, attribute.value);
      break;
    case 'ints':
      pbf.writePackedVarint(8, [...attribute.value]);
      break;
    case 'strings':
      for (const each of attribute.value) pbf.writeStringField(9, each);
      break;
  }
  pbf.writeVarintField(20, TYPE[attribute.kind]);
}

function writeNode({ operator, domain, inputs, output, attributes = [] }: OnnxNode, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  pbf.writeStringField(2, output);
  pbf.writeStringField(4, operator);
  for (const attribute of attributes) pbf.writeMessage(5, writeAttribute, attribute);
  pbf.writeStringField(7, domain);
}

interface Value {
  readonly name: string;
  readonly type: number;
  readonly columns: number;
}

/** A matrix of any number of rows. */
function writeValue({ name, type, columns }: Value, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  const writeRows = (_: null, inner: PbfWriter): void => inner.writeStringField(2, 'rows');
  const writeColumns = (_: null, inner: PbfWriter): void => inner.writeVarintField(1, columns);
  const writeShape = (_: null, inner: PbfWriter): void => {
    inner.writeMessage(1, writeRows, null);
    inner.writeMessage(1, writeColumns, null);
  };
  const writeTensorType = (_: null, inner: PbfWriter): void => {
    inner.writeVarintField(1, type);
    inner.writeMessage(2, writeShape, null);
  };
  pbf.writeMessage(2, (_: null, inner) => inner.writeMessage(1, writeTensorType, null), null);
}

function writeGraph({ nodes, constants, input, output }: OnnxModel, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'model');
  for (const constant of constants) pbf.writeMessage(5, writeTensor, constant);
  pbf.writeMessage(11, writeValue, { name: input.name, type: DOUBLE, columns: input.columns });
  pbf.writeMessage(12, writeValue, { name: output.name, type: output.isDouble ? DOUBLE : FLOAT, columns: 1 });
}

/** Operators of 2021, which every runtime knows. */
const OPERATORS = [
  { domain: '', version: 13 },
  { domain: 'ai.onnx.ml', version: 3 },
] as const;
const FORMAT = 8;

/** The bytes of a model: the same model gives the same ones. */
export function encodeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, FORMAT);
  pbf.writeStringField(2, 'tidemark');
  pbf.writeMessage(7, writeGraph, model);
  for (const operators of OPERATORS)
    pbf.writeMessage(
      8,
      ({ domain, version }, inner) => {
        inner.writeStringField(1, domain);
        inner.writeVarintField(2, version);
      },
      operators,
    );
  for (const note of Object.entries(model.notes))
    pbf.writeMessage(
      14,
      ([key, value], inner) => {
        inner.writeStringField(1, key);
        inner.writeStringField(2, value);
      },
      note,
    );
  return Uint8Array.from(pbf.finish());
}
