import type { Control } from '../control-input.ts';
import { textDenial } from './denial.ts';

const CODE = 'RestrictedSymbol';

/** Denied by name, not on the list of what is allowed, outside of exchanges, or a fund with leverage. */
export const restrictedSymbol: Control = ({ isEntry, intent: { symbol }, instrument }, { restrictions, limits }) => {
  if (!isEntry || limits.unchecked === true) return [];
  const { denied, allowed, excepted } = restrictions;
  if (denied.has(symbol)) return [textDenial(CODE, `${symbol} is on the deny list.`, 'not on the deny list', symbol)];
  if (allowed.size > 0 && !allowed.has(symbol))
    return [textDenial(CODE, `${symbol} is not on the allow list.`, 'on the allow list', symbol)];
  if (excepted.has(symbol)) return [];
  if (instrument?.overTheCounter === true)
    return [textDenial(CODE, `${symbol} trades outside of exchanges.`, 'listed on an exchange', 'over the counter')];
  return instrument?.leveraged === true ? [textDenial(CODE, `${symbol} is a fund with leverage.`, 'no leverage', 'a leveraged fund')] : [];
};
