import type { Instrument } from '../instruments/instrument.ts';
import { price, ratio, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, max, roundToTick, scale, subtract } from '../money/money.ts';
import { rfc3339 } from './wire.ts';

/** Shares shown on either side: the fill model does not look at it. */
const SIZE_SHOWN = 100;
const ZERO_PRICE = price('0');
const HALF = ratio('0.5');

export interface QuoteFigures {
  readonly bid: Price;
  readonly ask: Price;
}

/** A spread around a price: bid ≤ price ≤ ask, both on the tick, for a spread of at least a tick. */
export function quoteAround(at: Price, instrument: Instrument, spread: Price): QuoteFigures {
  const wide = max(subtract(spread, instrument.tick), ZERO_PRICE);
  const bid = max(roundToTick(subtract(at, scale(wide, HALF)), instrument.tick, 'floor'), instrument.tick);
  return { bid, ask: add(bid, max(spread, instrument.tick)) };
}

/** The trade that a step of the market is shown as; `id` counts the venue's steps. */
export const tradeJson = (at: Price, when: Instant, id: number) => ({
  t: rfc3339(when),
  x: 'S',
  p: toNumber(at),
  s: SIZE_SHOWN,
  c: ['@'],
  i: id,
  z: 'C',
});

export const quoteJson = ({ bid, ask }: QuoteFigures, when: Instant) => ({
  t: rfc3339(when),
  bx: 'S',
  bp: toNumber(bid),
  bs: SIZE_SHOWN,
  ax: 'S',
  ap: toNumber(ask),
  as: SIZE_SHOWN,
  c: ['R'],
  z: 'C',
});
