import type { Figure } from '../statistics-input.ts';
import type { BacktestOptions, BacktestResult, ParameterValues } from '../types.ts';
import type { ParameterStability } from './parameter-stability.ts';
import type { SelectedSet, Selection } from './selection.ts';
import type { Fold, WindowOptions } from './windows.ts';

/** The work of one window in sample, as plain data: to be kept, and put together in any process. */
export interface FoldSearch {
  readonly fold: Fold;
  readonly selection: Selection;
}

export interface TimeSpan {
  readonly from: string;
  readonly to: string;
  readonly bars: number;
}

/** A window after it was chosen for. Ratios are annualised, returns fractions. */
export interface WindowFigures {
  readonly totalReturn: number;
  /** Total return ÷ bars · periods a year: simple, as profits are compared in a walk-forward. */
  readonly annualReturn: number;
  readonly sharpe: Figure;
  readonly maxDrawdown: Figure;
}

export interface FoldResult {
  readonly train: TimeSpan;
  readonly test: TimeSpan;
  readonly selection: Selection;
  /** Bars before the window that the strategy was shown; `null` where no set was chosen. */
  readonly warmUp: number | null;
  /** The chosen set where it was chosen. Its year counts the bars after the warm-up, in which it could trade. */
  readonly inSample: WindowFigures | null;
  /** And in the window after it; `null` where nothing was traded. */
  readonly outOfSample: (WindowFigures & { readonly trades: number; readonly orders: number; readonly closingCost: number }) | null;
  /** Annual return out of sample over that in sample; `null` where the latter is not above 0. */
  readonly efficiency: Figure;
}

/** The joined account out of sample. */
export interface JoinedFigures {
  readonly finalEquity: number;
  readonly totalReturn: number;
  readonly cagr: Figure;
  readonly volatility: Figure;
  readonly sharpe: Figure;
  readonly sortino: Figure;
  readonly maxDrawdown: Figure;
  readonly calmar: Figure;
  readonly trades: number;
  readonly orders: number;
  /** Paid for closing positions between windows, in money. */
  readonly closingCost: number;
  /** When the account was lost; figures of its returns are then `null`. */
  readonly ruinedAt: string | null;
}

/** How far the joined curve can be luck. Ratios of one bar. */
export interface WalkForwardSelection {
  readonly sharpe: Figure;
  readonly standardError: Figure;
  /** Probability that the true ratio of the joined curve is above 0. */
  readonly psr: Figure;
  /** Probability that it is above what the best of all trials would reach without skill. */
  readonly dsr: Figure;
  /** Sets of this walk-forward and those that were tried before on these data. */
  readonly trials: number;
  /** Variance of the ratios that the sets have over the very bars of the joined curve. */
  readonly sharpeVariance: Figure;
  readonly expectedMaximumSharpe: Figure;
}

/** The JSON of `tidemark walk-forward --json`: a contract, additive changes only. */
export interface WalkForwardResult {
  readonly strategy: { readonly name: string; readonly version: string; readonly parameters: ParameterValues };
  readonly data: Pick<BacktestResult['data'], 'hash' | 'symbols' | 'from' | 'to' | 'bars'>;
  readonly options: BacktestOptions;
  readonly search: {
    readonly objective: string;
    readonly constraint: string | null;
    readonly choose: string;
    readonly plateauSteps: number;
    readonly parameters: readonly { readonly name: string; readonly values: number | null }[];
  };
  readonly windows: WindowOptions;
  readonly folds: readonly FoldResult[];
  /** Windows in which a set was chosen and traded. */
  readonly traded: number;
  /** Of them, the share with a profit. */
  readonly profitableShare: Figure;
  /** Return a bar out of sample over return a bar in sample, over all traded windows; `null` where the latter is not above 0. */
  readonly efficiency: Figure;
  readonly stability: readonly ParameterStability[];
  readonly joined: JoinedFigures;
  readonly significance: WalkForwardSelection;
  /** The best set over all tested bars at once, as nobody could have known it. */
  readonly hindsight: SelectedSet | null;
  readonly equity: readonly { readonly time: string; readonly equity: number }[];
}
