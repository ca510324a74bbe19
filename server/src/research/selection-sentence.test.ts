import { expect, test } from 'vitest';
import type { SearchFindings } from '../backtests/selection.ts';
import { selectionSentence } from './selection-sentence.ts';
import type { Selection } from './study-record.ts';

const selection = (change: Partial<Selection> = {}): Selection => ({
  trials: 4950,
  sharpeVariance: 0.001,
  expectedMaximum: 1.234,
  psr: 0.99,
  dsr: 0.6,
  trackRecordMin: 400,
  ...change,
});

const findings = (pbo: number | null = null, walkForwardEfficiency: number | null = null): SearchFindings => ({
  pbo,
  walkForwardEfficiency,
});

test.each([
  ['may be luck', 1.5, selection(), 'so it may well be luck.'],
  ['one short of clear', 1.5, selection({ dsr: 0.9499 }), 'of 95.0 %, so it may well be luck.'],
  ['clear', 1.5, selection({ dsr: 0.95 }), 'with a probability of 95.0 %.'],
  ['a single trial', 1.5, selection({ trials: 1, expectedMaximum: 0 }), '1 set was tried'],
  ['too few bars', 1.5, selection({ dsr: null }), 'too few bars'],
  ['nothing held', null, null, 'none of them ever held anything'],
] as const)('%s', (_name, sharpe, found, part) => {
  expect(selectionSentence(sharpe, found, findings())).toContain(part);
});

test.each([
  [findings(0.25), 'What looked best in one half of the data was below the median in the other in 25 % of the splits.'],
  [findings(0.75), '75 % of the splits, so the search chooses noise.'],
  [findings(null, 0.25), '25 % of the return of the fitted years came back in the years after them, which is little.'],
] as const)('cross-validation and walk-forward are told where there is one: %o', (found, words) => {
  const sentence = selectionSentence(1.5, selection(), found);
  expect(sentence).toContain(words);
  expect(sentence.startsWith(selectionSentence(1.5, selection(), findings()))).toBe(true);
});
