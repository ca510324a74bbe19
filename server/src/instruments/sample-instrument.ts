import { price, quantity } from '../money/fixed.ts';
import type { Instrument } from './instrument.ts';

/** A share for tests and measurements: whole units at one cent, tradable both ways. */
export const sampleShare = (symbol: string, given: Partial<Instrument> = {}): Instrument => ({
  symbol,
  name: symbol,
  assetClass: 'us_equity',
  source: 'synthetic',
  tick: price('0.01'),
  lot: quantity('1'),
  broad: false,
  tradable: true,
  shortable: true,
  ...given,
});
