import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  print,
} from 'graphql';
import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLInputField,
  GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';

export type Root = 'query' | 'mutation' | 'subscription';

/** An operation as a client would send it. */
export interface Example {
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

type Holder = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

/** A field on the way from the root of an operation. */
interface Step {
  readonly holder: Holder;
  readonly field: Field;
}

interface Path {
  readonly root: Root;
  readonly steps: readonly Step[];
}

const FIELDS_MAX = 8;
const NESTING_MAX = 3;

const SCALARS: Readonly<Record<string, unknown>> = {
  Int: 10,
  Float: 1.5,
  Boolean: true,
  Decimal: '190.25',
  DateTime: '2024-03-04T15:30:00Z',
  Cursor: '1200',
  ID: 'the-id',
};
/** Text that reads like what it stands for. */
const TEXTS: Readonly<Record<string, string>> = {
  symbol: 'AAPL',
  symbols: 'AAPL',
  underlying: 'AAPL',
  reason: 'why',
  name: 'a name',
  code: 'OrderRisk',
  idempotencyKey: '2024-03-04-a',
  expiration: '2018-06-15',
};

const fieldsOf = (type: { getFields(): Record<string, Field> }): readonly Field[] => Object.values(type.getFields());
const isPlain = (field: Field): boolean => !field.args.some(isRequiredArgument) && field.deprecationReason == null;

/** Whether a value of `type` can hold one of `wanted`. */
function leadsTo(type: GraphQLInputType, wanted: string, seen: ReadonlySet<string> = new Set()): boolean {
  const named = getNamedType(type);
  if (named.name === wanted) return true;
  if (!isInputObjectType(named) || seen.has(named.name)) return false;
  return Object.values(named.getFields()).some((field) => leadsTo(field.type, wanted, new Set([...seen, named.name])));
}

/** A value of a type: what it must have, and what leads to `wanted`. */
export function exampleValue(type: GraphQLInputType, name: string, wanted = '', seen: ReadonlySet<string> = new Set()): unknown {
  if (isNonNullType(type)) return exampleValue(type.ofType, name, wanted, seen);
  if (isListType(type)) return [exampleValue(type.ofType, name, wanted, seen)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return SCALARS[type.name] ?? TEXTS[name] ?? name;
  const inside = new Set([...seen, type.name]);
  const fields = Object.values(type.getFields());
  const leads = (field: GraphQLInputField): boolean => wanted !== type.name && leadsTo(field.type, wanted, inside);
  const chosen = type.isOneOf
    ? [fields.find(leads) ?? fields[0]].filter((field) => field !== undefined)
    : fields.filter((field) => isRequiredInputField(field) || leads(field));
  const shown = chosen.length === 0 ? fields.filter(({ type: inner }) => isLeafType(getNamedType(inner))).slice(0, 1) : chosen;
  return Object.fromEntries(shown.map((field) => [field.name, exampleValue(field.type, field.name, wanted, inside)]));
}

/** Writes one operation, and gathers the variables that it needs. */
class Writer {
  readonly variables: Record<string, unknown> = {};
  readonly declared: string[] = [];
  private readonly wanted: string;

  constructor(wanted: string) {
    this.wanted = wanted;
  }

  argumentsOf(field: Field, isLast: boolean): string {
    const given = field.args.filter((arg) => isRequiredArgument(arg) || (isLast && this.wanted !== '' && leadsTo(arg.type, this.wanted)));
    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: $${this.variable(field, arg)}`).join(', ')})`;
  }

  private variable(field: Field, arg: GraphQLArgument): string {
    const name = Object.hasOwn(this.variables, arg.name) ? `${field.name}${arg.name[0]?.toUpperCase()}${arg.name.slice(1)}` : arg.name;
    this.variables[name] = exampleValue(arg.type, arg.name, this.wanted);
    this.declared.push(`$${name}: ${String(arg.type)}`);
    return name;
  }
}

function leavesOf(type: Holder): readonly string[] {
  const leaves = fieldsOf(type).filter((field) => isPlain(field) && isLeafType(getNamedType(field.type)));
  return leaves.slice(0, FIELDS_MAX).map(({ name }) => name);
}

/** What to ask of a value: a few plain fields, and where it has none, those of what it holds. */
function selectionOf(type: GraphQLOutputType, schema: GraphQLSchema, depth = 0): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (isUnionType(named)) return `{ __typename ${membersOf(named.getTypes(), schema, depth)} }`;
  if (named.name === 'Node') return '{ __typename id }';
  const edges = named.getFields()['edges'];
  if (edges !== undefined) return `{ edges ${selectionOf(edges.type, schema, depth)} pageInfo { hasNextPage endCursor } }`;
  const leaves = leavesOf(named);
  const holds = fieldsOf(named).filter((field) => isPlain(field) && isCompositeType(getNamedType(field.type)));
  const isWrapper = leaves.every((name) => name === 'cursor');
  const inner =
    isWrapper && depth < NESTING_MAX ? holds.slice(0, 1).map((field) => `${field.name} ${selectionOf(field.type, schema, depth + 1)}`) : [];
  return `{ ${leaves.length + inner.length === 0 ? '__typename' : [...leaves, ...inner].join(' ')} }`;
}

function membersOf(members: readonly GraphQLObjectType[], schema: GraphQLSchema, depth: number): string {
  const isError = (member: GraphQLObjectType): boolean => member.getInterfaces().some(({ name }) => name === 'Error');
  const parts = members
    .filter((member) => !isError(member))
    .map((member) => `... on ${member.name} ${selectionOf(member, schema, depth + 1)}`);
  return [...parts, ...(members.some(isError) ? ['... on Error { message }'] : [])].join(' ');
}

function write(schema: GraphQLSchema, { root, steps }: Path, name: string, wanted: string): Example {
  const writer = new Writer(wanted);
  const from = (place: number): string => {
    const step = steps[place];
    if (step === undefined) return '';
    const isLast = place === steps.length - 1;
    const call = `${step.field.name}${writer.argumentsOf(step.field, isLast)}`;
    if (isLast) return `${call} ${selectionOf(step.field.type, schema)}`;
    const named = getNamedType(step.field.type);
    const next = steps[place + 1]?.holder;
    const inner = from(place + 1);
    return `${call} { ${next === undefined || next === named ? inner : `... on ${next.name} { ${inner} }`} }`;
  };
  const body = from(0);
  const declared = writer.declared.length === 0 ? '' : `(${writer.declared.join(', ')})`;
  return { operation: print(parse(`${root} ${name}${declared} { ${body} }`)), variables: writer.variables };
}

const rootsOf = (schema: GraphQLSchema): readonly (readonly [Root, GraphQLObjectType | null | undefined])[] => [
  ['query', schema.getQueryType()],
  ['subscription', schema.getSubscriptionType()],
  ['mutation', schema.getMutationType()],
];

/** The shortest way from a root to each field of the schema, queries before subscriptions before mutations. */
function pathsOf(schema: GraphQLSchema): readonly Path[] {
  const paths: Path[] = [];
  const seen = new Set<string>();
  for (const [root, type] of rootsOf(schema)) {
    if (type === undefined || type === null) continue;
    let front: readonly { readonly holder: Holder; readonly steps: readonly Step[] }[] = [{ holder: type, steps: [] }];
    while (front.length > 0) {
      const next: { holder: Holder; steps: readonly Step[] }[] = [];
      for (const { holder, steps } of front) {
        for (const field of fieldsOf(holder)) {
          const path = { root, steps: [...steps, { holder, field }] };
          paths.push(path);
          const named = getNamedType(field.type);
          const holders: readonly Holder[] = isAbstractType(named)
            ? [...(isInterfaceType(named) ? [named] : []), ...schema.getPossibleTypes(named)]
            : isCompositeType(named)
              ? [named]
              : [];
          for (const inner of holders) {
            if (seen.has(inner.name)) continue;
            seen.add(inner.name);
            next.push({ holder: inner, steps: path.steps });
          }
        }
      }
      front = next;
    }
  }
  return paths;
}

const capital = (name: string): string => `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;

/** Examples for everything that a schema names. */
export class Examples {
  private readonly schema: GraphQLSchema;
  private readonly paths: readonly Path[];

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
    this.paths = pathsOf(schema);
  }

  ofRootField(root: Root, holder: GraphQLObjectType, field: Field): Example {
    return write(this.schema, { root, steps: [{ holder, field }] }, capital(field.name), '');
  }

  /** The shortest operation in which a type is answered or, of an input, given. Throws where none can. */
  ofType({ name }: GraphQLNamedType): Example {
    const isAnswered = ({ steps }: Path): boolean => {
      const named = getNamedType(steps.at(-1)?.field.type);
      return (
        named?.name === name ||
        (named !== undefined &&
          isAbstractType(named) &&
          this.schema.getPossibleTypes(named).some((type) => [type, ...type.getInterfaces()].some((is) => is.name === name)))
      );
    };
    const isGiven = ({ steps }: Path): boolean => steps.at(-1)?.field.args.some(({ type }) => leadsTo(type, name)) ?? false;
    const path = shortest(this.paths.filter(isAnswered)) ?? shortest(this.paths.filter(isGiven));
    if (path === undefined)
      throw new Error(`Invariant: an operation can reach ${name}: remove it from the schema, or the field that led to it is missing`);
    return write(this.schema, path, capital(name), name);
  }
}

const ROOT_RANK: Readonly<Record<Root, number>> = { query: 0, subscription: 1, mutation: 2 };

const shortest = (paths: readonly Path[]): Path | undefined =>
  [...paths].sort((a, b) => ROOT_RANK[a.root] - ROOT_RANK[b.root] || a.steps.length - b.steps.length)[0];
