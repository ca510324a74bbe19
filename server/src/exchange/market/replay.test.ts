import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BarColumns } from '../../market-data/bar.ts';
import { formatInstant, instant } from '../../money/instant.ts';
import { AAA, BBB, columnsOf } from '../testing.ts';
import { Archive } from './archive.ts';
import { Laps } from './laps.ts';
import { nextStep, startPosition } from './replay.ts';
import type { MarketStep, ReplayPosition } from './replay.ts';
import { exchangeSessions, weekdaySessions } from './sessions.ts';
import { buildTape, TapeError } from './tape.ts';

const lapsOf = (bars: readonly BarColumns[], from?: string): Laps =>
  new Laps(buildTape(bars, exchangeSessions, from === undefined ? undefined : instant(from)), exchangeSessions);

function play(laps: Laps, count: number): { readonly steps: readonly MarketStep[]; readonly position: ReplayPosition } {
  let position = startPosition(laps);
  const steps: MarketStep[] = [];
  for (let done = 0; done < count; done++) {
    const next = nextStep(laps, position);
    steps.push(next.step);
    position = next.position;
  }
  return { steps, position };
}

const told = ({ at, prices, opens, closes, bars, dailyBars }: MarketStep): string =>
  [
    formatInstant(at).slice(5, 16),
    opens === undefined ? '' : `opens ${opens.date}`,
    prices.map(({ symbol, price, move }) => `${symbol} ${price}${move === 'gap' ? '!' : ''}`).join(', '),
    closes ? 'closes' : '',
    bars.map(({ symbol, startAt }) => `b ${symbol} ${formatInstant(startAt).slice(11, 16)}`).join(', '),
    dailyBars.map(({ symbol, startAt, close }) => `d ${symbol} ${formatInstant(startAt).slice(5, 16)} ${close}`).join(', '),
  ]
    .filter((part) => part !== '')
    .join(' | ');

describe('daily bars', () => {
  test('are played as open, extremes and close, each symbol’s extremes in its own order', () => {
    expect(play(lapsOf([AAA, BBB]), 4).steps.map(told)).toEqual([
      '02-28T14:30 | opens 2024-02-28 | AAA 100!, BBB 50!',
      '02-28T17:00 | AAA 98, BBB 51',
      '02-28T19:00 | AAA 104, BBB 49',
      '02-28T21:00 | AAA 102, BBB 49.5 | closes | d AAA 02-28T05:00 102, d BBB 02-28T05:00 49.5',
    ]);
  });

  test('a symbol without a bar on a date does not trade, and the clock goes by the calendar', () => {
    const { steps } = play(lapsOf([AAA, BBB]), 13);
    expect(steps.slice(8, 13).map(told)).toEqual([
      '03-01T14:30 | opens 2024-03-01 | AAA 104!',
      '03-01T17:00 | AAA 103',
      '03-01T19:00 | AAA 107',
      '03-01T21:00 | AAA 106 | closes | d AAA 03-01T05:00 106',
      '03-04T14:30 | opens 2024-03-04 | AAA 106!, BBB 48!',
    ]);
  });

  test('summer time moves the hours, an early close shortens the day', () => {
    const bars = columnsOf('AAA', [
      ['2024-03-11', 1, 1, 1, 1],
      ['2024-07-03', 1, 1, 1, 1],
    ]);
    const times = play(lapsOf([bars]), 8).steps.map(({ at }) => formatInstant(at).slice(5, 16));
    expect(times).toEqual([
      '03-11T13:30',
      '03-11T16:00',
      '03-11T18:00',
      '03-11T20:00',
      '07-03T13:30',
      '07-03T14:50',
      '07-03T15:55',
      '07-03T17:00',
    ]);
  });
});

