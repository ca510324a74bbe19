import { isLeafType, isListType, isInputObjectType, isNonNullType, isRequiredInputField, getNamedType } from 'graphql';
import type { GraphQLInputType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSchema } from '../../../graphql/schema.ts';
import { PLACE_ORDER, ticket } from '../../../graphql/test/trading-day.ts';
import { literalOf, rootTypes } from '../../../graphql/test/operations.ts';
import { UNLIMITED } from '../../../risk/limits.ts';
import { openAttackedServer } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';

const CAP = 7;
let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer({ limits: { ...UNLIMITED, openOrdersMax: CAP } });
});
afterAll(() => attacked.close());

interface Body {
  readonly data?: Readonly<Record<string, { readonly __typename?: string; readonly field?: string } | null>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}
const posted = async (query: string, variables?: unknown): Promise<Body> =>
  JSON.parse((await attacked.post(query, variables)).body) as Body;
const place = (change: Record<string, unknown>): Promise<Body> => posted(PLACE_ORDER, ticket('attack', change));

describe('a number that is none never reaches a resolver', () => {
  const texts = [
    'NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '1e3',
    '-0',
    '-0.0',
    '0x10',
    '0b1',
    ' 1',
    '1 ',
    '+1',
    '1_000',
    '1,5',
    '١٢',
    '１２',
    '½',
  ];
  const others = ['1'.repeat(40), `0.${'1'.repeat(40)}`, '0.0000000001', '', '.', '1.', '.5', '--1', '1\u0000', '\u200f1'];
  test.each([...texts, ...others, 10, 1e308, true, null, [], {}, ['1'.repeat(19)]])('%j', async (quantity) => {
    attacked.called.length = 0;
    const { data, errors } = await place({ quantity });
    expect([data ?? undefined, errors?.length]).toEqual([undefined, 1]);
    const literal = `mutation { placeOrder(input: { idempotencyKey: "k", symbol: "ALDR", side: BUY, quantity: ${JSON.stringify(quantity)} }) { __typename } }`;
    expect((await posted(literal)).data ?? undefined).toBeUndefined();
    expect(attacked.called).toEqual([]);
  });
});

describe('a time that does not exist never reaches a resolver', () => {
  test.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29',
    '2024-04-31T12:00:00Z',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-01T25:00:00Z',
    '2024-01-01T23:59:60Z',
    '2024-01-01T00:00:00+99:99',
    '2024-01-01T00:00:00',
    '+275760-09-13T00:00:00.001Z',
    '-000001-01-01',
    '99999-01-01',
    '1e9',
    'now',
    '2024-01-01T00:00:00Z\u0000',
    '٢٠٢٤-01-01',
    'x'.repeat(10_000),
    1_704_067_200_000,
    null,
  ])('%j', async (at) => {
    attacked.called.length = 0;
    const { data, errors } = await posted('query ($at: DateTime!) { orders(asOf: { at: $at }) { totalCount } }', { at });
    expect([data ?? undefined, (errors?.length ?? 0) > 0]).toEqual([undefined, true]);
    expect(attacked.called).toEqual([]);
  });

  test.each(['0000-01-01', '0001-01-01T00:00:00-23:59', '9999-12-31T23:59:59+00:00'])('%s exists, and nothing was then', async (at) => {
    const { errors } = await posted('query ($at: DateTime!) { orders(asOf: { at: $at }) { totalCount } }', { at });
    expect(errors?.[0]?.extensions?.code ?? 'answered').toBeOneOf(['answered', 'BAD_USER_INPUT']);
  });
});

