import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { sessionsBetween } from '../instruments/calendar.ts';
import type { Instant } from '../money/instant.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BarColumns } from './bar.ts';
import { loadSampleData, SAMPLE_MINUTE_SPAN, SAMPLE_REPLAY_FROM, SAMPLE_SPAN, sampleMarket } from './sample-data.ts';
import type { SampleData } from './sample-data.ts';
import { barAt } from './service.ts';
import { validateBar } from './validate-bar.ts';

let sample: SampleData;
beforeAll(async () => {
  sample = await loadSampleData();
});

const datesOf = ({ startAtMs }: BarColumns): string[] => Array.from(startAtMs, (at) => new Date(at).toISOString().slice(0, 10));
const seriesOf = (symbol: string): BarColumns => {
  const found = sample.daily.find((bars) => bars.symbol === symbol);
  if (found === undefined) throw new Error(`the sample holds no ${symbol}`);
  return found;
};

function problemsOf(bars: BarColumns): string[] {
  const problems: string[] = [];
  let previousStartAt: Instant | undefined;
  for (let row = 0; row < bars.length; row += 1) {
    const bar = barAt(bars, row);
    const verdict = validateBar(bar, previousStartAt === undefined ? {} : { previousStartAt });
    if (!verdict.ok) problems.push(`${bars.symbol}, row ${row + 1}: ${verdict.reason}`);
    previousStartAt = bar.startAt;
  }
  return problems;
}

function hashOf(series: readonly BarColumns[]): string {
  const hash = createHash('sha256');
  for (const { startAtMs, open, high, low, close, volume } of series)
    for (const column of [startAtMs, open, high, low, close, volume])
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash.digest('hex');
}

test('every bar may be believed', () => {
  expect([...sample.daily, ...sample.minutes].flatMap(problemsOf)).toEqual([]);
});

test('two real series and six made up, each marked as what it is', () => {
  const marked = sample.instruments.map(({ symbol, source }) => `${symbol} ${source}`);
  expect(marked).toEqual([
    'AAPL real',
    'SPX real',
    ...['SYNA', 'SYNB', 'SYNC', 'SYND', 'SYNE', 'SYNF'].map((symbol) => `${symbol} synthetic`),
  ]);
  for (const { symbol, source, name } of sample.instruments)
    expect([symbol, /synthetic/i.test(name)]).toEqual([symbol, source === 'synthetic']);
  expect(sample.daily.map(({ symbol }) => symbol)).toEqual(sample.instruments.map(({ symbol }) => symbol));
  expect(sample.minutes.map(({ symbol }) => symbol)).toEqual(['SYNA', 'SYNB']);
});

describe('days are the exchange’s', () => {
  test.each(['AAPL', 'SYNA', 'SYNB', 'SYNC', 'SYND', 'SYNE', 'SYNF'])('%s: every session of the span and no other day', (symbol) => {
    expect(datesOf(seriesOf(symbol))).toEqual(sessionsBetween(SAMPLE_SPAN.from, SAMPLE_SPAN.to).map(({ date }) => date));
  });

  test('SPX: every session from 2000 to 2020', () => {
    const dates = datesOf(seriesOf('SPX'));
    expect([dates[0], dates.at(-1)]).toEqual(['2000-01-03', '2020-04-17']);
    expect(dates).toEqual(sessionsBetween('2000-01-03', '2020-04-17').map(({ date }) => date));
  });

  test('minutes: 390 a session, 09:30 to 16:00 in New York', () => {
    const sessions = sessionsBetween(SAMPLE_MINUTE_SPAN.from, SAMPLE_MINUTE_SPAN.to);
    expect(sessions).toHaveLength(5);
    for (const { startAtMs, length } of sample.minutes) {
      expect(length).toBe(5 * 390);
      for (const [index, { openAt, closeAt }] of sessions.entries()) {
        expect(instantFromMs(startAtMs[index * 390] ?? 0)).toBe(openAt);
        expect((startAtMs[index * 390 + 389] ?? 0) + 60_000).toBe(closeAt);
      }
    }
  });
});

test('the same sample every time and everywhere', async () => {
  const again = await loadSampleData();
  expect(again).toEqual(sample);
  // Synthetic prices come from additions, multiplications and divisions only: this hash holds on every machine.
  const synthetic = sample.daily.filter(({ symbol }) => symbol.startsWith('SYN'));
  expect(hashOf([...synthetic, ...sample.minutes])).toBe('6e23c557fbfc17e77e43143ec00f2839c4a9137ac5a8b65db0ed8568fc144d51');
});

test('made-up series differ, move and stay above zero', () => {
  const synthetic = sample.daily.filter(({ symbol }) => symbol.startsWith('SYN'));
  expect(new Set(synthetic.map((bars) => hashOf([bars]))).size).toBe(6);
  for (const { close } of synthetic) {
    expect(new Set(close).size).toBeGreaterThan(close.length / 4);
    expect(Math.min(...close)).toBeGreaterThan(1);
  }
});

test('the market to replay: all end on one day, with history before its first', async () => {
  const { bars, instruments } = await sampleMarket();
  expect(bars.map(({ symbol }) => symbol)).toEqual(instruments.map(({ symbol }) => symbol));
  for (const series of bars) {
    const dates = datesOf(series);
    expect(dates).toHaveLength(series.length);
    expect(dates.at(-1)).toBe(SAMPLE_SPAN.to);
    expect(dates).toContain(SAMPLE_REPLAY_FROM);
    expect(dates.filter((date) => date < SAMPLE_REPLAY_FROM).length).toBeGreaterThan(600);
  }
});
