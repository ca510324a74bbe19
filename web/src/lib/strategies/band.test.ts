import { expect, test } from 'vitest';
import { bandLines, shortStanding, standingOf } from './band.ts';

const standing = (place: 'INSIDE' | 'ABOVE' | 'BELOW' | null, percentile: number | null, reason: string | null = null) => ({
  place,
  percentile,
  reason,
  bars: 8,
  gained: -0.0123,
});

test.each([
  { place: 'INSIDE', percentile: 0.63, sign: '●', text: 'Inside the band in which 9 in 10 such stretches end: better than 63 in 100.' },
  { place: 'ABOVE', percentile: 0.97, sign: '▲', text: 'Above the band: better than 97 in 100 such stretches.' },
  { place: 'BELOW', percentile: 0.03, sign: '▼', text: 'Below the band: worse than 97 in 100 such stretches.' },
  { place: 'BELOW', percentile: 0.001, sign: '▼', text: 'Below the band: worse than more than 99 in 100 such stretches.' },
  { place: 'BELOW', percentile: 0, sign: '▼', text: 'Below the band: worse than 100 in 100 such stretches.' },
  {
    place: 'INSIDE',
    percentile: 0.004,
    sign: '●',
    text: 'Inside the band in which 9 in 10 such stretches end: better than fewer than 1 in 100.',
  },
] as const)('$place at $percentile: $text', ({ place, percentile, sign, text }) => {
  expect(standingOf(standing(place, percentile))).toMatchObject({ sign, sentence: text });
});

test('without a band there is the reason, and no word that could be read as one', () => {
  expect(standingOf(standing(null, null, 'fewer than 30 returns'))).toMatchObject({ word: 'n/a', sentence: 'n/a: fewer than 30 returns.' });
  expect(shortStanding(standing(null, null, 'fewer than 30 returns'))).toBe('n/a');
  expect(shortStanding(undefined)).toBe('');
});

test('in the list it is a sign, a word and numbers', () => {
  expect(shortStanding(standing('BELOW', 0.03))).toBe('▼ below −1.2\u00a0%, 8 bars');
});

test('five levels are a median and two bands; others are none', () => {
  const at = '2024-01-02T00:00:00Z';
  const points = [
    { bar: 0, at, gained: 0, levels: [0, 0, 0, 0, 0] },
    { bar: 1, at, gained: 0.01, levels: [-0.02, -0.01, 0, 0.02, 0.03] },
  ];
  expect(bandLines({ shares: [0.05, 0.25, 0.5, 0.75, 0.95], points })).toEqual({
    gained: [0, 0.01],
    median: [0, 0],
    wide: { low: [0, -0.02], high: [0, 0.03] },
    core: { low: [0, -0.01], high: [0, 0.02] },
  });
  expect(bandLines({ shares: [0.1, 0.9], points })).toBeUndefined();
  expect(bandLines({ shares: [0.05, 0.25, 0.5, 0.75, 0.95], points: [] })).toBeUndefined();
});
