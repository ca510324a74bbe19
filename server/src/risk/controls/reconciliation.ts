import type { Control } from '../control-input.ts';
import { msDenial } from './denial.ts';

/** A snapshot may be taken between a fill and its message; what stands for longer is a difference. */
export const DIFFERENCE_MS_MAX = 5_000;

/** The broker's books and ours differ, and nothing explains it. */
export const reconciliation: Control = ({ isEntry }, { differences, limits, now }) => {
  if (!isEntry || limits.unchecked === true) return [];
  return differences
    .filter(({ since }) => now - since > DIFFERENCE_MS_MAX)
    .map(({ what, since }) => msDenial('Reconciliation', `Our ${what} has differed from the broker’s for`, DIFFERENCE_MS_MAX, now - since));
};