describe('a symbol that only looks like one', () => {
  test.each([
    'АLDR',
    'ALDR\u200f',
    'ALDR\u202e',
    '\u2066ALDR',
    'ALDR\u200b',
    'ALDR\ufeff',
    'ALDR\u0000',
    'ALDR\n',
    'ALDR ',
    'aldr',
    'ＡＬＤＲ',
    'ALD̈R',
    '../ALDR',
    "ALDR'--",
  ])('%j is refused by its field', async (symbol) => {
    const { data, errors } = await place({ symbol });
    if (errors === undefined) expect(data?.['placeOrder']).toMatchObject({ __typename: 'InvalidInputError', field: 'symbol' });
    else expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

describe('what the schema does not know', () => {
  test.each([
    ['a role', { role: 'ADMIN' }],
    ['a principal', { principal: { role: 'admin' } }],
    ['a prototype', JSON.parse('{"__proto__":{"reduceOnly":true}}') as Record<string, unknown>],
    ['a constructor', { constructor: { prototype: { polluted: 1 } } }],
    ['an approval', { riskDecisionId: 'mine', approved: true }],
  ])('%s in an input is refused', async (_name, change) => {
    attacked.called.length = 0;
    const variables = JSON.stringify({ query: PLACE_ORDER, variables: ticket('unknown') }).replace(
      '"side"',
      `${JSON.stringify(change).slice(1, -1)},"side"`,
    );
    const { body } = await attacked.send('POST', '/graphql', attacked.bearer(), variables);
    expect((JSON.parse(body) as Body).data ?? undefined).toBeUndefined();
    expect(attacked.called).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted'] ?? ({} as Record<string, unknown>)['reduceOnly']).toBeUndefined();
  });

  test.each([
    ['10,000 levels for a list', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['100,000 levels for a list', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['10,000 levels of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['300,000 texts', JSON.stringify(Array.from({ length: 300_000 }, () => ''))],
    ['a text of 900 KB', JSON.stringify('x'.repeat(900_000))],
  ])('%s in a variable is refused', async (name, value) => {
    attacked.called.length = 0;
    const query = 'query ($names: [IndicatorInput!]) { series(symbol: "ALDR", indicators: $names) { __typename } }';
    const { body } = await attacked.send(
      'POST',
      '/graphql',
      attacked.bearer(),
      `{"query":${JSON.stringify(query)},"variables":{"names":${value}}}`,
    );
    const { errors } = JSON.parse(body) as Body;
    expect(errors?.length).toBeGreaterThan(0);
    if (name.includes('levels')) expect(errors?.[0]?.message).toBe('Variables are nested at most 100 levels deep.');
    expect(body.length).toBeLessThan(100_000);
    expect(attacked.called).toEqual([]);
  });
});

describe('orders', () => {
  test('one idempotency key with two bodies places one', async () => {
    const change = { type: 'LIMIT', limitPrice: '50' };
    const answers = await Promise.all(
      ['1', '2', '1', '2', '1'].map((quantity) => place({ ...change, quantity, idempotencyKey: 'two-bodies' })),
    );
    const kinds = answers.map(({ data }) => data?.['placeOrder']?.__typename);
    expect(kinds).toEqual(['OrderPayload', 'ConflictError', 'OrderPayload', 'ConflictError', 'OrderPayload']);
  });

  test('of 100 at once at a cap that holds one already exactly as many pass as are left', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        place({ type: 'LIMIT', limitPrice: '50', quantity: '1', idempotencyKey: `at-once-${index}` }),
      ),
    );
    const count = (typename: string): number => answers.filter(({ data }) => data?.['placeOrder']?.__typename === typename).length;
    expect([count('OrderPayload'), count('OrderDeniedError')]).toEqual([CAP - 1, 100 - (CAP - 1)]);
  });

  test('approving and placing in one request approves nothing', async () => {
    const query = `mutation { approveChange(id: "x", hash: "x") { __typename }
      placeOrder(input: { idempotencyKey: "both", symbol: "ALDR", side: BUY, quantity: "1" }) { __typename } }`;
    const { data, errors } = await posted(query);
    expect([data ?? undefined, errors?.[0]?.extensions?.code]).toEqual([undefined, 'CONFIRM_LOGIN']);
  });
});

/** A literal for each scalar that takes text; everything optional is given, too. */
function filled(type: GraphQLInputType, text: string, depth = 0): string {
  if (isNonNullType(type)) return filled(type.ofType, text, depth);
  if (isListType(type)) return `[${filled(type.ofType, text, depth)}]`;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || (depth < 3 && !type.isOneOf));
    return `{ ${fields.map((field) => `${field.name}: ${filled(field.type, text, depth + 1)}`).join(', ')} }`;
  }
  return type.name === 'String' || type.name === 'ID' ? text : literalOf(type);
}

const FILLED = (text: string): readonly { readonly name: string; readonly query: string }[] =>
  rootTypes(buildSchema()).flatMap(({ root, fields }) =>
    root === 'Subscription'
      ? []
      : fields
          .filter(({ args }) => args.some(({ type }) => filled(type, '"?"').includes('"?"')))
          .map(({ name, args, type }) => ({
            name: `${root}.${name}`,
            query: `${root.toLowerCase()} { ${name}(${args.map((arg) => `${arg.name}: ${filled(arg.type, text)}`).join(', ')})${isLeafType(getNamedType(type)) ? '' : ' { __typename }'} }`,
          })),
  );

/** In every argument of every field that takes a text: an answer, never a failure of ours. */
describe.each([
  ['a null byte', '"\\u0000"'],
  ['a right-to-left mark', '"ab\\u202ecd"'],
  ['a name of every object', '"__proto__"'],
  ['a piece of SQL', '"x\' or 1=1; --"'],
  ['a piece of script', '"<script>alert(1)</script>"'],
  ['a long text', `"${'x'.repeat(5_000)}"`],
])('%s in every text', (_name, text) => {
  test('is answered', async () => {
    const before = attacked.api.failures.length;
    for (const { name, query } of FILLED(text)) {
      const { body, status } = await attacked.post(query);
      expect([name, attacked.api.failures.slice(before), /Something failed here/.test(body), status < 500]).toEqual([
        name,
        [],
        false,
        true,
      ]);
    }
  });
});

test('afterwards the process is healthy, and has told no secret', () => attacked.expectHealthy());
