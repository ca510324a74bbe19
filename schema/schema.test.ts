import { readdirSync, readFileSync } from 'node:fs';
import {
  GraphQLNonNull,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  execute,
  Kind,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import type { GraphQLArgument, GraphQLField, GraphQLInputType, GraphQLOutputType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkDocument, costOf, DOCUMENT_LIMITS } from '../server/src/graphql/limits.ts';
import { buildSchema } from '../server/src/graphql/schema.ts';
import { committedSchema, printedSchema } from './print.ts';

const DOCUMENTS = new URL('documents/', import.meta.url);
const schema = buildSchema();

test('the committed SDL is the schema that the server builds', async () => {
  expect(printedSchema(), 'run node schema/print.ts and review the difference').toBe(await committedSchema());
});

describe('the dashboard’s documents', () => {
  const text = readdirSync(DOCUMENTS)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(new URL(name, DOCUMENTS), 'utf8'))
    .join('\n');
  const document = parse(text);

  test('are valid', () => {
    expect(validate(schema, document, specifiedRules).map(({ message }) => message)).toEqual([]);
  });

  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  test.each(operations.map((operation) => [operation.name?.value ?? '', operation] as const))(
    '%s is within the limits',
    (name, operation) => {
      const sent = { ...document, definitions: [operation, ...fragments] };
      expect(() => checkDocument(sent)).not.toThrow();
      expect(costOf(sent, name, { first: 500 })).toBeLessThan(DOCUMENT_LIMITS.costMax / 2);
    },
  );
});

describe('without a principal nothing is answered', () => {
  const context = { principal: undefined };

  const valueFor = (type: GraphQLInputType): string => {
    if (isNonNullType(type)) return valueFor(type.ofType);
    if (isListType(type)) return '[]';
    if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) && field.default === undefined && field.defaultValue === undefined,
      );
      return `{ ${fields.map((field) => `${field.name}: ${valueFor(field.type)}`).join(' ')} }`;
    }
    return { Int: '1', Float: '1', Boolean: 'true' }[type.name] ?? '"1"';
  };
  const argumentsOf = (args: readonly GraphQLArgument[]): string => {
    const needed = args.filter(({ type }) => type instanceof GraphQLNonNull);
    return needed.length === 0 ? '' : `(${needed.map(({ name, type }) => `${name}: ${valueFor(type)}`).join(' ')})`;
  };
  const selection = (type: GraphQLOutputType): string => {
    const named = getNamedType(type);
    return isUnionType(named) || isCompositeType(named) ? ' { __typename }' : '';
  };
  const callOf = (field: GraphQLField<unknown, unknown>): string => `${field.name}${argumentsOf(field.args)}${selection(field.type)}`;
  const fieldsOf = (type: { getFields(): Record<string, GraphQLField<unknown, unknown>> } | null | undefined): [string, string][] =>
    Object.values(type?.getFields() ?? {}).map((field) => [field.name, callOf(field)]);

  const codesOf = (result: unknown): unknown =>
    (result as { errors?: { extensions: { code: unknown } }[] }).errors?.map(({ extensions }) => extensions.code);

  test.each(fieldsOf(schema.getQueryType()))('query %s', async (_name, call) => {
    const result = await execute({ schema, document: parse(`{ ${call} }`), contextValue: context });
    expect(codesOf(result)).toEqual(['UNAUTHENTICATED']);
  });
  test.each(fieldsOf(schema.getMutationType()))('mutation %s', async (_name, call) => {
    const result = await execute({ schema, document: parse(`mutation { ${call} }`), contextValue: context });
    expect(codesOf(result)).toEqual(['UNAUTHENTICATED']);
  });
  test.each(fieldsOf(schema.getSubscriptionType()))('subscription %s', async (_name, call) => {
    const result = await subscribe({ schema, document: parse(`subscription { ${call} }`), contextValue: context });
    expect(codesOf(result)).toEqual(['UNAUTHENTICATED']);
  });
});
