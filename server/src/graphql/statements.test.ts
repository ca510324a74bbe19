import { getNamedType, isEnumType, isListType, isNonNullType, isObjectType, isRequiredArgument, isScalarType } from 'graphql';
import type { GraphQLField, GraphQLObjectType, GraphQLOutputType } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { buildSchema } from './schema.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY, PLACE_ORDER, ticket, tradeSomeDays } from './test/trading-day.ts';

/** Of each kind, so that a statement for each item stands out. */
const ITEMS = 8;
/** What some items have and the first has not. */
const SPARE = 3;
/** What looks after the embedded database asks it once a minute, whoever else does. */
const UPKEEP = /^\s*(?:vacuum|checkpoint)\b|pg_stat_user_tables|pg_control_checkpoint/;

/** Before any connection is opened, for each keeps the way to ask that it found. */
const asked = vi.spyOn(pg.Client.prototype, 'query');

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await tradeSomeDays(api);
  for (let index = 0; index < ITEMS; index += 1) {
    const parameters = [
      { name: 'fast', value: '2' },
      { name: 'slow', value: '3' },
    ];
    const strategy = { template: 'sma-crossover', parameters, symbols: ['ALDR'], allocation: '0.01', size: 'units:1' };
    await ask(api, CREATE_STRATEGY, { input: { name: `Strategy ${index}`, ...strategy } });
    await ask(api, PLACE_ORDER, ticket(`order-${index}`, { reason: 'counted' }));
  }
}, 120_000);
afterAll(async () => {
  await api.close();
  asked.mockRestore();
});

type Field = GraphQLField<unknown, unknown>;
const schema = buildSchema();

const isLeaf = (type: GraphQLOutputType): boolean => isScalarType(getNamedType(type)) || isEnumType(getNamedType(type));
const asksNothing = ({ args }: Field): boolean => !args.some(isRequiredArgument);
const nullable = (type: GraphQLOutputType): GraphQLOutputType => (isNonNullType(type) ? type.ofType : type);

function objectOf(type: GraphQLOutputType): GraphQLObjectType | undefined {
  const named = getNamedType(type);
  return isObjectType(named) ? named : undefined;
}

const leavesOf = (type: GraphQLObjectType): string =>
  Object.values(type.getFields())
    .filter((field) => isLeaf(field.type) && asksNothing(field))
    .map(({ name }) => name)
    .join(' ') || '__typename';

/** Each way to ask more of an item: all that is no object, and each object that hangs on it. */
function selectionsOf(node: GraphQLObjectType): readonly string[] {
  const objects = Object.values(node.getFields()).filter((field) => asksNothing(field) && objectOf(field.type) !== undefined);
  return [
    leavesOf(node),
    ...objects.map(({ name, type }) => {
      const object = objectOf(type);
      return `${name} { ${object === undefined ? '__typename' : leavesOf(object)} }`;
    }),
  ];
}

/** An agent asks for its own and names nobody; a person has to say whose. */
const OF_ONE_AGENT = 'agentMemory';

/** Every page of the API that asks for nothing: its name, and what it is a page of. */
const pages = Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap(
  (field): readonly { root: string; node: GraphQLObjectType }[] => {
    const connection = objectOf(field.type);
    const edge = connection?.getFields()['edges'];
    if (field.name === OF_ONE_AGENT || !asksNothing(field) || edge === undefined || !isListType(nullable(edge.type))) return [];
    const node = objectOf(edge.type)?.getFields()['node'];
    const type = node === undefined ? undefined : objectOf(node.type);
    return type === undefined ? [] : [{ root: field.name, node: type }];
  },
);

/** A statement is asked as it stands, or in an object. */
const textOf = (query: unknown): string =>
  typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : String(query);

/** How many statements the database was asked for an answer, and how many items came. */
async function counted(root: string, first: number, selection: string): Promise<{ statements: number; items: number }> {
  asked.mockClear();
  const { data, errors } = await api.post(`{ ${root}(first: ${first}) { edges { node { ${selection} } } } }`);
  expect(errors).toBeUndefined();
  expect(asked).toHaveBeenCalled();
  const page = data?.[root] as { readonly edges: readonly unknown[] };
  const statements = asked.mock.calls.filter(([query]: unknown[]) => !UPKEEP.test(textOf(query)));
  return { statements: statements.length, items: page.edges.length };
}

test('a page of many items asks the database no more often than a page of one, whatever is asked of them', async () => {
  const seen: string[] = [];
  const dear: string[] = [];
  for (const { root, node } of pages) {
    for (const selection of selectionsOf(node)) {
      const one = await counted(root, 1, selection);
      const many = await counted(root, ITEMS, selection);
      if (many.items < ITEMS) continue;
      seen.push(root);
      if (many.statements > one.statements + SPARE) dear.push(`${root} { ${selection} }: ${one.statements} → ${many.statements}`);
    }
  }
  expect(dear).toEqual([]);
  expect([...new Set(seen)]).toEqual(expect.arrayContaining(['orders', 'strategies', 'journal']));
}, 120_000);
