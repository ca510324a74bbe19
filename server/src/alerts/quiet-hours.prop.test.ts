import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, instantFromMs } from '../money/instant.ts';
import { afterQuiet, DAYS, isQuiet, minuteOfDay } from './quiet-hours.ts';
import type { QuietHours } from './quiet-hours.ts';

const MINUTE_MS = 60_000;
const NIGHT: QuietHours = { timeZone: 'America/New_York', fromMinute: 22 * 60, toMinute: 7 * 60, days: DAYS };

describe('quiet hours', () => {
  test.each([
    ['before they begin', '2026-01-05T21:59:00-05:00', '2026-01-05T21:59:00-05:00'],
    ['as they begin', '2026-01-05T22:00:00-05:00', '2026-01-06T07:00:00-05:00'],
    ['after midnight', '2026-01-06T03:00:00-05:00', '2026-01-06T07:00:00-05:00'],
    ['as they end', '2026-01-06T07:00:00-05:00', '2026-01-06T07:00:00-05:00'],
    ['in the night that loses an hour', '2026-03-07T23:00:00-05:00', '2026-03-08T07:00:00-04:00'],
    ['in the night that gains one', '2026-10-31T23:00:00-04:00', '2026-11-01T07:00:00-05:00'],
  ])('%s', (_name, at, end) => expect(afterQuiet([NIGHT], instant(at))).toBe(instant(end)));

  test.each([
    // 02:30 does not exist on that day: at 03:00 it is past.
    ['an end that is left out', 120, 150, '2026-03-08T01:59:00-05:00', '2026-03-08T01:59:00-05:00'],
    ['a beginning before what is left out', 60, 150, '2026-03-08T01:30:00-05:00', '2026-03-08T03:00:00-04:00'],
    ['the first pass of an hour that comes twice', 30, 90, '2026-11-01T01:10:00-04:00', '2026-11-01T01:30:00-04:00'],
    ['the second pass', 30, 90, '2026-11-01T01:10:00-05:00', '2026-11-01T01:30:00-05:00'],
    ['a clock put back into them', 30, 115, '2026-11-01T01:50:00-04:00', '2026-11-01T01:55:00-04:00'],
  ])('%s', (_name, fromMinute, toMinute, at, end) =>
    expect(afterQuiet([{ ...NIGHT, fromMinute, toMinute }], instant(at))).toBe(instant(end)),
  );

  test('of a weekend begin on its days only', () => {
    const weekend: QuietHours = { ...NIGHT, fromMinute: 0, toMinute: 0, days: ['sat', 'sun'] };
    expect(afterQuiet([weekend], instant('2026-01-10T12:00:00-05:00'))).toBe(instant('2026-01-12T00:00:00-05:00'));
    expect(isQuiet(weekend, instant('2026-01-09T23:59:00-05:00'))).toBe(false);
  });

  test('that never end are known as such', () =>
    expect(afterQuiet([{ ...NIGHT, fromMinute: 0, toMinute: 0 }], instant('2026-01-10T12:00:00-05:00'))).toBeUndefined());

  test('several are over when all are', () => {
    const lunch: QuietHours = { ...NIGHT, fromMinute: 7 * 60, toMinute: 9 * 60 };
    expect(afterQuiet([lunch, NIGHT], instant('2026-01-05T23:00:00-05:00'))).toBe(instant('2026-01-06T09:00:00-05:00'));
  });

  const hours = fc.record({
    timeZone: fc.constantFrom('America/New_York', 'Europe/Zurich', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'UTC'),
    fromMinute: fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15),
    toMinute: fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15),
    days: fc.subarray([...DAYS], { minLength: 1, maxLength: 6 }),
  });
  // Around the changes of the clock in both hemispheres, and anywhere.
  const moment = fc
    .oneof(
      fc
        .constantFrom(
          '2026-03-08T07:00:00Z',
          '2026-11-01T06:00:00Z',
          '2026-03-29T01:00:00Z',
          '2026-10-25T01:00:00Z',
          '2026-04-04T15:00:00Z',
        )
        .map(instant),
      fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map((seconds) => instantFromMs(seconds * 1_000)),
    )
    .chain((at) =>
      fc.integer({ min: -600, max: 600 }).map((minutes) => instantFromMs(Math.floor(at / MINUTE_MS) * MINUTE_MS + minutes * MINUTE_MS)),
    );

  test('end at the first minute that is not quiet, as walking the clock minute by minute finds it', () => {
    fc.assert(
      fc.property(fc.array(hours, { minLength: 1, maxLength: 2 }), moment, (several, at) => {
        const end = afterQuiet(several, at);
        const isQuietAt = (when: number): boolean => several.some((each) => isQuiet(each, instantFromMs(when)));
        let walked: number = at;
        for (let minutes = 0; minutes < 8 * 1_440 && isQuietAt(walked); minutes += 1) walked += MINUTE_MS;
        if (end === undefined || isQuietAt(walked)) return end === undefined;
        expect(end).toBe(walked);
        return true;
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['22:30', 1_350],
    ['00:00', 0],
    ['24:00', undefined],
    ['7:00', undefined],
    ['07:60', undefined],
  ])('%s', (text, minutes) => expect(minuteOfDay(text)).toBe(minutes));
});
