import type { Price, Ratio } from '../money/fixed.ts';

/** What an option's symbol stands for. */
export interface OptionContractView {
  readonly symbol: string;
  readonly underlying: string;
  readonly right: 'call' | 'put';
  readonly strike: Price;
  /** New York date, `YYYY-MM-DD`. */
  readonly expiresOn: string;
  /** Shares of one contract. */
  readonly multiplier: bigint;
}

/** Contracts by symbol, and the delta of one share of each where it is known. */
export interface OptionsView {
  readonly contracts: ReadonlyMap<string, OptionContractView>;
  readonly deltas: ReadonlyMap<string, Ratio>;
}

/** Root, date, right and strike, as the Options Clearing Corporation writes them. */
const OCC_SYMBOL = /^[A-Z]{1,6}\d{6}[CP]\d{8}$/;

export const isOptionSymbol = (symbol: string): boolean => OCC_SYMBOL.test(symbol);
