import { brakeKey, brakesOrder, scopeWords } from '../brakes.ts';
import type { Control } from '../control-input.ts';
import type { Denial } from '../../orders/order.ts';

/** What people have paused: the account, the order's strategy or its symbol, an option also by its underlying. Exits go on. */
export const paused: Control = ({ isEntry, intent, follows }, { brakes }) => {
  if (!isEntry) return [];
  const holds = brakes.filter(
    (brake) => brake.code === 'Pause' && (brakesOrder(brake, intent) || brakesOrder(brake, { ...intent, symbol: follows })),
  );
  return holds.map((brake): Denial => ({
    code: 'Paused',
    message: `No position is opened: ${scopeWords(brake.scope)} is paused${brake.by === undefined ? '' : ` by ${brake.by}`}. ${brake.because}`,
    limit: 'only orders that shrink a position',
    actual: brakeKey(brake),
    unit: 'state',
  }));
};
