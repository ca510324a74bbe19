import type { Price, Quantity } from '../money/fixed.ts';
import type { OptionRight, OptionStyle } from './option-symbol.ts';

/** Where an instrument's prices come from: said wherever its numbers are shown. */
export type InstrumentSource = 'real' | 'synthetic';

/** What an option is written on, and what it gives the right to. */
export interface OptionTerms {
  readonly underlying: string;
  readonly right: OptionRight;
  readonly strike: Price;
  /** New York date, `YYYY-MM-DD`. */
  readonly expiresOn: string;
  readonly style: OptionStyle;
}

/** What can be traded, and in which steps. */
export interface Instrument {
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: 'us_equity' | 'crypto' | 'us_option';
  readonly source: InstrumentSource;
  /** Smallest step of a limit price at or above one dollar. */
  readonly tick: Price;
  /** Smallest step of a quantity. */
  readonly lot: Quantity;
  /** A broad index or fund: higher concentration is allowed. */
  readonly broad: boolean;
  readonly tradable: boolean;
  readonly shortable: boolean;
  /** Shares can be borrowed without asking; absent is no. */
  readonly easyToBorrow?: boolean;
  /** The sector that its risk is added up in; absent where it is not known. */
  readonly sector?: string;
  /** Trades outside of exchanges. */
  readonly overTheCounter?: boolean;
  /** A fund that promises a multiple, or the opposite, of what it follows. */
  readonly leveraged?: boolean;
  /** Of an option, and of nothing else. */
  readonly option?: OptionTerms;
}
