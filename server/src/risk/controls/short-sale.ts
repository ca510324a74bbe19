import { isOptionSymbol } from '../../instruments/option-symbol.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { shareDenials, textDenial } from './denial.ts';

/** Shorts are off unless a limit is set, and then only in shares that can be borrowed without asking. What bounds a short option is OptionStrategy's. */
export const shortSale: Control = (input, { limits, shortingEnabled }) => {
  const limit = limits.shortExposureRatioMax;
  const { instrument, intent, isEntry } = input;
  if (!isEntry || intent.side !== 'sell' || isOptionSymbol(intent.symbol) || isUnlimited(limit)) return [];
  if (limit === 0n) return [textDenial('ShortSale', 'Positions are not sold short on this account.', 'no shorts', 'a short sale')];
  if (!shortingEnabled)
    return [textDenial('ShortSale', 'The broker lets this account sell nothing short.', 'allowed by the broker', 'not allowed')];
  const shares = shareDenials('ShortSale', 'Short positions as a share of equity', limit, input.after.shorts, input);
  if (instrument?.shortable === true && instrument.easyToBorrow === true) return shares;
  return [textDenial('ShortSale', `${intent.symbol} is not easy to borrow.`, 'shortable and easy to borrow', 'hard to borrow'), ...shares];
};
