import type { IndicatorSpec } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { requestLabel, searched, valuesOf, withDefaults } from './indicator-request.ts';
import { indicatorsText, parseIndicators } from './kept-indicators.ts';

const spec = (name: string, title: string, description = ''): IndicatorSpec => ({
  name,
  title,
  description,
  parameters: [
    { name: 'period', kind: 'integer', default: 14, min: 2, max: 500, description: '' },
    { name: 'kind', kind: 'choice', default: 1, min: 0, max: 1, choices: ['SMA', 'EMA'], description: '' },
  ],
  inputs: ['close'],
  outputs: ['value'],
  pane: 'own',
});
const RSI = spec('RSI', 'Relative strength index', 'Momentum of gains against losses.');
const STOCHRSI = spec('STOCHRSI', 'Stochastic RSI');
const MOM = spec('MOM', 'Momentum');

describe('a request', () => {
  test('begins with the defaults, choices by name', () => expect(requestLabel(withDefaults(RSI))).toBe('RSI(14, EMA)'));

  test.each([
    { name: 'numbers and choices', period: '20', kind: 'SMA', values: { period: 20, kind: 'SMA' } },
    { name: 'a number that is none, for the core to refuse', period: ' ', kind: 'SMA', values: { period: Number.NaN, kind: 'SMA' } },
  ])('$name', ({ period, kind, values }) => {
    const parameters = [
      { name: 'period', value: period },
      { name: 'kind', value: kind },
    ];
    expect(valuesOf(RSI, { indicator: 'RSI', parameters })).toEqual(values);
  });
});

describe('the search', () => {
  test.each([
    { text: 'rsi', found: ['RSI', 'STOCHRSI'] },
    { text: 'momentum', found: ['MOM', 'RSI'] },
    { text: 'relative index', found: ['RSI'] },
    { text: 'nothing of the kind', found: [] },
    { text: '', found: ['MOM', 'RSI', 'STOCHRSI'] },
  ])('"$text" finds $found', ({ text, found }) => expect(searched([STOCHRSI, MOM, RSI], text).map(({ name }) => name)).toEqual(found));
});

describe('what is kept', () => {
  const request = withDefaults(RSI);

  test('comes back as it was, chart by chart', () => {
    const text = indicatorsText(indicatorsText(null, 'a', [request]), 'b', []);
    expect(parseIndicators(text)).toEqual({ a: [request], b: [] });
  });

  test('the hundred charts chosen for last', () => {
    let text: string | null = null;
    for (let chart = 0; chart < 120; chart += 1) text = indicatorsText(text, `chart ${chart}`, []);
    expect(Object.keys(parseIndicators(text))).toEqual(Array.from({ length: 100 }, (_, at) => `chart ${at + 20}`));
  });

  test.each([
    null,
    'nothing',
    '[]',
    '{"version":0,"charts":{"a":[]}}',
    '{"version":1,"charts":{"a":"RSI"}}',
    '{"version":1,"charts":{"a":[{"indicator":1}]}}',
  ])('%s is nothing that can be drawn', (text) => expect(Object.values(parseIndicators(text)).flat()).toEqual([]));
});
