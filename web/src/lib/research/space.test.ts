import type { ParameterPartsFragment } from '@tidemark/schema/documents';
import { expect, test } from 'vitest';
import { askedOf, spaceOf } from './space.ts';

const spec = (change: Partial<ParameterPartsFragment> = {}): ParameterPartsFragment => ({
  name: 'fast',
  kind: 'integer',
  default: 10,
  min: 2,
  max: 500,
  description: '',
  choices: null,
  ...change,
});

test.each([
  ['a value', '12', { kind: 'value' }],
  ['a range', '2..21', { kind: 'axis', count: 20 }],
  ['a range with a step', '10..50:20', { kind: 'axis', count: 3 }],
  ['a step that does not end at the last', '10..50:15', { kind: 'axis', count: 3 }],
  ['a list', '5, 10,20', { kind: 'axis', count: 3 }],
  ['one below the least', '1..5', { kind: 'wrong' }],
  ['one above the most', '2..501', { kind: 'wrong' }],
  ['backwards', '20..2', { kind: 'wrong' }],
  ['a step of nothing', '2..20:0', { kind: 'wrong' }],
  ['nothing', '', { kind: 'wrong' }],
  ['words', 'fast', { kind: 'wrong' }],
] as const)('%s', (_name, text, expected) => {
  expect(askedOf(spec(), text)).toMatchObject(expected);
});

test('fractions are counted in their steps, and choices are listed', () => {
  const share = spec({ name: 'stopLoss', kind: 'number', min: 0, max: 1, default: 0 });
  expect(askedOf(share, '0.1..0.3:0.1')).toEqual({ kind: 'axis', count: 3 });
  const direction = spec({ name: 'direction', choices: ['long', 'longshort'], default: 0 });
  expect(askedOf(direction, 'long,longshort')).toEqual({ kind: 'axis', count: 2 });
  expect(askedOf(direction, 'up')).toMatchObject({ kind: 'wrong' });
});

test('what is swept is apart from what stays', () => {
  const specs = [spec(), spec({ name: 'slow', default: 30 })];
  expect(spaceOf(specs, { fast: '2..11', slow: '20, 40' })).toEqual({ grid: ['fast=2..11', 'slow=20,40'], fixed: [], size: 20 });
  expect(spaceOf(specs, { fast: '2..11' })).toEqual({ grid: ['fast=2..11'], fixed: [{ name: 'slow', value: '30' }], size: 10 });
  expect(spaceOf(specs, { fast: '5', slow: '9' })).toBeUndefined();
  expect(spaceOf(specs, { fast: '5..', slow: '9' })).toBeUndefined();
});
