import type { StrategyBandPartsFragment, StrategyBandQuery } from '@tidemark/schema/documents';
import { percent, plural } from '#lib/format.ts';

export type Band = StrategyBandQuery['strategyBands'][number];
type Standing = Pick<StrategyBandPartsFragment, 'place' | 'percentile' | 'reason' | 'bars' | 'gained'>;

/** Where a live result stands among the stretches of its backtest: a sign, a short word, and a sentence. */
export interface BandStanding {
  readonly sign: '●' | '▲' | '▼' | '—';
  readonly tone: 'up' | 'warn' | 'down' | 'muted';
  readonly word: string;
  readonly sentence: string;
}

const HUNDRED = 100;

/** So many in 100, never rounded to all or to none of them while it is neither. */
function inHundred(share: number): string {
  if (share > 0 && share < 0.01) return 'fewer than 1 in 100';
  if (share > 0.99 && share < 1) return 'more than 99 in 100';
  return `${Math.round(share * HUNDRED)} in 100`;
}

export function standingOf({ place, percentile, reason }: Standing): BandStanding {
  if (place === null || percentile === null)
    return { sign: '—', tone: 'muted', word: 'n/a', sentence: `n/a: ${reason ?? 'the server tells no band'}.` };
  switch (place) {
    case 'INSIDE':
      return {
        sign: '●',
        tone: 'up',
        word: 'inside',
        sentence: `Inside the band in which 9 in 10 such stretches end: better than ${inHundred(percentile)}.`,
      };
    case 'ABOVE':
      return { sign: '▲', tone: 'warn', word: 'above', sentence: `Above the band: better than ${inHundred(percentile)} such stretches.` };
    case 'BELOW':
      return {
        sign: '▼',
        tone: 'down',
        word: 'below',
        sentence: `Below the band: worse than ${inHundred(1 - percentile)} such stretches.`,
      };
  }
}

/** What stands in the list of strategies: the sign and the word, with the gain and over how long; `n/a` where there is no band. */
export function shortStanding(band: Standing | undefined): string {
  if (!band) return '';
  const { sign, word } = standingOf(band);
  return word === 'n/a' ? 'n/a' : `${sign} ${word} ${percent(band.gained, { decimals: 1, signed: true })}, ${plural(band.bars, 'bar')}`;
}

/** The lines of a band, a value a point, as fractions of the capital. */
export interface BandLines {
  readonly gained: readonly number[];
  readonly median: readonly number[];
  readonly wide: Edges;
  readonly core: Edges;
}

interface Edges {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** `undefined` where there are no five levels, which make a median and two bands. */
export function bandLines({ shares, points }: Pick<Band, 'shares' | 'points'>): BandLines | undefined {
  if (shares.length !== 5 || points.length === 0) return undefined;
  const level = (which: number): readonly number[] => points.map(({ levels }) => levels[which] ?? Number.NaN);
  return {
    gained: points.map(({ gained }) => gained),
    median: level(2),
    wide: { low: level(0), high: level(4) },
    core: { low: level(1), high: level(3) },
  };
}