describe('minute bars', () => {
  const minutes = columnsOf(
    'AAA',
    [
      ['2024-02-28T14:30:00Z', 10, 12, 9, 11],
      ['2024-02-28T14:31:00Z', 11.5, 12, 11, 11.2],
      ['2024-02-28T14:35:00Z', 11, 13, 11, 13],
      ['2024-02-28T22:00:00Z', 99, 99, 99, 99],
      ['2024-02-29T20:59:00Z', 14, 15, 14, 15],
    ],
    '1Min',
  );

  test('a bar is published behind the next one’s open, or at its own end before a pause', () => {
    expect(play(lapsOf([minutes]), 16).steps.map(told)).toEqual([
      '02-28T14:30 | opens 2024-02-28 | AAA 10!',
      '02-28T14:30 | AAA 9',
      '02-28T14:30 | AAA 12',
      '02-28T14:30 | AAA 11',
      '02-28T14:31 | AAA 11.5! | b AAA 14:30 | d AAA 02-28T05:00 11',
      '02-28T14:31 | AAA 12',
      '02-28T14:31 | AAA 11',
      '02-28T14:32 | AAA 11.2 | b AAA 14:31 | d AAA 02-28T05:00 11.2',
      '02-28T14:35 | AAA 11!',
      '02-28T14:35 | AAA 11',
      '02-28T14:35 | AAA 13',
      '02-28T21:00 | AAA 13 | closes | b AAA 14:35 | d AAA 02-28T05:00 13',
      '02-29T20:59 | opens 2024-02-29 | AAA 14!',
      '02-29T20:59 | AAA 14',
      '02-29T20:59 | AAA 15',
      '02-29T21:00 | AAA 15 | closes | b AAA 20:59 | d AAA 02-29T05:00 15',
    ]);
  });

  test('bars outside of the session are left out and counted', () => {
    expect(buildTape([minutes], exchangeSessions).leftOut).toBe(1);
  });

  test('a further lap has the same times of day on later dates', () => {
    const laps = lapsOf([minutes]);
    const again = play(laps, 20).steps.slice(16);
    expect(again.map(told)[0]).toBe('03-01T14:30 | opens 2024-03-01 | AAA 15!');
  });
});

describe('laps', () => {
  test('minute bars of a whole day are not played on a short one', () => {
    const bars = columnsOf('AAA', [['2024-07-02T19:59:00Z', 10, 10, 10, 10]], '1Min');
    const opens = play(lapsOf([bars]), 8).steps.filter(({ opens }) => opens !== undefined);
    // 3 July 2024 closed at 13:00, 4 July is a holiday.
    expect(opens.map(({ opens }) => opens?.date)).toEqual(['2024-07-02', '2024-07-05']);
  });

  test('the first open of a lap is the last close of the one before, on the next trading date', () => {
    const { steps } = play(lapsOf([AAA, BBB]), 40);
    const opens = steps.filter(({ opens }) => opens !== undefined);
    expect(opens.map(({ opens, lap }) => `${lap} ${opens?.date}`)).toEqual([
      '0 2024-02-28',
      '0 2024-02-29',
      '0 2024-03-01',
      '0 2024-03-04',
      '1 2024-03-05',
      '1 2024-03-06',
      '1 2024-03-07',
      '1 2024-03-08',
      '2 2024-03-11',
      '2 2024-03-12',
    ]);
    expect(opens[4]?.prices.map(({ price }) => price)).toEqual([110, 45]);
    expect(opens[8]?.prices.map(({ price }) => price)).toEqual([121, 40.5]);
  });

  test.each([
    { name: 'rising', last: 40 },
    { name: 'falling', last: 5 },
  ])('a $name market stays chained and within bounds for ever', ({ last }) => {
    const bars = columnsOf('AAA', [
      ['2024-02-28', 20, 40, 5, 20],
      ['2024-02-29', 20, 40, 5, last],
    ]);
    const { steps } = play(lapsOf([bars]), 8 * 40);
    for (const [index, step] of steps.entries()) {
      const [price] = step.prices.map((one) => one.price);
      if (step.opens !== undefined && index > 0) expect(price).toBe(steps[index - 1]?.prices[0]?.price);
      expect(price).toBeGreaterThan(0.5);
      expect(price).toBeLessThan(1300);
    }
    expect(steps.at(-1)?.lap).toBe(39);
  });

  test('from begins the span there, and keeps what lies before as history', () => {
    const laps = lapsOf([AAA, BBB], '2024-03-01');
    const archive = new Archive(laps);
    expect([archive.count('AAA', 0), archive.count('BBB', 0)]).toEqual([2, 2]);
    expect(play(laps, 1).steps.map(told)).toEqual(['03-01T14:30 | opens 2024-03-01 | AAA 104!']);
    expect(archive.bar('AAA', 1)).toMatchObject({ close: 105, startAt: instant('2024-02-29T05:00:00Z') });
  });

  test.each([
    { name: 'no bars', bars: [], from: undefined },
    { name: 'a span behind the end', bars: [AAA], from: '2025-01-01' },
    { name: 'one symbol twice', bars: [AAA, AAA], from: undefined },
    { name: 'mixed timeframes', bars: [AAA, columnsOf('BBB', [['2024-02-28T15:00:00Z', 1, 1, 1, 1]], '1Min')], from: undefined },
  ])('$name is an error', ({ bars, from }) => {
    expect(() => lapsOf(bars, from)).toThrow(TapeError);
  });
});

