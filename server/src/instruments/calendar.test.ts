import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { instant, instantFromMs, formatInstant } from '../money/instant.ts';
import {
  CalendarRangeError,
  isOpen,
  newYorkDate,
  nextCloseAt,
  nextOpenAt,
  nextSession,
  phaseAt,
  previousSession,
  sessionAt,
  sessionOn,
  sessionsBetween,
} from './calendar.ts';

const golden = new URL('../../../../shared/golden/data/', import.meta.url);

function tradedDates(file: string): string[] {
  const path = new URL(file, golden);
  if (!existsSync(path)) throw new Error(`Golden data is missing: ${path.pathname}. It belongs beside the repository, in ../shared`);
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => (line.split(',')[1] ?? '').slice(0, 10));
}

describe('against dates on which real markets traded', () => {
  // The AAPL file lacks nothing; the index file has every session of its span.
  test.each([
    'AAPL_daily_raw_1998_2021.csv',
    'SPX_daily_2000_2020.csv',
    'SPY_daily_raw_1998_2009.csv',
    'AAPL_daily_splitadj_2013_2018.csv',
  ])('%s', (file) => {
    const traded = tradedDates(file);
    const first = traded[0] ?? '';
    const last = traded.at(-1) ?? '';
    expect(sessionsBetween(first, last).map((session) => session.date)).toEqual(traded);
  });
});

describe('holidays', () => {
  test.each([
    { name: 'New Year on a Saturday is not kept on Friday', date: '2021-12-31', open: true },
    { name: 'New Year on a Sunday is kept on Monday', date: '2023-01-02', open: false },
    { name: 'Martin Luther King before 1998', date: '1997-01-20', open: true },
    { name: 'Martin Luther King from 1998', date: '1998-01-19', open: false },
    { name: 'Good Friday', date: '2024-03-29', open: false },
    { name: 'Juneteenth before 2022', date: '2020-06-19', open: true },
    { name: 'Juneteenth on a Sunday', date: '2022-06-20', open: false },
    { name: 'Independence Day on a Saturday', date: '2026-07-03', open: false },
    { name: 'Thanksgiving', date: '2025-11-27', open: false },
    { name: 'Carter', date: '2025-01-09', open: false },
    { name: 'Sandy', date: '2012-10-30', open: false },
  ])('$name', ({ date, open }) => expect(sessionOn(date) !== undefined).toBe(open));
});

describe('early closes', () => {
  test.each([
    { date: '2013-07-03', early: true },
    { date: '2002-07-03', early: false },
    { date: '2002-07-05', early: true },
    { date: '2024-07-03', early: true },
    { date: '2023-07-03', early: true },
    { date: '2026-07-02', early: false },
    { date: '2023-11-24', early: true },
    { date: '2024-12-24', early: true },
    { date: '2003-12-26', early: true },
    { date: '2022-12-23', early: false },
  ])('$date early: $early', ({ date, early }) => {
    const session = sessionOn(date);
    expect(session?.early).toBe(early);
    expect(newYorkDate(session?.closeAt ?? instantFromMs(0))).toBe(date);
  });
});

describe('times', () => {
  test.each([
    { name: 'winter', date: '2024-01-10', open: '2024-01-10T14:30:00Z', close: '2024-01-10T21:00:00Z' },
    { name: 'summer', date: '2024-07-10', open: '2024-07-10T13:30:00Z', close: '2024-07-10T20:00:00Z' },
    { name: 'first session of daylight saving', date: '2024-03-11', open: '2024-03-11T13:30:00Z', close: '2024-03-11T20:00:00Z' },
    { name: 'last session of daylight saving', date: '2024-11-01', open: '2024-11-01T13:30:00Z', close: '2024-11-01T20:00:00Z' },
    { name: 'early close', date: '2024-11-29', open: '2024-11-29T14:30:00Z', close: '2024-11-29T18:00:00Z' },
  ])('$name', ({ date, open, close }) => {
    const session = sessionOn(date);
    expect([session?.openAt, session?.closeAt].map((at) => formatInstant(at ?? instantFromMs(0)))).toEqual([open, close]);
  });

  test('the close itself is outside, the open inside', () => {
    expect(isOpen(instant('2024-01-10T14:30:00Z'))).toBe(true);
    expect(isOpen(instant('2024-01-10T21:00:00Z'))).toBe(false);
    expect(formatInstant(nextOpenAt(instant('2024-01-12T14:30:00Z')))).toBe('2024-01-16T14:30:00Z');
    expect(formatInstant(nextCloseAt(instant('2024-01-12T21:00:00Z')))).toBe('2024-01-16T21:00:00Z');
    expect(phaseAt(instant('2024-01-10T13:00:00Z'))).toBe('pre');
    expect(phaseAt(instant('2024-01-10T22:00:00Z'))).toBe('post');
    expect(phaseAt(instant('2024-01-13T15:00:00Z'))).toBe('closed');
  });

  test('a date outside the known years is an error that says so', () => {
    expect(() => sessionOn('1960-01-04')).toThrow(CalendarRangeError);
    expect(() => nextSession('2299-12-31')).toThrow(/1993 to 2299/);
  });
});

test('next and previous are inverse, and every session holds its own open', () => {
  const days = fc.integer({ min: Date.UTC(1994, 0, 1) / 86_400_000, max: Date.UTC(2034, 0, 1) / 86_400_000 });
  fc.assert(
    fc.property(days, (dayNumber) => {
      const date = new Date(dayNumber * 86_400_000).toISOString().slice(0, 10);
      const next = nextSession(date);
      const previous = previousSession(next.date);
      expect(previous.date <= date).toBe(true);
      expect(nextSession(previous.date).date).toBe(next.date);
      expect(sessionAt(next.openAt)?.date).toBe(next.date);
      expect(sessionAt(next.closeAt)).toBeUndefined();
    }),
  );
});
