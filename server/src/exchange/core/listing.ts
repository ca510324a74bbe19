import { UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { CoreOptions } from './options.ts';
import type { ExchangeState } from './state.ts';

/** An asset as it stands now: how it was listed, and what changed since. */
export interface Listing {
  readonly instrument: Instrument;
  readonly active: boolean;
  readonly tradable: boolean;
  readonly shortable: boolean;
  readonly borrow: 'easy_to_borrow' | 'hard_to_borrow';
  readonly fractionable: boolean;
  readonly overnightTradable: boolean;
  readonly overnightHalted: boolean;
  readonly fractionalExtended: boolean;
  /** Before its first trade: limit orders only. */
  readonly ipo: boolean;
}

/** What the venue knows of a symbol; `undefined` for one that is not listed. */
export function listingOf(state: ExchangeState, options: CoreOptions, symbol: string): Listing | undefined {
  const instrument = options.instruments.get(symbol);
  if (instrument === undefined) return undefined;
  const change = state.assets.get(symbol) ?? {};
  const borrow = change.borrow ?? (instrument.shortable ? 'easy_to_borrow' : 'hard_to_borrow');
  return {
    instrument,
    active: change.active ?? true,
    tradable: (change.tradable ?? instrument.tradable) && (change.active ?? true),
    shortable: instrument.shortable && borrow === 'easy_to_borrow',
    borrow,
    fractionable: instrument.lot < UNITS_PER_ONE,
    overnightTradable: change.overnightTradable ?? true,
    overnightHalted: change.overnightHalted ?? false,
    fractionalExtended: change.fractionalExtended ?? false,
    ipo: change.ipo ?? false,
  };
}
