import { describe, expect, test } from 'vitest';
import { instant } from '../money/instant.ts';
import { actionProblem, expiresSoon, MODEL_ACTIONS, MODEL_STATES, MODEL_TRANSITIONS, tradingProblem } from './model.ts';
import type { ModelAction, ModelState } from './model.ts';

/** Said once more, by hand: what leads where. Whatever is not here is refused. */
const LEADS: readonly (readonly [ModelState, ModelAction, ModelState])[] = [
  ['candidate', 'shadow', 'shadow'],
  ['candidate', 'retire', 'retired'],
  ['candidate', 'freeze', 'candidate'],
  ['candidate', 'thaw', 'candidate'],
  ['shadow', 'promote', 'champion'],
  ['shadow', 'restore', 'champion'],
  ['shadow', 'retire', 'retired'],
  ['shadow', 'freeze', 'shadow'],
  ['shadow', 'thaw', 'shadow'],
  ['champion', 'displace', 'shadow'],
  ['champion', 'retire', 'retired'],
  ['champion', 'freeze', 'champion'],
  ['champion', 'thaw', 'champion'],
];

const model = (state: ModelState, frozen = false) => ({ id: 'a'.repeat(64), state, frozen });
const pairs = MODEL_STATES.flatMap((state) => MODEL_ACTIONS.map((action) => [state, action] as const));

describe('every pair of a state and an action', () => {
  test.each(pairs)('%s, %s', (state, action) => {
    const leads = LEADS.find(([from, by]) => from === state && by === action)?.[2];
    expect(MODEL_TRANSITIONS[state][action]).toBe(leads);
    // A model that is thawed was frozen.
    const problem = actionProblem(model(state, action === 'thaw'), action);
    if (leads === undefined) expect(problem).toMatch(new RegExp(`is ${state}: `));
    else expect(problem).toBeUndefined();
  });
});

test('champion is only who was a shadow, and nothing comes back from retirement', () => {
  const into = (state: ModelState) => LEADS.filter(([from, , to]) => to === state && from !== state).map(([from]) => from);
  expect(new Set(into('champion'))).toEqual(new Set(['shadow']));
  expect(LEADS.filter(([from]) => from === 'retired')).toEqual([]);
});

test('a frozen model stays what it is, but for a retirement or a rollback', () => {
  const frozen = pairs.filter(
    ([state, action]) => MODEL_TRANSITIONS[state][action] !== undefined && actionProblem(model(state, true), action) === undefined,
  );
  expect(new Set(frozen.map(([, action]) => action))).toEqual(new Set(['restore', 'retire', 'thaw']));
  expect(actionProblem(model('shadow', true), 'promote')).toMatch(/frozen/);
  expect(actionProblem(model('shadow'), 'thaw')).toMatch(/not frozen/);
});

describe('whether what carries a model may open positions', () => {
  const expiresAt = instant('2024-06-01T00:00:00Z');
  const before = instant('2024-05-31T23:59:59Z');
  test.each([
    ['a candidate on paper', 'candidate', 'paper', before, undefined],
    ['a shadow on the simulated exchange', 'shadow', 'simulated', before, undefined],
    ['a champion with real money', 'champion', 'live', before, undefined],
    ['a candidate with real money', 'candidate', 'live', before, /only the champion/],
    ['a shadow with real money', 'shadow', 'live', before, /only the champion/],
    ['a retired one on paper', 'retired', 'paper', before, /is retired/],
    ['a champion exactly when it expires', 'champion', 'live', expiresAt, /expired at 2024-06-01T00:00:00Z/],
    ['an expired candidate on paper', 'candidate', 'paper', expiresAt, /expired/],
  ] as const)('%s', (_name, state, mode, now, problem) => {
    const found = tradingProblem({ id: 'a'.repeat(64), state, expiresAt }, mode, now);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });

  test('people are told a week before', () => {
    expect(expiresSoon({ expiresAt }, instant('2024-05-24T23:59:59Z'))).toBe(false);
    expect(expiresSoon({ expiresAt }, instant('2024-05-25T00:00:00Z'))).toBe(true);
  });
});
