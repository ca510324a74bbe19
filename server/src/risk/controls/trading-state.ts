import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
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

export const tradingState: Control = ({ isEntry }, context) => {
  // A state that cannot be read is HALTED.
  const allowed = ALLOWED[readTradingState(context.tradingState)];
  if (allowed === 'everything' || (allowed === 'exits' && !isEntry)) return [];
  return [denial(context.tradingState, allowed === 'exits' ? 'only orders that shrink a position' : 'no orders')];
};

const denial = (state: TradingState, allowed: string): Denial => ({
  code: 'TradingState',
  message: `Trading is ${state}, which lets ${allowed} through.`,
  limit: allowed,
  actual: state,
  unit: 'state',
});
