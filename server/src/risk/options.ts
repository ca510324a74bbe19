import type { Price, Ratio } from '../money/fixed.ts';

/** What an option's symbol stands for. */
export interface OptionContractView {
  readonly symbol: string;
  readonly underlying: string;
  readonly right: 'call' | 'put';
  readonly strike: Price;
  /** New York date, `YYYY-MM-DD`. */
  readonly expiresOn: string;
}

/** Contracts by symbol, and the delta of one share of each where it is known. */
export interface OptionsView {
  readonly contracts: ReadonlyMap<string, OptionContractView>;
  readonly deltas: ReadonlyMap<string, Ratio>;
}

/** The symbol whose prices, volume and restrictions say what may be traded: an option's underlying, and a share itself. */
export const followedBy = (symbol: string, options: OptionsView | undefined): string =>
  options?.contracts.get(symbol)?.underlying ?? symbol;
