import { expect, test } from 'vitest';
import { defaultText, inputs, problemOf, symbolsOf } from './parameters.ts';

const period = { name: 'period', kind: 'integer', default: 14, min: 2, max: 100, choices: null, description: '' };
const mode = { name: 'mode', kind: 'choice', default: 1, min: 0, max: 1, choices: ['fast', 'slow'], description: '' };

test.each([
  { spec: period, text: '14', problem: undefined },
  { spec: period, text: '2', problem: undefined },
  { spec: period, text: '1', problem: 'Between 2 and 100.' },
  { spec: period, text: '101', problem: 'Between 2 and 100.' },
  { spec: period, text: '2.5', problem: 'Give a whole number.' },
  { spec: period, text: 'x', problem: 'Give a number.' },
  { spec: period, text: ' ', problem: 'Give a value.' },
  { spec: mode, text: 'slow', problem: undefined },
  { spec: mode, text: 'idle', problem: 'Choose one of fast, slow.' },
])('$spec.name of "$text": $problem', ({ spec, text, problem }) => expect(problemOf(spec, text)).toBe(problem));

test('a choice goes by its name', () => {
  expect(defaultText(mode)).toBe('slow');
  expect(inputs([period, mode], { period: ' 20 ' })).toEqual([
    { name: 'period', value: '20' },
    { name: 'mode', value: 'slow' },
  ]);
});

test('symbols in any spelling', () => expect(symbolsOf(' spy, MSFT;spy\nibm ')).toEqual(['SPY', 'MSFT', 'IBM']));
