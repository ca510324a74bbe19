import { expect, test } from 'vitest';
import { areFilled, begun, carried, defaultText, inputs, inputsOf, problemOf, symbolsOf } from './parameters.ts';
import type { Values } from './parameters.ts';

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

test.each<[string, Values, Values, Values, Values]>([
  ['what is there for the first time has its default', { fast: '10' }, {}, {}, { fast: '10' }],
  ['what a strategy has is kept at first', { fast: '10' }, { fast: '12' }, {}, { fast: '12' }],
  ['a default that was changed in the text is followed', { fast: '5' }, { fast: '10' }, { fast: '10' }, { fast: '5' }],
  ['a choice of one’s own is kept', { fast: '5' }, { fast: '12' }, { fast: '10' }, { fast: '12' }],
  ['what is gone is forgotten', { slow: '30' }, { fast: '12', slow: '40' }, { fast: '10', slow: '30' }, { slow: '40' }],
])('%s', (_name, now, values, before, expected) => expect(carried(now, values, before)).toEqual(expected));

test('a form begins with what the strategy has, and the defaults of what it has not', () => {
  const asked = { specs: [period, mode], own: [{ name: 'period', value: '20' }] };
  expect(begun(asked)).toEqual({ period: '20', mode: 'slow' });
  expect(areFilled(asked, { period: '20', mode: 'slow' })).toBe(true);
  expect(areFilled(asked, { period: '1', mode: 'slow' })).toBe(false);
  expect(inputsOf(asked, { period: ' 21 ', mode: 'fast' })).toEqual([
    { name: 'period', value: '21' },
    { name: 'mode', value: 'fast' },
  ]);
});

test('a strategy of a source of one’s own has no template: its names are asked for, each wants a value', () => {
  const asked = { specs: undefined, own: [{ name: 'look back', value: '5' }] };
  expect(begun(asked)).toEqual({ 'look back': '5' });
  expect(areFilled(asked, { 'look back': '7' })).toBe(true);
  expect(areFilled(asked, { 'look back': ' ' })).toBe(false);
  expect(inputsOf(asked, { 'look back': ' 7 ' })).toEqual([{ name: 'look back', value: '7' }]);
  expect(areFilled({ specs: undefined, own: [] }, {})).toBe(true);
});
