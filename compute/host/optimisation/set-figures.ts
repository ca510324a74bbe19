import type { SweepRow } from '../sweep.ts';

/** What an objective and a constraint may name, besides the parameters: columns of a sweep, and what follows from them. */
export const FIGURE_NAMES = [
  'total_return',
  'sharpe',
  'max_drawdown',
  'orders',
  'trades',
  'cagr',
  'return_over_drawdown',
  'calmar',
] as const;

export type FigureName = (typeof FIGURE_NAMES)[number];

/** Figures of a set as plain data; `null` where there is none. */
export type SetFigures = Readonly<Record<FigureName, number | null>>;

/** What figures depend on besides the set. */
export interface FigureBasis {
  /** Bars that the sets ran over: distinct instants. */
  readonly bars: number;
  readonly periodsPerYear: number;
}

/**
 * In the order of {@link FIGURE_NAMES}; not-a-number where the data cannot support one. `cagr` is (1 + total return) ^ (periods a year ÷ bars) − 1, as
 * `BacktestMetrics` has it; `return_over_drawdown` and `calmar` are total return and `cagr` over the absolute maximum drawdown, and have no value without one.
 */
export function figureValues(row: SweepRow, { bars, periodsPerYear }: FigureBasis): readonly number[] {
  const { totalReturn, sharpe, maxDrawdown, orders, trades } = row;
  const cagr = totalReturn > -1 ? (1 + totalReturn) ** (periodsPerYear / bars) - 1 : Number.NaN;
  const depth = maxDrawdown < 0 ? -maxDrawdown : Number.NaN;
  return [totalReturn, sharpe ?? Number.NaN, maxDrawdown, orders, trades, cagr, totalReturn / depth, cagr / depth];
}

export function figuresOfSet(values: readonly number[]): SetFigures {
  const named = FIGURE_NAMES.map((name, index) => {
    const value = values[index] ?? Number.NaN;
    return [name, Number.isFinite(value) ? value : null] as const;
  });
  return Object.fromEntries(named) as unknown as SetFigures;
}
