import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { brakeKey, brakesOrder } from '../brakes.ts';
import type { Brake } from '../brakes.ts';
import { readTradingState } from '../trading-state.ts';
import type { TradingState } from '../types.ts';

/** What may be sent in each state. An exit that needs no entry is never trapped, except where nothing may be sent. */
const ALLOWED: Record<TradingState, 'everything' | 'exits' | 'nothing'> = {
  ACTIVE: 'everything',
  HALF: 'everything',
  REDUCING: 'exits',
  HALTED: 'exits',
  FROZEN: 'nothing',
};

/** The account's state, and the brakes that breakers have put on the order's strategy and symbol. */
export const tradingState: Control = ({ isEntry, intent }, context) => {
  // A state that cannot be read is HALTED.
  const allowed = ALLOWED[readTradingState(context.tradingState)];
  if (allowed === 'nothing') return [denial(context.tradingState, 'no orders')];
  if (!isEntry) return [];
  const denials = allowed === 'exits' ? [denial(context.tradingState, 'only orders that shrink a position')] : [];
  const brakes = context.brakes.filter((brake) => brake.code !== 'Pause' && brake.effect === 'entries-off' && brakesOrder(brake, intent));
  return [...denials, ...brakes.map(braked)];
};

const braked = (brake: Brake): Denial => ({
  code: 'TradingState',
  message: `No position is opened: ${brake.code} has tripped. ${brake.because}`,
  limit: 'only orders that shrink a position',
  actual: brakeKey(brake),
  unit: 'state',
});

const denial = (state: TradingState, allowed: string): Denial => ({
  code: 'TradingState',
  message: `Trading is ${state}, which lets ${allowed} through.`,
  limit: allowed,
  actual: state,
  unit: 'state',
});
