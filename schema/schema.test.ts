import { readdirSync, readFileSync } from 'node:fs';
import { execute, Kind, parse, specifiedRules, subscribe, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkDocument, costOf, DOCUMENT_LIMITS } from '../server/src/graphql/limits.ts';
import { buildSchema } from '../server/src/graphql/schema.ts';
import { rootFields } from '../server/src/graphql/test/operations.ts';
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

  const codesOf = (result: unknown): unknown =>
    (result as { errors?: { extensions: { code: unknown } }[] }).errors?.map(({ extensions }) => extensions.code);

  test.each(rootFields(schema))('$name', async ({ root, document }) => {
    const args = { schema, document: parse(document), contextValue: context };
    expect(codesOf(await (root === 'Subscription' ? subscribe(args) : execute(args)))).toEqual(['UNAUTHENTICATED']);
  });
});
