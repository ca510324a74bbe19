import type { Control } from '../control-input.ts';
import { couldTradeTogether } from '../wash-trade.ts';
import { textDenial } from './denial.ts';

/** An open order of ours on the other side that this one could trade with. */
export const washTrade: Control = ({ isEntry, intent }, { openOrders, limits }) => {
  if (!isEntry || limits.unchecked === true) return [];
  const other = openOrders.find(
    (open) =>
      open.remaining > 0n && open.id !== intent.id && open.intent.symbol === intent.symbol && couldTradeTogether(open.intent, intent),
  );
  if (other === undefined) return [];
  return [textDenial('WashTrade', `The order could trade with our own order ${other.id}.`, 'no opposite order of ours', other.id)];
};
