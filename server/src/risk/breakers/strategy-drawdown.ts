import { divide, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Ratio } from '../../money/fixed.ts';
import { percent } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A strategy's own equity under its own high-water mark: exactly at the limit trips. */
export function strategyDrawdown(equity: Money, highWaterMark: Money, { strategyDrawdownRatioMax: limit }: Limits): Verdict {
  if (highWaterMark <= 0n || (highWaterMark - equity) * UNITS_PER_ONE < limit * highWaterMark) return CALM;
  const actual = divide((highWaterMark - equity) * UNITS_PER_ONE, highWaterMark, 'floor') as Ratio;
  return { effect: 'pause', because: `The strategy is below its high-water mark by ${percent(actual)}; the limit is ${percent(limit)}.` };
}
