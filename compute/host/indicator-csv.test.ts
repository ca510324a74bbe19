import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CsvError } from './csv.ts';
import { SpecError, runIndicatorSpec } from './indicator-csv.ts';
import type { IndicatorRunSummary } from './indicator-csv.ts';

const GOLDEN = new URL('../../../shared/golden/indicators/', import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-indicators-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  csv: string | URL,
  spec: unknown,
  onBad: 'fail' | 'skip' = 'fail',
): Promise<{ output: string; summary: IndicatorRunSummary }> {
  const csvPath = csv instanceof URL ? csv.pathname : join(folder, 'bars.csv');
  if (typeof csv === 'string') await writeFile(csvPath, csv);
  const specPath = join(folder, 'spec.json');
  await writeFile(specPath, typeof spec === 'string' ? spec : JSON.stringify(spec));
  const out = new PassThrough();
  const collected = text(out);
  try {
    const summary = await runIndicatorSpec({ csvPath, specPath, onBad, ignoreExtra: csv instanceof URL, out });
    return { summary, output: (out.end(), await collected) };
  } catch (error) {
    out.destroy();
    await collected.catch(() => '');
    throw error;
  }
}

const BARS = [
  'timestamp,open,high,low,close,volume',
  ...[1, 2, 4, 7, 11].map((x, i) => `2024-01-0${i + 1}T00:00:00Z,${x},${x + 1},${x - 1},${x},10`),
].join('\n');

test('one column for a single output, one for each of several', async () => {
  const { output, summary } = await run(BARS, [
    { column: 'SMA_2', indicator: 'SMA', parameters: { timeperiod: 2 } },
    { column: 'BB', indicator: 'BBANDS', parameters: { timeperiod: 3, nbdevup: 0, nbdevdn: 0 } },
  ]);
  expect(output).toBe(
    [
      'timestamp,SMA_2,BB.upper,BB.middle,BB.lower',
      '2024-01-01T00:00:00Z,,,,',
      '2024-01-02T00:00:00Z,1.5,,,',
      '2024-01-03T00:00:00Z,3,2.3333333333333335,2.3333333333333335,2.3333333333333335',
      '2024-01-04T00:00:00Z,5.5,4.333333333333333,4.333333333333333,4.333333333333333',
      '2024-01-05T00:00:00Z,9,7.333333333333333,7.333333333333333,7.333333333333333',
      '',
    ].join('\n'),
  );
  expect(summary).toEqual({ rows: 5, columns: 4, skipped: 0, firstSkipped: null });
});

test('bad rows are set aside and counted', async () => {
  const { output, summary } = await run(`${BARS}\n2024-01-06T00:00:00Z,1,1,x,1,1\n`, [], 'skip');
  expect([output.split('\n').length, summary.rows, summary.columns, summary.skipped]).toEqual([7, 5, 0, 1]);
  expect(summary.firstSkipped).toContain('line 7, field low');
  await expect(run(`${BARS}\n2024-01-06T00:00:00Z,1,1,x,1,1\n`, [])).rejects.toThrow(CsvError);
});

test.each(['GOOG_daily_2004_2013.csv.gz', 'edge_around_zero_and_negative.csv', 'edge_length_01.csv', 'edge_tiny_1e-9.csv'])(
  'a golden file goes through: %s',
  async (name) => {
    const { indicators } = JSON.parse(await readFile(new URL('indicators.json', GOLDEN), 'utf8')) as {
      indicators: readonly { column_prefix: string; function: string; parameters: object }[];
    };
    const ours = indicators.filter((entry) => ['TA_SMA', 'TA_RSI', 'TA_STOCH'].includes(entry.function));
    const spec = ours.map((entry) => ({ column: entry.column_prefix, indicator: entry.function.slice(3), parameters: entry.parameters }));
    const { output, summary } = await run(new URL(name, GOLDEN), spec);
    const [header = '', ...rows] = output.trimEnd().split('\n');
    expect(header.split(',')).toHaveLength(1 + 3 + 3 + 6);
    expect(rows).toHaveLength(summary.rows);
    expect(
      rows
        .at(-1)
        ?.split(',')
        .slice(1)
        .every((cell) => cell === '' || String(Number(cell)) === cell),
    ).toBe(true);
  },
);

describe('refuses', () => {
  test.each([
    { name: 'what is not JSON', spec: '[', message: 'spec.json: is not JSON' },
    { name: 'what is no list', spec: {}, message: 'must be a list' },
    { name: 'an entry that is none', spec: [1], message: 'entry 1: must be {' },
    { name: 'an unknown field', spec: [{ column: 'a', indicator: 'SMA', params: {} }], message: 'entry 1: unknown field params' },
    { name: 'a column without a name', spec: [{ indicator: 'SMA' }], message: 'entry 1, field column' },
    { name: 'a column that would break the file', spec: [{ column: 'a,b', indicator: 'SMA' }], message: 'without commas' },
    { name: 'a column twice', spec: ['a', 'a'].map((column) => ({ column, indicator: 'SMA' })), message: 'the column a is there twice' },
    { name: 'a second timestamp', spec: [{ column: 'timestamp', indicator: 'SMA' }], message: 'the column timestamp is there twice' },
    {
      name: 'an unknown indicator',
      spec: [{ column: 'a', indicator: 'XMA' }],
      message: 'entry 1 (a): There is no indicator XMA; there is one of SMA,',
    },
    {
      name: 'a parameter out of bounds',
      spec: [{ column: 'a', indicator: 'SMA', parameters: { timeperiod: 1 } }],
      message: 'entry 1 (a): SMA: timeperiod is 1, but must be a whole number from 2 to 100000.',
    },
    {
      name: 'a parameter that is no number',
      spec: [{ column: 'a', indicator: 'SMA', parameters: { timeperiod: null } }],
      message: 'field parameters.timeperiod',
    },
  ])('$name', async ({ spec, message }) => {
    await expect(run(BARS, spec)).rejects.toThrow(SpecError);
    await expect(run(BARS, spec)).rejects.toThrow(message);
  });

  test('bars of several symbols', async () => {
    const row = (symbol: string): string => `${symbol},2024-01-01T00:00:00Z,1,1,1,1,1`;
    await expect(run(['symbol,timestamp,open,high,low,close,volume', row('A'), row('B')].join('\n'), [])).rejects.toThrow(
      'several symbols (A, B',
    );
  });
});
