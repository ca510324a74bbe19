import { getNamedType, isLeafType, isListType, isNonNullType, isObjectType, Kind, OperationTypeNode, parse } from 'graphql';
import type { FragmentDefinitionNode, GraphQLNamedType, GraphQLOutputType, GraphQLSchema, SelectionSetNode } from 'graphql';
import type { Schema } from './tool.ts';

/** What a shortened answer says of itself. */
export const SHORTENED: Readonly<Record<string, Schema>> = {
  shortened: { type: 'string' },
  whole: { type: 'string' },
};

const NUMBERS: Readonly<Record<string, Schema>> = {
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
};
/** Decimals, times and ids are exact text, and so are names of an enumeration. */
const leafSchema = (type: GraphQLNamedType): Schema => NUMBERS[type.name] ?? { type: 'string' };

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

const isRefusal = (type: GraphQLNamedType | undefined): boolean => type?.name.endsWith('Error') === true;

/** Follows a selection through the schema as `shape.ts` follows an answer. */
class Reader {
  private readonly schema: GraphQLSchema;
  private readonly fragments: Fragments;

  constructor(schema: GraphQLSchema, fragments: Fragments) {
    this.schema = schema;
    this.fragments = fragments;
  }

  properties(set: SelectionSetNode, type: GraphQLNamedType): Record<string, Schema> {
    const found: Record<string, Schema> = {};
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
        // `__typename`, and the message of a refusal, which becomes an error.
        if (field === undefined) continue;
        found[selection.alias?.value ?? selection.name.value] = this.of(selection.selectionSet, field.type);
      } else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
        const on = fragment?.typeCondition === undefined ? type : this.schema.getType(fragment.typeCondition.name.value);
        if (fragment === undefined || on === undefined || isRefusal(on)) continue;
        Object.assign(found, this.properties(fragment.selectionSet, on));
      }
    }
    return found;
  }

  private of(set: SelectionSetNode | undefined, type: GraphQLOutputType): Schema {
    if (isNonNullType(type)) return this.of(set, type.ofType);
    if (isListType(type)) return { type: 'array', items: this.of(set, type.ofType) };
    const named = getNamedType(type);
    if (isLeafType(named) || set === undefined) return leafSchema(named);
    const properties = this.properties(set, named);
    const node = properties['edges']?.items?.properties?.['node'];
    if (node === undefined) return { type: 'object', properties };
    const next = properties['pageInfo'] === undefined ? {} : { next: { type: 'string' } as const };
    return { type: 'object', properties: { items: { type: 'array', items: node }, ...next } };
  }
}

/** What a document is answered with, in the shape that `shapeOf` gives it: nothing is required, since what is null is left out. */
export function outputSchemaOf(document: string, schema: GraphQLSchema): Schema {
  const { definitions } = parse(document);
  const fragments = new Map(definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const root = operation === undefined ? undefined : schema.getRootType(operation.operation);
  if (operation === undefined || root === undefined || root === null)
    throw new Error('Invariant: the document of a tool has one operation');
  const properties = new Reader(schema, fragments).properties(operation.selectionSet, root);
  return { type: 'object', properties: operation.operation === OperationTypeNode.QUERY ? { ...properties, ...SHORTENED } : properties };
}
