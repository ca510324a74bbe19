import type { RunConeQuery } from '@tidemark/schema/documents';

export type Cone = NonNullable<RunConeQuery['run']>['cone'];
type Level = readonly number[];

/** The lines of a cone, a value a point, in dollars. */
export interface ConeLines {
  readonly equity: Level;
  readonly median: Level;
  /** The widest band and the one inside it: their edges, and what part of the accounts lies within. */
  readonly wide: Band;
  readonly core: Band;
}

export interface Band {
  readonly low: Level;
  readonly high: Level;
  readonly within: number;
}

/** `undefined` where there are no five levels, which make a median and two bands. */
export function linesOf({ shares, points }: Pick<Cone, 'shares' | 'points'>): ConeLines | undefined {
  if (shares.length !== 5 || points.length === 0) return undefined;
  const level = (which: number): Level => points.map(({ levels }) => levels[which] ?? Number.NaN);
  const band = (from: number, to: number): Band => ({ low: level(from), high: level(to), within: (shares[to] ?? 0) - (shares[from] ?? 0) });
  return { equity: points.map(({ equity }) => equity), median: level(2), wide: band(0, 4), core: band(1, 3) };
}

/** Where the run stands at a point, in words. */
export function standsAt({ equity, median, wide, core }: ConeLines, index: number): string {
  const own = equity[index] ?? Number.NaN;
  const within = ({ low, high }: Band): boolean => own >= (low[index] ?? Number.NaN) && own <= (high[index] ?? Number.NaN);
  const percentOf = (share: number): string => `${Math.round(share * 100)}\u00a0%`;
  if (within(core)) return `inside the middle ${percentOf(core.within)}`;
  if (within(wide)) return `inside the middle ${percentOf(wide.within)}`;
  return `${own > (median[index] ?? Number.NaN) ? 'above' : 'below'} the middle ${percentOf(wide.within)}`;
}
