import { EXECUTED_MS, within } from '../activity.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { countDenial } from './denial.ts';

/** Orders of one strategy, symbol and side that have filled within 10 min, this one included: a loop that buys and buys. */
export const repeatedExecution: Control = ({ isEntry, intent }, { limits, activity, now }) => {
  const { origin, symbol, side } = intent;
  const limit = limits.repeatedExecutionMax;
  if (!isEntry || isUnlimited(limit) || origin.kind !== 'strategy') return [];
  const same = activity.executed.filter(
    (executed) =>
      executed.strategyId === origin.strategyId &&
      executed.symbol === symbol &&
      executed.side === side &&
      within(executed.at, now, EXECUTED_MS),
  );
  const actual = same.length + 1;
  return actual <= limit ? [] : [countDenial('RepeatedExecution', `Orders to ${side} ${symbol} filled within 10 min:`, limit, actual)];
};
