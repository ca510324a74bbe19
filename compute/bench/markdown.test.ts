import { check } from 'prettier';
import { expect, test } from 'vitest';
import { performanceDocument } from './markdown.ts';
import type { Row, Suite, Timing } from './suite.ts';
import { formatSection, shortNumber } from './table.ts';

const timing = (name: string, bestNs: number): Timing => ({ name, bestNs, medianNs: bestNs * 1.5, runs: 9 });
const SMA: Row = {
  name: 'SMA 20',
  figure: 'ratio',
  value: 1.25,
  medianValue: 1.4,
  goal: 2.5 / 1.9,
  isMet: true,
  clock: 'wall',
  units: { count: 1_000_000, of: 'bar' },
  subject: timing('bars in memory', 2_500_000),
  reference: timing('copy of one f64 column', 2_000_000),
  variants: [timing('bars copied in, values copied out', 5_000_000)],
  peers: [
    { ...timing('talib', 1e9), times: 400, agrees: true },
    { ...timing('indicatorts', 17e6), times: 6.8, agrees: false },
  ],
  verdict: { fastestPeer: 'indicatorts', times: 6.8, isAhead: true, isThreeTimes: true },
};
const HURST: Row = { ...SMA, name: 'HURST 100', value: 250, goal: null, isMet: null, peers: [], verdict: null };
const SWEEP: Row = {
  ...SMA,
  name: 'two threads',
  figure: 'speed-up',
  value: 1.5,
  medianValue: 1.45,
  goal: 1.7,
  isMet: false,
  units: { count: 1, of: 'sweep' },
  variants: [],
  peers: [],
  verdict: null,
};
const SUITE: Suite = {
  format: 1,
  startedAt: '2026-02-03T04:05:06.000Z',
  machine: { cpu: 'Example CPU', cores: 2, node: '26.0.0', platform: 'linux x64' },
  sections: [
    {
      name: 'indicators',
      title: 'Indicators',
      about: ['Ratios to a copy.', 'Over a million bars.'],
      rows: [SMA, HURST],
      peers: [
        { name: 'talib', version: '2.0.5' },
        { name: 'indicatorts', version: '2.2.2' },
      ],
      missing: [{ name: 'tulind', reason: 'npm rebuild tulind failed: a | b' }],
    },
    { name: 'sweeps', title: 'Sweeps', about: ['Many at once.'], rows: [SWEEP], peers: [], missing: [] },
  ],
  printed: [],
};

const DOCUMENT = `# Performance

Written by \`npm run bench -- --write-docs\` from its own JSON: measure again instead of editing.

Measured on 2026-02-03: Example CPU, 2 cores, linux x64, Node 26.0.0. Times differ between machines and from hour to hour, so every figure is a ratio to other work in the same rounds, each by its best run. \`✓\` and \`✗\` say whether a goal is met.

## Indicators

Ratios to a copy. Over a million bars.

Beside talib 2.0.5, indicatorts 2.2.2: ahead of all of them in 1 of 1 rows. Three times as fast as the fastest in 1 of the 1 rows where that one takes longer than 3.16 copies.

A library's column says how many times as long it takes as we do with bars in memory; †: its values are other ones, by another definition.

|           | in memory | copied in and out |       goal | talib | indicatorts |
| --------- | --------: | ----------------: | ---------: | ----: | ----------: |
| SMA 20    |    1.25 × |            2.50 × | ≤ 1.32 × ✓ |   400 |      6.80 † |
| HURST 100 |     250 × |            2.50 × |            |       |             |

Not measured: tulind, because npm rebuild tulind failed: a \\| b.

## Sweeps

Many at once.

|             |   by best runs |     by medians |               goal |
| ----------- | -------------: | -------------: | -----------------: |
| two threads | 1.50 × as fast | 1.45 × as fast | ≥ 1.70 × as fast ✗ |
`;

test('a run becomes the document, in the format that npm test asks for', async () => {
  const document = performanceDocument(SUITE);
  expect(document).toBe(DOCUMENT);
  expect(await check(document, { parser: 'markdown', printWidth: 140 })).toBe(true);
});

test('the table of a terminal says the times too, and who is missing', () => {
  const [indicators] = SUITE.sections;
  const text = indicators === undefined ? '' : formatSection(indicators);
  expect(text).toMatch(/^SMA 20 +2\.50 ns a bar +3\.75 ns a bar +1\.25 × +1\.40 × +≤ 1\.32 × ✓ +indicatorts 6\.80 ×$/m);
  expect(text).toMatch(/^HURST 100 .*250 × +1\.40 ×$/m);
  expect(text).toContain('not measured: tulind, because npm rebuild tulind failed');
});

test.each([
  [0.0312, '0.03'],
  [1.316, '1.32'],
  [10.04, '10.0'],
  [1234.5, '1235'],
  [Number.NaN, '–'],
  [Infinity, '–'],
])('%d is %s', (value, text) => expect(shortNumber(value)).toBe(text));
