import { expect, test } from 'vitest';
import { ParameterError, checkParameters } from './indicator-parameters.ts';
import type { IndicatorSpec } from './types.ts';

const spec: IndicatorSpec = {
  name: 'DEMO',
  title: 'Demonstration',
  description: 'Has a parameter of each kind.',
  parameters: [
    { name: 'fast', kind: 'integer', default: 3, min: 2, max: 100, description: 'Bars.' },
    { name: 'slow', kind: 'integer', default: 9, min: 2, max: 100, description: 'Bars.' },
    { name: 'width', kind: 'number', default: 2, min: -1.5, max: 4.5, description: 'Deviations.' },
    { name: 'matype', kind: 'choice', default: 0, min: 0, max: 1, choices: ['SMA', 'EMA'], description: 'Average.' },
  ],
  ordered: [['fast', 'slow']],
  inputs: ['close'],
  outputs: ['value'],
  pane: 'own',
};

test.each([
  { name: 'defaults', values: {}, expected: [3, 9, 2, 0] },
  { name: 'in the order of the description', values: { matype: 1, fast: 5 }, expected: [5, 9, 2, 1] },
  { name: 'a choice by its name', values: { matype: 'EMA' }, expected: [3, 9, 2, 1] },
  { name: 'both bounds are allowed', values: { fast: 2, slow: 100, width: -1.5 }, expected: [2, 100, -1.5, 0] },
  { name: 'equal is not above', values: { fast: 9 }, expected: [9, 9, 2, 0] },
])('takes $name', ({ values, expected }) => {
  expect(checkParameters(spec, values)).toEqual(expected);
});

test.each([
  { name: 'below the bound', values: { fast: 1 }, message: 'DEMO: fast is 1, but must be a whole number from 2 to 100.' },
  { name: 'above the bound', values: { slow: 101 }, message: 'DEMO: slow is 101, but must be a whole number from 2 to 100.' },
  { name: 'a broken number of bars', values: { slow: 9.5 }, message: 'DEMO: slow is 9.5, but must be a whole number from 2 to 100.' },
  { name: 'not a number', values: { width: NaN }, message: 'DEMO: width is NaN, but must be a number from -1.5 to 4.5.' },
  { name: 'infinite', values: { width: Infinity }, message: 'must be a number from -1.5 to 4.5' },
  { name: 'a number as text', values: { fast: '5' }, message: 'DEMO: fast is "5", but must be a whole number' },
  { name: 'an unknown choice', values: { matype: 'WMA' }, message: 'DEMO: matype is "WMA", but must be SMA (0) or EMA (1).' },
  { name: 'a choice beyond the last', values: { matype: 2 }, message: 'must be SMA (0) or EMA (1)' },
  { name: 'an unknown parameter', values: { period: 5 }, message: 'DEMO has no parameter period; it has fast, slow, width, matype.' },
  { name: 'the wrong order', values: { fast: 10 }, message: 'DEMO: fast is 10, but must be at most slow, which is 9.' },
])('refuses what is $name', ({ values, message }) => {
  expect(() => checkParameters(spec, values)).toThrow(ParameterError);
  expect(() => checkParameters(spec, values)).toThrow(message);
});

test('the error carries what it says', () => {
  const refused = new ParameterError('DEMO', 'fast', 1, 'a whole number from 2 to 100');
  expect([refused.parameter, refused.value, refused.allowed]).toEqual(['fast', 1, 'a whole number from 2 to 100']);
});
