import { describe, expect, test } from 'vitest';
import type { BarColumns } from '../market-data/bar.ts';
import { format, toNumber } from '../money/fixed.ts';
import { profileInstrument } from './profile.ts';

function columns(closes: readonly number[], volume: (day: number) => number): BarColumns {
  const close = Float64Array.from(closes);
  return {
    symbol: 'AAA',
    timeframe: '1Day',
    length: closes.length,
    startAtMs: close.map((_, day) => day * 86_400_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: close.map((_, day) => volume(day)),
  };
}

describe('profileInstrument', () => {
  test('says nothing of an instrument without bars', () => expect(profileInstrument(columns([], () => 1))).toBeUndefined());

  test.each([
    { name: '19 bars: no volume', bars: 19, volume: false, volatility: false },
    { name: '20 bars: volume', bars: 20, volume: true, volatility: false },
    { name: '60 bars: 59 returns are not enough', bars: 60, volume: true, volatility: false },
    { name: '61 bars: all', bars: 61, volume: true, volatility: true },
  ])('$name', ({ bars, volume, volatility }) => {
    const profile = profileInstrument(
      columns(
        Array.from({ length: bars }, (_, day) => 100 + (day % 2)),
        () => 1000,
      ),
    );
    expect(profile?.averageVolume20 !== undefined).toBe(volume);
    expect(profile?.averageDollarVolume20 !== undefined).toBe(volume);
    expect(profile?.dailyVolatility60 !== undefined).toBe(volatility);
  });

  test('only the last 20 days count for volume, and dollars use each day’s close', () => {
    const profile = profileInstrument(
      columns(
        Array.from({ length: 30 }, (_, day) => (day < 10 ? 1 : 50)),
        (day) => (day < 10 ? 9e9 : 200),
      ),
    );
    expect(format(profile?.averageVolume20 ?? (0n as never))).toBe('200');
    expect(format(profile?.averageDollarVolume20 ?? (0n as never))).toBe('10000');
  });

  test('volatility is the sample deviation of 60 simple returns', () => {
    // Alternating 100 and 101: thirty returns of +1 %, thirty of −1/101.
    const profile = profileInstrument(
      columns(
        Array.from({ length: 61 }, (_, day) => 100 + (day % 2)),
        () => 1,
      ),
    );
    const [up, down] = [0.01, 100 / 101 - 1];
    const centre = (up + down) / 2;
    const expected = Math.sqrt((30 * (up - centre) ** 2 + 30 * (down - centre) ** 2) / 59);
    expect(toNumber(profile?.dailyVolatility60 ?? (0n as never))).toBeCloseTo(expected, 9);
  });

  test('returns are whole millionths of up to 250 days, beside their days', () => {
    const closes = [100, 101, 101, 50.5];
    expect(profileInstrument(columns(closes, () => 1))?.dailyReturns).toEqual({ days: [1, 2, 3], millionths: [10_000, 0, -500_000] });
    const long = Array.from({ length: 300 }, (_, day) => 100 + day);
    expect(profileInstrument(columns(long, () => 1))?.dailyReturns?.days).toEqual(Array.from({ length: 250 }, (_, day) => day + 50));
  });

  test('the usual range is the median of 60 days', () => {
    const flat = columns(
      Array.from({ length: 61 }, () => 100),
      () => 1,
    );
    const high = flat.close.map((close, day) => close + (day <= 30 ? 1 : 3));
    expect(format(profileInstrument({ ...flat, high })?.medianRange60 ?? (0n as never))).toBe('0.02');
  });

  test('a longer history does not change what was known earlier', () => {
    const long = columns(
      Array.from({ length: 90 }, (_, day) => 100 + Math.sin(day)),
      (day) => 100 + day,
    );
    const short = columns(
      Array.from({ length: 70 }, (_, day) => 100 + Math.sin(day)),
      (day) => 100 + day,
    );
    expect(profileInstrument(long, 70)).toEqual(profileInstrument(short));
  });
});
