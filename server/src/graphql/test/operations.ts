import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';

export const ROOTS = ['Query', 'Mutation', 'Subscription'] as const;
export type Root = (typeof ROOTS)[number];

/** One field that an operation can begin with, and the least that asks for it. */
export interface RootField {
  readonly root: Root;
  readonly field: string;
  /** `Query.orders`. */
  readonly name: string;
  readonly document: string;
}

const SCALARS: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  String: '""',
  ID: '"x"',
  Decimal: '"1"',
  DateTime: '"2024-03-01T14:30:00Z"',
  Cursor: '"0"',
};

/** A value that the type allows and that nothing answers to: empty texts and lists, ids that nobody has. */
export function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${needed.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
  }
  const literal = SCALARS[type.name];
  if (literal === undefined) throw new Error(`Invariant: the test knows a value of the scalar ${type.name}`);
  return literal;
}

/** The shortest call of a field: only arguments without which nothing reaches a resolver. */
export function callOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const needed = args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literalOf(argument.type)}`);
  const called = needed.length === 0 ? name : `${name}(${needed.join(', ')})`;
  return isLeafType(getNamedType(type)) ? called : `${called} { __typename }`;
}

/** The fields of each root, as the schema has them. */
export function rootTypes(
  schema: GraphQLSchema,
): readonly { readonly root: Root; readonly fields: readonly GraphQLField<unknown, unknown>[] }[] {
  const types = { Query: schema.getQueryType(), Mutation: schema.getMutationType(), Subscription: schema.getSubscriptionType() };
  return ROOTS.map((root) => ({ root, fields: Object.values(types[root]?.getFields() ?? {}) }));
}

/** Every field that an operation can begin with, from the schema itself. */
export const rootFields = (schema: GraphQLSchema): readonly RootField[] =>
  rootTypes(schema).flatMap(({ root, fields }) =>
    fields.map((field) => ({
      root,
      field: field.name,
      name: `${root}.${field.name}`,
      document: `${root.toLowerCase()} { ${callOf(field)} }`,
    })),
  );
