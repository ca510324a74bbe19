import type { Ratio } from '../../money/fixed.ts';
import { format } from '../../money/fixed.ts';
import { isUnlimited } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A model's population stability index; `undefined` where its output was not a number. */
export function modelDrift(stabilityIndex: Ratio | undefined, limits: Limits): Verdict {
  const { modelDriftHalfRatioMax: half, modelDriftPauseRatioMax: pause } = limits;
  if (isUnlimited(half)) return CALM;
  if (stabilityIndex === undefined) return { effect: 'pause', because: 'The model gave something that is not a number.' };
  const of = `The population stability index is ${format(stabilityIndex)}`;
  if (stabilityIndex > pause) return { effect: 'pause', because: `${of}; the limit is ${format(pause)}.` };
  return stabilityIndex > half ? { effect: 'half', because: `${of}; the limit is ${format(half)}.` } : CALM;
}
