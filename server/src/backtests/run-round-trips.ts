import { hashSeries } from '@tidemark/compute';
import type { BacktestResult } from '@tidemark/compute/types';
import type { SymbolBars } from './report/baselines/marked-prices.ts';
import { roundTripsOf } from './report/round-trips.ts';
import type { RoundTrip } from './report/round-trips.ts';

/** The round trips of a run, with how far the price went against and with each. */
export interface RunRoundTrips {
  /** Why they have no worst and best price, or what is to be minded of them. */
  readonly note: string | undefined;
  /** In the order of the run's trades. */
  readonly trips: readonly RoundTrip[];
}

/** Whether these are not the very bars that the run saw. */
export const hasOtherBars = ({ data }: Pick<BacktestResult, 'data'>, series: readonly SymbolBars[]): boolean =>
  hashSeries(series) !== data.hash;

/** The bars that prices while held may be read from: a run that counted splits saw other prices than its bars alone hold. */
export const excursionBars = ({ data }: Pick<BacktestResult, 'data'>, series: readonly SymbolBars[] | undefined) =>
  data.actionsHash === undefined ? series : undefined;

function noteOf(result: BacktestResult, series: readonly SymbolBars[] | undefined): string | undefined {
  if (result.data.actionsHash !== undefined) return 'the run counted dividends and splits, which its bars alone do not hold';
  if (series === undefined) return 'the bars of the run are not kept here';
  return hasOtherBars(result, series) ? 'the bars that are kept here now are not the very ones that the run saw' : undefined;
}

/** `series`: the bars of all symbols of the run over its span, where they are at hand. */
export const runRoundTripsOf = (result: BacktestResult, series: readonly SymbolBars[] | undefined): RunRoundTrips => ({
  note: noteOf(result, series),
  trips: roundTripsOf(result.trades, result.options.fill, excursionBars(result, series)),
});
