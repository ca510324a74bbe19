import { expect, test } from 'vitest';
import { selectionSentence } from './selection-sentence.ts';
import type { Selection } from './service.ts';

const selection = (change: Partial<Selection> = {}): Selection => ({
  trials: 4950,
  sharpeVariance: 0.001,
  expectedMaximum: 1.234,
  psr: 0.99,
  dsr: 0.6,
  trackRecordMin: 400,
  ...change,
});

test.each([
  ['may be luck', 1.5, selection(), 'so it may well be luck.'],
  ['one short of clear', 1.5, selection({ dsr: 0.9499 }), 'of 95.0 %, so it may well be luck.'],
  ['clear', 1.5, selection({ dsr: 0.95 }), 'with a probability of 95.0 %.'],
  ['a single trial', 1.5, selection({ trials: 1, expectedMaximum: 0 }), '1 set was tried'],
  ['too few bars', 1.5, selection({ dsr: null }), 'too few bars'],
  ['nothing held', null, null, 'none of them ever held anything'],
] as const)('%s', (_name, sharpe, found, part) => {
  expect(selectionSentence(sharpe, found)).toContain(part);
});
