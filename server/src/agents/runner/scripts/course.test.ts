import { describe, expect, test } from 'vitest';
import { ask, askAll, rememberFact, reportOf, scriptOf } from './course.ts';
import type { ScriptedAnswer } from './course.ts';

const answer = (tool: string, data?: Readonly<Record<string, unknown>>): ScriptedAnswer => ({ tool, text: 'Told.', data });

describe('a course', () => {
  const script = scriptOf(function* () {
    const { data } = yield* ask('First.', 'a', { id: 1 });
    const [b, c] = yield* askAll(
      'Then.',
      [
        { tool: 'b', arguments: {} },
        { tool: 'c', arguments: {} },
      ],
      500,
    );
    return `${String(data?.['x'])} ${b?.tool ?? ''} ${c?.text ?? ''}`;
  });

  test('gives the turn that follows from the answers, and the same again', () => {
    const first = { text: 'First.', calls: [{ tool: 'a', arguments: { id: 1 } }] };
    expect([script([]), script([])]).toEqual([first, first]);
    expect(script([[answer('a', { x: 7 })]])).toMatchObject({ text: 'Then.', afterMs: 500 });
    expect(script([[answer('a', { x: 7 })], [answer('b'), answer('c')]])).toEqual({ text: '7 b Told.' });
  });

  test('takes what was not answered for a refusal', () =>
    expect(script([[], [answer('b')]])).toEqual({ text: 'undefined b It was not answered.' }));

  test('has no turn after its report', () =>
    expect(() => script([[answer('a')], [answer('b'), answer('c')], []])).toThrow('one more was asked for'));
});

test.each([
  { name: 'kept', told: { id: 'm-1' }, report: 'x, by a script and not by a model.' },
  { name: 'not kept', told: undefined, report: 'x, by a script and not by a model.\nI could not remember it: Told.' },
])('a fact that was $name', ({ told, report }) => {
  const script = scriptOf(function* () {
    return reportOf('x', yield* rememberFact('A fact.', ['run-1'], 1));
  });
  const given = { kind: 'FACT', text: 'A fact.', about: ['run-1'], expiresAfterDays: 1 };
  expect(script([])).toMatchObject({ calls: [{ tool: 'remember', arguments: given }] });
  expect(script([[answer('remember', told)]])).toEqual({ text: report });
});
