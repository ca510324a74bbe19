import { describe, expect, test } from 'vitest';
import { emptyForm, fieldOf, formOf, inputOf } from './training.ts';

describe('what is sent', () => {
  test('says nothing of what was left empty, but the words of the form', () => {
    expect(inputOf({ ...emptyForm(), symbols: 'spx, aapl spx' })).toEqual({
      strategy: 'ml-direction',
      symbols: ['SPX', 'AAPL'],
      timeframe: 'DAY1',
      from: null,
      to: null,
      features: null,
      label: 'direction:5',
      model: 'boosting',
      parameters: [],
      split: 'k-fold:5',
      seed: 0,
      parent: null,
      notes: '',
      lifeDays: 91,
      retrainDays: null,
    });
  });

  test('has a label with its numbers, whole days, and parameters of the chosen kind alone', () => {
    const form = {
      ...emptyForm(),
      label: 'triple-barrier' as const,
      horizon: '10',
      upper: '2',
      lower: '1.5',
      from: '2014-01-02',
      to: '2015-12-31',
      model: 'logistic' as const,
      parameters: { trees: '40', penalty: ' 10 ' },
    };
    expect(inputOf(form)).toMatchObject({
      label: 'triple-barrier:10:2:1.5',
      from: '2014-01-02T00:00:00Z',
      to: '2015-12-31T23:59:59Z',
      parameters: [{ name: 'penalty', value: '10' }],
    });
  });

  test('is the same again after it came back as a clone, but for the notes', () => {
    const form = {
      ...emptyForm(),
      symbols: 'SPX, SYNA',
      strategy: 'ml-rank' as const,
      label: 'return' as const,
      horizon: '21',
      model: 'ridge' as const,
      parameters: { penalty: '3' },
      features: ['rsi_14', 'return_5'],
      from: '2014-01-02',
      to: '2015-12-31',
      seed: '7',
      notes: 'first',
      lifeDays: '30',
      retrainDays: '14',
    };
    const sent = inputOf(form);
    const again = inputOf(formOf({ ...sent, weights: null, calibration: null, parent: 'a'.repeat(64), notes: '' }));
    expect(again).toEqual({ ...sent, parent: 'a'.repeat(64), notes: '' });
  });
});

describe('the field that is wrong', () => {
  test.each([
    { field: 'symbols', message: 'There are no bars of X', at: 'symbols' },
    { field: 'input.notes', message: 'too long', at: 'notes' },
    { field: 'parameters', message: 'depthMax is 99; it must be 1 to 64', at: 'depthMax' },
    { field: 'parameters', message: 'penalty is not known', at: 'parameters' },
  ])('$field: $message', ({ field, message, at }) => expect(fieldOf({ field, message }, emptyForm())).toBe(at));
});
