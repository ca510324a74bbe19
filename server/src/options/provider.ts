import type { OptionContract } from '../instruments/option-contract.ts';
import type { OptionRight } from '../instruments/option-symbol.ts';
import type { Price } from '../money/fixed.ts';
import type { OptionSnapshot, UnderlyingPrice } from './quote.ts';

/** Which contracts: all bounds are included. */
export interface ChainRequest {
  readonly underlying: string;
  /** New York dates. */
  readonly expiresFrom?: string;
  readonly expiresTo?: string;
  readonly strikeMin?: Price;
  readonly strikeMax?: Price;
  readonly right?: OptionRight;
  readonly signal?: AbortSignal;
}

/** Something that the provider sent and that cannot be believed. */
export interface RefusedOption {
  readonly symbol: string;
  readonly reason: string;
}

export interface OptionPage<T> {
  readonly items: readonly T[];
  readonly refused: readonly RefusedOption[];
}

/** A source of option contracts and their quotes, in pages until there are no more. Throws `ProviderError`. */
export interface OptionProvider {
  readonly name: string;
  /** One contract by its symbol; `undefined` where the provider lists none. */
  contract(symbol: string): Promise<OptionContract | RefusedOption | undefined>;
  contracts(request: ChainRequest): AsyncIterable<OptionPage<OptionContract>>;
  /** The newest quotes of a chain, with the feed's figures where it has them. */
  chain(request: ChainRequest): AsyncIterable<OptionPage<OptionSnapshot>>;
  /** The same for contracts by symbol. */
  snapshots(symbols: readonly string[]): AsyncIterable<OptionPage<OptionSnapshot>>;
  /** `undefined` where the provider knows no price. */
  underlyingPrice(symbol: string): Promise<UnderlyingPrice | undefined>;
}
