import { getNamedType, isInterfaceType, isObjectType, isUnionType, parse } from 'graphql';
import type { GraphQLNamedType } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../approvals/roles.ts';
import type { Context } from '../../graphql/context.ts';
import { LIVE_KINDS } from '../../graphql/live/live-feeds.ts';
import { factRun } from '../../graphql/live/live-run.ts';
import { Payload } from '../../graphql/live/outlet.ts';
import type { Principal } from '../../graphql/principal.ts';
import { buildSchema } from '../../graphql/schema.ts';
import { sharedOperation } from './graphql-shared-operations.ts';
import type { Subscribe } from './graphql-shared-operations.ts';

const schema = buildSchema();
const HEAD = 100;

const person = (role: Role, id: string): Principal => ({
  id,
  name: id,
  kind: 'person',
  personId: id,
  role,
  key: undefined,
  proof: `session of ${id}`,
});

function shared(query: string, variables: Record<string, unknown> = {}, principal = person('viewer', 'ann'), subscribe?: Subscribe) {
  const contextValue = { principal, journal: { head: () => ({ seq: HEAD }) } } as unknown as Context;
  const args = { schema, document: parse(query), contextValue, variableValues: variables };
  return sharedOperation(args, query, subscribe ?? (() => ({ data: null })));
}

const ORDERS = 'subscription ($after: Cursor) { orders(after: $after) { __typename } }';

describe('which operations are shared', () => {
  test.each([
    ['facts from now on', ORDERS, {}, undefined],
    ['facts from a cursor', ORDERS, { after: '7' }, 7],
    ['facts from a cursor that is null', ORDERS, { after: null }, undefined],
    ['facts from a cursor in the document', 'subscription { orders(after: "9") { __typename } }', {}, 9],
    ['facts from the head', ORDERS, { after: String(HEAD) }, HEAD],
    ['facts from a cursor beyond the head, of an instance that has read further', ORDERS, { after: '101' }, 101],
    ['a state', 'subscription { controls { tradingState } }', {}, undefined],
  ])('%s', (_name, query, variables, cursor) => expect(shared(query, variables)).toMatchObject({ cursor, head: HEAD }));

  test.each([
    ['a query', '{ overview { seq } }', {}],
    ['what stands behind a fragment', 'subscription { ...a } fragment a on Subscription { orders { __typename } }', {}],
    ['a cursor that is none', ORDERS, { after: 'x' }],
    ['a cursor that is no text', ORDERS, { after: 7 }],
    ['a cursor with a default', 'subscription ($after: Cursor = "5") { orders(after: $after) { __typename } }', {}],
    ['a cursor that is missing', 'subscription ($after: Cursor!) { journal(after: $after) { __typename } }', {}],
    ['a variable that says more than where to begin', `${ORDERS} # $after`, { after: '7' }],
  ])('%s is not', (_name, query, variables) => expect(shared(query, variables)).toBeUndefined());

  test('nobody’s is not', () => {
    const contextValue = { principal: undefined, journal: { head: () => ({ seq: HEAD }) } } as unknown as Context;
    expect(sharedOperation({ schema, document: parse(ORDERS), contextValue }, ORDERS, () => ({ data: null }))).toBeUndefined();
  });
});

describe('who shares', () => {
  const key = (...asked: Parameters<typeof shared>): string | undefined => shared(...asked)?.key;
  const same = key(ORDERS, { after: '7' });

  test.each([
    ['another cursor', key(ORDERS, { after: '8' }), true],
    ['no cursor', key(ORDERS), true],
    ['another person of the same role', key(ORDERS, { after: '7' }, person('viewer', 'bob')), true],
    ['another role', key(ORDERS, { after: '7' }, person('trader', 'ann')), false],
    ['another document', key(ORDERS.replace('__typename', '__typename __typename'), { after: '7' }), false],
    ['another variable', key(ORDERS, { after: '7', more: 1 }), false],
  ])('%s: %s', (_name, other, isSame) => {
    expect(same).toBeTypeOf('string');
    expect(other === same).toBe(isSame);
  });

  test('what is shared knows the role of who asks, and nothing that tells people apart', async () => {
    let seen: Principal | undefined;
    const operation = shared(ORDERS, {}, person('trader', 'ann'), ({ contextValue }) => {
      seen = (contextValue as Context).principal;
      return { data: null };
    });
    await expect(operation?.execute(factRun(HEAD, undefined, undefined))).rejects.toThrow('refused');
    expect(seen?.role).toBe('trader');
    for (const name of ['id', 'name', 'kind', 'personId', 'proof'] as const) expect(() => seen?.[name]).toThrow('never on the person');
  });

  test('no live operation reaches a type that is told by who asks', () => {
    const reached = new Set<GraphQLNamedType>();
    const reach = (type: GraphQLNamedType | undefined | null): void => {
      if (type === undefined || type === null || reached.has(type)) return;
      reached.add(type);
      if (isUnionType(type)) type.getTypes().forEach(reach);
      if (isInterfaceType(type)) schema.getPossibleTypes(type).forEach(reach);
      if (isObjectType(type) || isInterfaceType(type)) Object.values(type.getFields()).forEach((field) => reach(getNamedType(field.type)));
    };
    reach(schema.getSubscriptionType());
    const names = [...reached].map(({ name }) => name);
    expect(names).toContain('Order');
    for (const personal of ['Proposal', 'Viewer', 'ApiKey', 'Person']) {
      expect(names).not.toContain(personal);
    }
  });
});

test('every live field is a fact or a state, and no other', () =>
  expect(Object.keys(LIVE_KINDS).toSorted()).toEqual(Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).toSorted()));

test('a message is built once for readers who number alike, and anew for others', () => {
  const payload = new Payload({ data: { orders: 'é' } });
  const message = (id: string): Buffer =>
    payload.framed(id, (answer) => Buffer.concat([Buffer.from(`{"id":"${id}","payload":`), answer, Buffer.from('}')]));
  expect(JSON.parse(message('1').toString())).toEqual({ id: '1', payload: { data: { orders: 'é' } } });
  expect(message('1')).toBe(message('1'));
  expect(JSON.parse(message('2').toString())).toEqual({ id: '2', payload: { data: { orders: 'é' } } });
});

test('messages that leave together stand one after the other, built once for readers at the same place', () => {
  const payloads = ['a', 'b', 'c'].map((name) => new Payload({ name }));
  const frame = (answer: Buffer): Buffer => Buffer.concat([answer, Buffer.from(';')]);
  const together = (from: number, to: number, key = '1'): Buffer => Payload.framedTogether(payloads.slice(from, to), key, frame);
  expect(together(0, 3).toString()).toBe('{"name":"a"};{"name":"b"};{"name":"c"};');
  expect(together(0, 3)).toBe(together(0, 3));
  expect(together(1, 3).toString()).toBe('{"name":"b"};{"name":"c"};');
  expect(together(0, 2).toString()).toBe('{"name":"a"};{"name":"b"};');
  expect(together(0, 1).toString()).toBe('{"name":"a"};');
  expect(together(0, 0)).toHaveLength(0);
  const other = (answer: Buffer): Buffer => Buffer.concat([answer, Buffer.from('!')]);
  expect(Payload.framedTogether(payloads, '2', other).toString()).toBe('{"name":"a"}!{"name":"b"}!{"name":"c"}!');
});
