import { trading } from '@alpacahq/alpaca-trade-api';
import { expect, test } from 'vitest';
import { KNOWN_FIELDS, KNOWN_STATUSES } from './known-words.ts';

/** The fields that the SDK gives, whether the broker sent them or not. */
const fieldsOf = (read: (json: unknown) => object): readonly string[] => Object.keys(read({}));

test.each([
  ['order', fieldsOf(trading.OrderFromJSON)],
  ['account', fieldsOf(trading.AccountFromJSON)],
  ['position', fieldsOf(trading.PositionFromJSON)],
] as const)('no field of the SDK’s own %s is news', (kind, names) => {
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !KNOWN_FIELDS[kind].has(name))).toEqual([]);
});

test('no status that the SDK names is news', () => {
  const statuses = Object.values(trading.OrderStatus);
  expect(statuses.length).toBeGreaterThan(10);
  expect(statuses.filter((status) => !KNOWN_STATUSES.has(status))).toEqual([]);
});
