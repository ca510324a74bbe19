import { describe, expect, test } from 'vitest';
import { formatDuration, formatInstant, instant, InstantTextError } from './instant.ts';

describe('instants', () => {
  test.each([
    ['2024-03-01', '2024-03-01T00:00:00Z'],
    ['2024-03-01T14:30:00Z', '2024-03-01T14:30:00Z'],
    ['2024-03-01T09:30:00-05:00', '2024-03-01T14:30:00Z'],
    ['2024-03-01T14:30:00.123456789Z', '2024-03-01T14:30:00.123Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, expected) => expect(formatInstant(instant(text))).toBe(expected));

  test.each([
    '2024-03-01T14:30:00',
    '2024-13-01',
    'yesterday',
    '',
    '1709303400',
    '2024-03-01 14:30:00Z',
    '24-03-01',
    '2024-02-30',
    '2023-02-29',
    '2024-04-31T12:00:00Z',
  ])('%j is refused', (text) => expect(() => instant(text)).toThrow(InstantTextError));
});

test.each([
  [-5, '-5 ms'],
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_234, '1.234 s'],
  [60_000, '1 min'],
  [60_001, '1 min 0.001 s'],
  [3_599_999, '59 min 59.999 s'],
  [3_600_000, '1 h'],
  [3_900_500, '1 h 5 min 0.5 s'],
  [79_200_000, '22 h'],
])('%i ms are %s', (milliseconds, expected) => expect(formatDuration(milliseconds)).toBe(expected));
