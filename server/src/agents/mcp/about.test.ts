import { expect, test } from 'vitest';
import { aboutOf } from './about.ts';

test.each([
  { of: 'a proposal', data: { proposeOrder: { recommendation: { id: 'agent-1', state: 'WAITING' } } }, about: 'agent-1' },
  { of: 'a run that was read', data: { run: { id: 'run-1', result: { sharpe: 1 } } }, about: 'run-1' },
  { of: 'an answer over the API', data: { data: { runBacktest: { __typename: 'RunPayload', run: { id: 'run-2' } } } }, about: 'run-2' },
  { of: 'two things', data: { overview: { id: 'a' }, alerts: { id: 'b' } }, about: undefined },
  { of: 'a list', data: { strategies: [{ id: 'a' }] }, about: undefined },
  { of: 'a list of one in an object', data: { orders: { items: [{ id: 'a' }] } }, about: undefined },
  { of: 'what has no id', data: { setLimit: { limit: { name: 'x', value: '1' } } }, about: undefined },
  { of: 'nothing', data: { order: null }, about: undefined },
  { of: 'a text', data: 'id', about: undefined },
  { of: 'an id that is none', data: { order: { id: 'x'.repeat(201) } }, about: undefined },
  { of: 'an empty id', data: { order: { id: '' } }, about: undefined },
  { of: 'too deep', data: { a: { b: { c: { d: { id: 'x' } } } } }, about: undefined },
])('$of is about $about', ({ data, about }) => {
  expect(aboutOf(data)).toBe(about);
});
