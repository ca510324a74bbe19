import { describe, expect, test } from 'vitest';
import { instant } from '../money/instant.ts';
import type { Bar } from './bar.ts';
import { validateBar } from './validate-bar.ts';

const good: Bar = { symbol: 'AAPL', timeframe: '1Day', startAt: instant('2024-01-10'), open: 10, high: 12, low: 9, close: 11, volume: 5 };

describe('a bar is refused with its reason', () => {
  test.each<{ name: string; change: Partial<Bar>; reason: RegExp; previous?: string }>([
    { name: 'high below low', change: { high: 8.5 }, reason: /high 8.5 is below low 9/ },
    { name: 'open above high', change: { open: 12.1 }, reason: /open 12.1 is outside/ },
    { name: 'close below low', change: { close: 8.9 }, reason: /close 8.9 is outside/ },
    { name: 'NaN', change: { close: Number.NaN }, reason: /close is NaN/ },
    { name: 'infinite', change: { high: Number.POSITIVE_INFINITY }, reason: /high is Infinity/ },
    { name: 'zero price', change: { low: 0 }, reason: /low is 0, and a price must be above zero/ },
    { name: 'negative volume', change: { volume: -1 }, reason: /volume is -1/ },
    { name: 'NaN volume', change: { volume: Number.NaN }, reason: /volume is NaN/ },
    { name: 'not aligned', change: { startAt: instant('2024-01-10T00:00:01Z') }, reason: /not a multiple of 1Day/ },
    { name: 'duplicate', change: {}, previous: '2024-01-10', reason: /a second bar at 2024-01-10/ },
    { name: 'unordered', change: {}, previous: '2024-01-11', reason: /is before the bar at 2024-01-11/ },
  ])('$name', ({ change, reason, previous }) => {
    const verdict = validateBar({ ...good, ...change }, previous === undefined ? {} : { previousStartAt: instant(previous) });
    expect(verdict.ok ? 'accepted' : verdict.reason).toMatch(reason);
  });
});

test('bars at the edge of the rules pass', () => {
  expect(validateBar({ ...good, open: 12, close: 9, volume: 0 }).ok).toBe(true);
  expect(validateBar({ ...good, open: 9, high: 9, close: 9, low: 9 }).ok).toBe(true);
  expect(validateBar({ ...good, low: -1 }, { allowNonPositive: true }).ok).toBe(true);
  expect(validateBar(good, { previousStartAt: instant('2024-01-09') }).ok).toBe(true);
});
