import { openStatistics } from '@tidemark/compute/statistics';
import { describe, expect, test } from 'vitest';
import { isOverfit } from '../selection.ts';
import type { SelectionRecord } from '../selection.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { reportFiguresOf } from './figures.ts';
import type { ReportFigures } from './figures.ts';
import { selectionSection } from './selection-section.ts';
import { selectionInWords } from './selection-words.ts';
import { plainResult } from './test/results.ts';

const statistics = await openStatistics();

const base = plainResult(Array.from({ length: 31 }, (_, day) => 100 + (day % 3)));
const figures = reportFiguresOf(base, statistics);
const record: SelectionRecord = {
  format: 1,
  dataHash: base.data.hash,
  strategyVersion: base.strategy.version,
  trials: 4_950,
  psr: figures.sharpe?.psr ?? 0,
  dsr: 0.97,
  pbo: 0.2,
  walkForwardEfficiency: 0.7,
  trackRecordMin: 900,
};
const saidOf = (changes: Partial<ReportFigures>): ReturnType<typeof diagnosticsOf> => diagnosticsOf(base, { ...figures, ...changes });

describe('the choice of the run in one sentence', () => {
  test.each([
    {
      name: 'nothing wrong',
      changes: {},
      text: /one of 4,950 sets .* probability of 97\.0 % .* which is enough; .* in 20 % of the splits; 70 % of the return/,
    },
    { name: 'one trial', changes: { trials: 1 }, text: /the only set of parameters that was tried/ },
    { name: 'DSR at the limit', changes: { dsr: 0.95 }, text: /which is enough/ },
    { name: 'DSR below it', changes: { dsr: 0.949 }, text: /too little to rely on \(95 % is asked for\)/ },
    { name: 'PBO above a half', changes: { pbo: 0.51 }, text: /51 % of the splits, so the search chooses noise/ },
    { name: 'PBO of a half', changes: { pbo: 0.5 }, text: /50 % of the splits;/ },
    { name: 'little came back', changes: { walkForwardEfficiency: 0.49 }, text: /49 % .* which is little\.$/ },
    {
      name: 'a figure with a reason',
      changes: { dsr: null, reasons: { dsr: 'all trials are alike' } },
      text: /is not known \(all trials are alike\)/,
    },
    { name: 'a figure without a reason', changes: { dsr: null }, text: /is not known \(the record does not say\)/ },
  ])('$name', ({ changes, text }) => {
    const words = selectionInWords({ ...record, ...changes }, figures.sharpe);
    expect(words).toMatch(text);
    expect(words).toMatch(/^[A-Z][^.]*(?:\.\d[^.]*)*\.$/);
  });

  test('without a record: trials were not counted', () => {
    expect(selectionInWords(undefined, figures.sharpe)).toMatch(/^Trials were not counted: .* taken alone, .* with a probability of \d/);
    expect(selectionInWords(undefined, undefined)).toMatch(/^Trials were not counted: [^;]*\.$/);
  });
});

describe('the section', () => {
  test('with a record shows each of its figures', () => {
    const { markup } = selectionSection(base, { ...figures, selection: record });
    for (const text of ['4,950', '97.0 %', '20.0 %', '70.0 %']) expect(markup).toContain(text);
  });
  test('without one says why each is missing, and what one run alone allows', () => {
    const { markup } = selectionSection(base, figures);
    expect(markup.match(/n\/a: trials were not counted/g)).toHaveLength(3);
    expect(markup).toContain('n/a: no walk-forward was run');
    expect(markup).toMatch(/PSR: probability that it is above 0<\/dt>\s*<dd>\d/);
    expect(markup).not.toMatch(/NaN|undefined/);
  });
});

test.each([
  { name: 'sound', changes: {}, overfit: false },
  { name: 'DSR too low', changes: { dsr: 0.9 }, overfit: true },
  { name: 'PBO too high', changes: { pbo: 0.6 }, overfit: true },
  { name: 'nothing known', changes: { dsr: null, pbo: null }, overfit: false },
])('overfit or not: $name', ({ changes, overfit }) => {
  const selection = { ...record, ...changes };
  expect(isOverfit(selection)).toBe(overfit);
  expect(saidOf({ selection }).find(({ text }) => text.includes('4,950 sets'))?.weight).toBe(overfit ? 'warn' : 'note');
});

test.each([
  { name: 'of these returns', psr: record.psr, warned: false },
  { name: 'of others', psr: (record.psr ?? 0) + 0.006, warned: true },
  { name: 'not known', psr: null, warned: false },
])('the record’s PSR: $name', ({ psr, warned }) =>
  expect(saidOf({ selection: { ...record, psr } }).some(({ text }) => text.startsWith('The selection record has a PSR'))).toBe(warned),
);

test.each([
  { name: 'better than 95 %', rank: 0.95, weight: 'note', text: /at least as good\.$/ },
  { name: 'not quite', rank: 0.949, weight: 'warn', text: /not told apart from chance/ },
  { name: 'worse than 95 %', rank: 0.04, weight: 'warn', text: /worse than chance/ },
])('among random runs: $name', ({ rank, weight, text: words }) => {
  const median = { totalReturn: 0, sharpe: 0, volatility: 0.1, maxDrawdown: -0.1 };
  const random = { runs: 1_000, seed: 0, median, low: -0.1, high: 0.1, totalReturnRank: rank, sharpeRank: rank, histogram: [] };
  const found = saidOf({ baselines: { ...figures.baselines, random } });
  expect(found.find(({ text }) => text.startsWith('Of 1,000 random runs'))).toMatchObject({
    weight,
    text: expect.stringMatching(words) as string,
  });
});
