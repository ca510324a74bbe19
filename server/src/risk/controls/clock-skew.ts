import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { msDenial, unknownDenial } from './denial.ts';

/** Our clock against the broker's: a price is no fresher than the clock that says so. A simulated venue's clock is ours. */
export const clockSkew: Control = ({ isEntry }, { limits, clockSkewMs, mode }) => {
  const limit = limits.clockSkewMsMax;
  if (!isEntry || isUnlimited(limit)) return [];
  if (clockSkewMs === undefined) {
    return mode === 'simulated' ? [] : [unknownDenial('ClockSkew', 'ms', String(limit), 'the clock was never compared with the broker’s')];
  }
  const actual = Math.abs(clockSkewMs);
  return actual <= limit ? [] : [msDenial('ClockSkew', 'Our clock and the broker’s differ by', limit, actual)];
};
