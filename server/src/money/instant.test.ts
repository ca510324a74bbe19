import { describe, expect, test } from 'vitest';
import { formatInstant, instant, InstantTextError } from './instant.ts';

describe('instants', () => {
  test.each([
    ['2024-03-01', '2024-03-01T00:00:00Z'],
    ['2024-03-01T14:30:00Z', '2024-03-01T14:30:00Z'],
    ['2024-03-01T09:30:00-05:00', '2024-03-01T14:30:00Z'],
    ['2024-03-01T14:30:00.123456789Z', '2024-03-01T14:30:00.123Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, expected) => expect(formatInstant(instant(text))).toBe(expected));

  test.each(['2024-03-01T14:30:00', '2024-13-01', 'yesterday', '', '1709303400', '2024-03-01 14:30:00Z', '24-03-01'])(
    '%j is refused',
    (text) => expect(() => instant(text)).toThrow(InstantTextError),
  );
});
