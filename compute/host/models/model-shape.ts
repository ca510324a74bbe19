import type { Model, ModelKind } from './model.ts';

/** Says what is wrong with a value, if anything is. */
export type Shape = (value: unknown) => string | undefined;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const number: Shape = (value) => (typeof value === 'number' && Number.isFinite(value) ? undefined : 'no finite number');
const positive: Shape = (value) => number(value) ?? (Number(value) > 0 ? undefined : 'no number above 0');
const probability: Shape = (value) => number(value) ?? (Number(value) >= 0 && Number(value) <= 1 ? undefined : 'no probability');
const text: Shape = (value) => (typeof value === 'string' && value.length > 0 ? undefined : 'no text');
const count: Shape = (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'no number of rows');
const exactly =
  (wanted: unknown): Shape =>
  (value) =>
    value === wanted ? undefined : `not ${JSON.stringify(wanted)}`;
const listOf =
  (element: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return 'no list';
    for (const [index, each] of value.entries()) {
      const wrong = element(each);
      if (wrong !== undefined) return `${wrong} at place ${index}`;
    }
    return undefined;
  };
/** Any names, numbers under them. */
const numbersByName: Shape = (value) =>
  isFields(value) && Object.values(value).every((each) => number(each) === undefined) ? undefined : 'no numbers by name';

/** Exactly these fields. */
const record =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    if (!isFields(value)) return 'no fields';
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) return `the field ${unknown}, which there is not`;
    for (const [name, shape] of Object.entries(fields)) {
      if (!Object.hasOwn(value, name)) return `no field ${name}`;
      const wrong = shape(value[name]);
      if (wrong !== undefined) return `in ${name} ${wrong}`;
    }
    return undefined;
  };
const all =
  (...shapes: readonly Shape[]): Shape =>
  (value) => {
    for (const shape of shapes) {
      const wrong = shape(value);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : -1);
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Fields)[name] : undefined;

/** Lists at these paths are as long as there are features. */
const asLongAsFeatures =
  (...paths: readonly (readonly string[])[]): Shape =>
  (value) => {
    const features = field(value, 'features');
    if (lengthOf(features) < 1) return 'no features';
    if (new Set(features as readonly string[]).size < lengthOf(features)) return 'a feature twice';
    const odd = paths.find((path) => lengthOf(path.reduce(field, value)) !== lengthOf(features));
    return odd === undefined ? undefined : `in ${odd.join('.')} another number of values than features`;
  };

const platt = record({ kind: exactly('platt'), slope: number, intercept: number });
const rising = (name: string, strictly: boolean): Shape => {
  return (value) => {
    const values = field(value, name) as readonly number[];
    const falls = values.some((each, index) => {
      const before = values[index - 1];
      return before !== undefined && (strictly ? each <= before : each < before);
    });
    return falls ? `in ${name} values that fall` : undefined;
  };
};
const isotonic = all(
  record({ kind: exactly('isotonic'), scores: listOf(number), probabilities: listOf(probability) }),
  (value) =>
    lengthOf(field(value, 'scores')) > 0 && lengthOf(field(value, 'scores')) === lengthOf(field(value, 'probabilities'))
      ? undefined
      : 'not a probability a score',
  rising('scores', true),
  rising('probabilities', false),
);
const calibration: Shape = (value) => {
  if (value === null) return undefined;
  return field(value, 'kind') === 'platt' ? platt(value) : isotonic(value);
};

const HEAD = {
  format: text,
  version: number,
  features: listOf(text),
  parameters: numbersByName,
  rows: count,
  standardisation: record({ means: listOf(number), deviations: listOf(positive) }),
} as const;
const STANDARDISATION = [
  ['standardisation', 'means'],
  ['standardisation', 'deviations'],
] as const;

const linear = (kind: ModelKind): Shape =>
  all(
    record({
      ...HEAD,
      kind: exactly(kind),
      coefficients: listOf(number),
      intercept: number,
      calibration: kind === 'logistic' ? calibration : exactly(null),
    }),
    asLongAsFeatures(['coefficients'], ...STANDARDISATION),
  );

const normalClass = record({ logPrior: number, means: listOf(number), variances: listOf(positive), logScale: number });
const naiveBayes = all(
  record({
    ...HEAD,
    kind: exactly('naive-bayes'),
    classes: all(listOf(normalClass), (value) => (lengthOf(value) === 2 ? undefined : 'not two classes')),
    calibration,
  }),
  asLongAsFeatures(
    ['classes', '0', 'means'],
    ['classes', '0', 'variances'],
    ['classes', '1', 'means'],
    ['classes', '1', 'variances'],
    ...STANDARDISATION,
  ),
);

/** What a file of each kind of model holds, exactly. */
export const MODEL_SHAPES: Readonly<Record<Model['kind'], Shape>> = {
  logistic: linear('logistic'),
  'least-squares': linear('least-squares'),
  ridge: linear('ridge'),
  lasso: linear('lasso'),
  'elastic-net': linear('elastic-net'),
  'naive-bayes': naiveBayes,
};
