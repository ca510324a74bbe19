import { describe, expect, test } from 'vitest';
import type { IndicatorSpec } from '../host/types.ts';
import { COPY_NS, indicatorCases, peerParameters } from './indicator-cases.ts';

const parameter = (name: string, value: number): IndicatorSpec['parameters'][number] => ({
  name,
  kind: 'number',
  default: value,
  min: 0,
  max: 1000,
  description: '',
});
const spec = (name: string, ...parameters: readonly (readonly [string, number])[]): IndicatorSpec => ({
  name,
  title: name,
  description: '',
  parameters: parameters.map(([each, value]) => parameter(each, value)),
  inputs: ['close'],
  outputs: ['value'],
  pane: 'own',
});

describe('cases follow from the registry', () => {
  test("TA-Lib's defaults, whatever those of the registry are, and the rows that have goals", () => {
    expect(indicatorCases([spec('SMA', ['timeperiod', 9])])).toEqual([
      { name: 'SMA', label: 'SMA 30', parameters: { timeperiod: 30 }, goal: null },
      { name: 'SMA', label: 'SMA 20', parameters: { timeperiod: 20 }, goal: 2.5 / COPY_NS },
    ]);
  });

  test('a default that has a goal is one row', () => {
    expect(indicatorCases([spec('RSI', ['timeperiod', 14])])).toEqual([
      { name: 'RSI', label: 'RSI 14', parameters: { timeperiod: 14 }, goal: 4 / COPY_NS },
    ]);
  });

  test('kinds of averages are passed on, but not shown', () => {
    const stochastic = spec('STOCH', ['fastk', 5], ['slowk', 3], ['slowk_matype', 0], ['slowd', 3], ['slowd_matype', 0]);
    const cases = indicatorCases([stochastic]);
    expect(cases.map(({ label }) => label)).toEqual(['STOCH 5 3 3', 'STOCH 14 3 3']);
    expect(cases[1]?.parameters).toEqual({ fastk: 14, slowk: 3, slowk_matype: 0, slowd: 3, slowd_matype: 0 });
  });

  test('what TA-Lib does not have is taken as registered', () => {
    expect(indicatorCases([spec('HURST', ['timeperiod', 100], ['order', 0.5])])).toEqual([
      { name: 'HURST', label: 'HURST 100 0.5', parameters: { timeperiod: 100, order: 0.5 }, goal: null },
    ]);
  });
});

test('peers get numbers, and not-a-number for what an indicator does not have', () => {
  expect(peerParameters({ timeperiod: 14, matype: 0 })).toMatchObject({ timeperiod: 14, fast: NaN });
});
