import { expect, test } from 'vitest';
import { parityVerdict } from './parity.ts';

test.each([
  { counts: { bars: 9, equal: 9, unexplained: 0 }, sign: '●', says: 'Decides as the backtest does, at all of 9 bars.' },
  { counts: { bars: 1, equal: 1, unexplained: 0 }, sign: '●', says: 'Decides as the backtest does, at all of 1 bar.' },
  {
    counts: { bars: 9, equal: 7, unexplained: 0 },
    sign: '▲',
    says: 'Equal at 7 of 9 bars; at the others the backtest held something else.',
  },
  {
    counts: { bars: 9, equal: 6, unexplained: 1 },
    sign: '■',
    says: 'At 1 bar it decided otherwise than the backtest, though both held the same: run tidemark replay.',
  },
])('$says', ({ counts, sign, says }) => {
  expect(parityVerdict(counts)).toMatchObject({ sign, text: says });
});
