import type { Instrument } from '../instruments/instrument.ts';
import { format, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, max, roundToTick, subtract } from '../money/money.ts';
import { rfc3339 } from './wire.ts';

/** Shares shown on either side: the fill model does not look at it. */
const SIZE_SHOWN = 100;

export interface QuoteFigures {
  readonly bid: Price;
  readonly ask: Price;
}

/** A spread around a price: the bid at or below it by half the spread, on the tick; the ask a whole spread above the bid. */
export function quoteAround(at: Price, instrument: Instrument, spread: Price): QuoteFigures {
  const below = subtract(at, (spread / 2n) as Price);
  const bid = max(roundToTick(below, instrument.tick, 'floor'), instrument.tick);
  return { bid, ask: add(bid, spread) };
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
  bp: Number(format(bid)),
  bs: SIZE_SHOWN,
  ax: 'S',
  ap: Number(format(ask)),
  as: SIZE_SHOWN,
  c: ['R'],
  z: 'C',
});
