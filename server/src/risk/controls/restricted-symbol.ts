import type { Control } from '../control-input.ts';
import { textDenial } from './denial.ts';

const CODE = 'RestrictedSymbol';

/** Denied by name, not on the list of what is allowed, outside of exchanges, or a fund with leverage: an option also by its underlying. */
export const restrictedSymbol: Control = ({ isEntry, intent: { symbol }, follows }, { restrictions, limits, instruments }) => {
  if (!isEntry || limits.unchecked === true) return [];
  const { denied, allowed, excepted } = restrictions;
  const named = (list: ReadonlySet<string>): string | undefined => [symbol, follows].find((name) => list.has(name));
  const listed = named(denied);
  if (listed !== undefined) return [textDenial(CODE, `${listed} is on the deny list.`, 'not on the deny list', listed)];
  if (allowed.size > 0 && named(allowed) === undefined)
    return [textDenial(CODE, `${symbol} is not on the allow list.`, 'on the allow list', symbol)];
  if (named(excepted) !== undefined) return [];
  const instrument = instruments.get(follows);
  if (instrument?.overTheCounter === true)
    return [textDenial(CODE, `${symbol} trades outside of exchanges.`, 'listed on an exchange', 'over the counter')];
  return instrument?.leveraged === true ? [textDenial(CODE, `${symbol} is a fund with leverage.`, 'no leverage', 'a leveraged fund')] : [];
};
