import type { Instrument } from '../instruments/instrument.ts';
import { isAdjusted } from '../instruments/option-contract.ts';
import type { OptionContract } from '../instruments/option-contract.ts';
import { multiplierOf } from '../instruments/worth.ts';
import { price, quantity } from '../money/fixed.ts';

const CENT = price('0.01');
const ONE_CONTRACT = quantity('1');

/** Why the engine does not carry a contract; `undefined` where it does. */
export function whyNotCarried(contract: OptionContract, underlying: Instrument | undefined): string | undefined {
  const { symbol } = contract;
  if (isAdjusted(contract) || BigInt(contract.multiplier) !== multiplierOf(symbol))
    return `${symbol} was changed by a corporate action: what it delivers is not what its symbol says`;
  if (!contract.tradable) return `${symbol} cannot be traded`;
  if (underlying === undefined) return `its underlying ${contract.underlying} is not listed here`;
  return undefined;
}

/** A contract as the engine lists it: in whole contracts and cents, with the sector of what it is written on. */
export function instrumentOf(contract: OptionContract, underlying: Instrument): Instrument {
  const { symbol, name, source, right, strike, expiresOn, style } = contract;
  return {
    symbol,
    name,
    assetClass: 'us_option',
    source,
    tick: CENT,
    lot: ONE_CONTRACT,
    broad: false,
    tradable: true,
    shortable: true,
    ...(underlying.sector === undefined ? {} : { sector: underlying.sector }),
    option: { underlying: contract.underlying, right, strike, expiresOn, style },
  };
}