const cents = fc.integer({ min: 500, max: 50_000 }).map((value) => value / 100);
const recorded = fc.array(fc.tuple(cents, cents, cents, cents), { minLength: 1, maxLength: 6 }).map((rows) => {
  let date = '2024-01-01';
  return rows.map(([first, second, third, fourth]) => {
    ({ date } = weekdaySessions.nextSession(date));
    const [open, close] = [first, second];
    return [date, open, Math.max(open, close, third, fourth), Math.min(open, close, third, fourth), close] as const;
  });
});

test('over any laps: time never goes back, bars hold their prices, and the archive never tells of the future', () => {
  fc.assert(
    fc.property(recorded, recorded, fc.integer({ min: 1, max: 60 }), (left, right, count) => {
      const laps = lapsOf([columnsOf('AAA', left), columnsOf('BBB', right)]);
      const archive = new Archive(laps);
      const { steps, position } = play(laps, count);
      const seen = new Map<string, number>();
      let now = Number.NEGATIVE_INFINITY;
      let lastClose: number | undefined;
      for (const step of steps) {
        expect(step.at).toBeGreaterThanOrEqual(now);
        now = step.at;
        for (const bar of step.dailyBars) {
          seen.set(bar.symbol, (seen.get(bar.symbol) ?? 0) + 1);
          expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close));
          expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close));
        }
        if (
          step.opens !== undefined &&
          lastClose !== undefined &&
          step.lap > 0 &&
          step.opens.date === laps.session(laps.tape.sessions.length).date
        ) {
          const first = step.prices.find(({ symbol }) => symbol === 'AAA');
          if (first !== undefined) expect(first.price).toBeCloseTo(lastClose, 2);
        }
        lastClose = step.prices.find(({ symbol }) => symbol === 'AAA')?.price ?? lastClose;
      }
      for (const symbol of ['AAA', 'BBB']) {
        const all = [...archive.bars(symbol, position.published, { unit: 'days' }, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)];
        expect(all).toHaveLength(seen.get(symbol) ?? 0);
        for (const [index, bar] of all.entries()) {
          expect(bar.startAt).toBeLessThan(now);
          if (index > 0) expect(bar.startAt).toBeGreaterThan(all[index - 1]?.startAt ?? now);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('minute bars are grouped into hours and days', () => {
  const rows = Array.from({ length: 90 }, (_, minute) => {
    const at = new Date(Date.parse('2024-02-28T14:30:00Z') + minute * 60_000).toISOString();
    return [at, minute + 1, minute + 2, minute + 0.5, minute + 1.5] as const;
  });
  const laps = lapsOf([columnsOf('AAA', rows, '1Min')]);
  const archive = new Archive(laps);
  const grouped = (unit: 'minutes' | 'days') =>
    [
      ...archive.bars('AAA', 90, unit === 'days' ? { unit } : { unit, minutes: 60 }, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    ].map(({ startAt, open, high, low, close, volume }) => [formatInstant(startAt).slice(5, 16), open, high, low, close, volume]);
  expect(grouped('days')).toEqual([['02-28T05:00', 1, 91, 0.5, 90.5, 90_000]]);
  expect(grouped('minutes')).toEqual([
    ['02-28T14:00', 1, 31, 0.5, 30.5, 30_000],
    ['02-28T15:00', 31, 91, 30.5, 90.5, 60_000],
  ]);
});
