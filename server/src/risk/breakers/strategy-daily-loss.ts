import { divide, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Ratio } from '../../money/fixed.ts';
import { percent } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A session's loss of a strategy as a share of its allocation: exactly at the limit trips. */
export function strategyDailyLoss(
  equity: Money,
  sessionStart: Money,
  capital: Money,
  { strategyDailyLossRatioMax: limit }: Limits,
): Verdict {
  if (capital <= 0n || (sessionStart - equity) * UNITS_PER_ONE < limit * capital) return CALM;
  const actual = divide((sessionStart - equity) * UNITS_PER_ONE, capital, 'floor') as Ratio;
  return {
    effect: 'entries-off',
    because: `The strategy has lost ${percent(actual)} of its allocation in this session; the limit is ${percent(limit)}.`,
  };
}
