import { price, ratio } from '../money/fixed.ts';
import type { OptionContractView } from './options.ts';
import { bySymbol } from './sample-account.ts';

/** Contracts for tests, of the underlying of the sample account. */
export const CALL = 'ACME231215C00110000';
export const HIGHER = 'ACME231215C00120000';
export const LATER = 'ACME240119C00120000';
export const PUT = 'ACME231215P00090000';
const contract = (symbol: string, right: 'call' | 'put', strike: string, expiresOn = '2023-12-15'): OptionContractView => ({
  symbol,
  underlying: 'ACME',
  right,
  strike: price(strike),
  expiresOn,
});
export const options = {
  contracts: bySymbol(
    contract(CALL, 'call', '110'),
    contract(HIGHER, 'call', '120'),
    contract(LATER, 'call', '120', '2024-01-19'),
    contract(PUT, 'put', '90'),
  ),
  deltas: new Map([
    [CALL, ratio('0.5')],
    [PUT, ratio('-0.4')],
  ]),
};
