import type { IndicatorSpec } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { requestLabel } from '#lib/charts/indicator-request.ts';
import { guess } from './indicators.ts';

const timeperiod = { name: 'timeperiod', kind: 'integer', default: 30, min: 2, max: 500, description: '' } as const;
const SPECS = ['SMA', 'EMA', 'RSI', 'VOLUME_PROFILE'].map((name): IndicatorSpec => ({
  name,
  title: name,
  description: '',
  parameters: [timeperiod],
  inputs: ['close'],
  outputs: ['value'],
  pane: 'price',
}));

test.each([
  {
    template: 'sma-crossover',
    parameters: [
      { name: 'fast', value: '10' },
      { name: 'slow', value: '40' },
    ],
    labels: ['SMA(10)', 'SMA(40)'],
  },
  {
    template: 'rsi-reversion',
    parameters: [
      { name: 'period', value: '14' },
      { name: 'low', value: '30' },
    ],
    labels: ['RSI(14)'],
  },
  { template: 'ema', parameters: [], labels: ['EMA(30)'] },
  { template: 'volume-profile-fade', parameters: [], labels: ['VOLUME_PROFILE(30)'] },
  { template: 'volume-breakout', parameters: [], labels: [] },
  { template: 'my own', parameters: [], labels: [] },
])('$template is drawn with $labels', ({ template, parameters, labels }) => {
  expect(guess({ template, parameters }, SPECS).map((request) => requestLabel(request))).toEqual(labels);
});
