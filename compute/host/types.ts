/** One bound parameter of a strategy or an indicator. Choices are passed by name outside and by index inside the module. */
export interface ParameterSpec {
  readonly name: string;
  readonly kind: 'integer' | 'number' | 'choice';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Names of a choice, in index order. */
  readonly choices?: readonly string[];
  readonly description: string;
}

/** What an indicator is: one line of the registry, readable by programs. */
export interface IndicatorSpec {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ParameterSpec[];
  /** Pairs of parameters: the first must not be above the second. */
  readonly ordered?: readonly (readonly [string, string])[];
  readonly inputs: readonly ('open' | 'high' | 'low' | 'close' | 'volume')[];
  /** `['value']` for a single output. */
  readonly outputs: readonly string[];
  /** Drawn over the price, or in a pane of its own. */
  readonly pane: 'price' | 'own';
  /** Outputs that are drawn in a pane of their own although `pane` is `price`. */
  readonly ownPane?: readonly string[];
}

/** Columns of bars, all of one length. */
export interface BarSeries {
  readonly length: number;
  readonly startAtMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export type ParameterValues = Readonly<Record<string, number | string>>;

/** What a strategy module says of itself. */
export interface StrategyDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ParameterSpec[];
  readonly abi: number;
}

export interface CompileError {
  readonly file: string;
  /** From 1, in the author's file. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface StrategyModule {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** SHA-256 of `wasm`, in hex: the strategy's version. */
  readonly version: string;
  readonly description: StrategyDescription;
}

export type CompileResult =
  { readonly ok: true; readonly module: StrategyModule } | { readonly ok: false; readonly errors: readonly CompileError[] };

/** One instant's bars, by index of symbol; `undefined` where a symbol has none. */
export interface Slice {
  readonly atMs: number;
  readonly bars: readonly (SliceBar | undefined)[];
  /** Signed units held, after this bar's fills, by index of symbol. */
  readonly positions: readonly number[];
  readonly cash: number;
  readonly equity: number;
}

export interface SliceBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The strategy's wish for one symbol: exposure in [-1, 1] of its size policy, with its reason. */
export interface SliceTarget {
  readonly symbolIndex: number;
  readonly exposure: number;
  readonly reason: string;
}

/** A strategy module that runs: fed by the engine, bar by bar. */
export interface StrategyInstance {
  readonly version: string;
  /** Bars before the first decision is possible. */
  readonly warmUp: number;
  /** Throws {@link StrategyTrap} when the module traps or answers nonsense (NaN, out of range). */
  onBars(slice: Slice): readonly SliceTarget[];
}

export class StrategyTrap extends Error {
  override readonly name = 'StrategyTrap';
}

export type Sizing =
  | { readonly kind: 'units'; readonly units: number }
  | { readonly kind: 'equity'; readonly fraction: number; readonly at: 'signal' | 'fill' }
  | { readonly kind: 'all' };

export interface BacktestOptions {
  readonly cash: number;
  readonly commissionRate: number;
  readonly commissionFixed: number;
  readonly commissionPerUnit: number;
  readonly slippageBps: number;
  readonly fill: 'next-open' | 'same-close';
  readonly size: Sizing;
  readonly wholeUnits: boolean;
  readonly unaffordable: 'refuse' | 'reduce';
  readonly periodsPerYear: number;
  readonly seed: number;
}

export interface BacktestTrade {
  readonly symbol: string;
  readonly direction: 'long' | 'short';
  readonly size: number;
  readonly entryBar: number;
  readonly entryTime: string;
  readonly entryPrice: number;
  /** `null` while open at the end of the data. */
  readonly exitBar: number | null;
  readonly exitTime: string | null;
  readonly exitPrice: number | null;
  readonly grossPnl: number;
  readonly commission: number;
  readonly status: 'closed' | 'open';
}

/**
 * Figures of one run; `null` where the data cannot support one. Returns are the simple returns of equity from bar to bar, the first
 * against the initial cash. With `same-close` fills they are of equity after the orders of that close are booked, while
 * `BacktestResult.equity` shows it before.
 */
export interface BacktestMetrics {
  /** Cash and positions at the last close. */
  readonly finalEquity: number;
  /** Final equity / initial cash - 1. */
  readonly totalReturn: number;
  /** (1 + total return) ^ (periods a year / bars) - 1. */
  readonly cagr: number | null;
  /** Sample standard deviation of returns (ddof 1) × √(periods a year). */
  readonly volatility: number | null;
  /** Mean return / sample standard deviation (ddof 1) × √(periods a year); no risk-free rate. */
  readonly sharpe: number | null;
  /** Mean return / √(mean of squared negative returns over all bars) × √(periods a year). */
  readonly sortino: number | null;
  /** CAGR / -(maximum drawdown). */
  readonly calmar: number | null;
  /** The least of equity / highest equity so far - 1, the initial cash included. Negative or zero. */
  readonly maxDrawdown: number;
  /** Round trips, those open at the end counted. The four below are of closed ones, net of commission. */
  readonly trades: number;
  /** Trades with a profit / trades. */
  readonly winRate: number | null;
  /** Sum of profits / sum of losses. */
  readonly profitFactor: number | null;
  /** Mean profit or loss of a trade, in money. */
  readonly expectancy: number | null;
  /** Mean profit of the winners / mean loss of the losers. */
  readonly payoff: number | null;
  /** Bars at whose close a position was held / bars. */
  readonly exposure: number;
  /** Traded notional / mean equity / years. */
  readonly turnover: number | null;
  /** All commissions, in money. */
  readonly fees: number;
  /** Cost of slippage against the arrival price, in money. */
  readonly slippage: number;
  /** Orders that filled; a flip is two. */
  readonly orders: number;
}

export interface BacktestDenial {
  readonly time: string;
  readonly code: string;
  readonly symbol: string;
  readonly limit: number | null;
  readonly actual: number | null;
}

/** The JSON of `tidemark backtest --json`: a contract, additive changes only. */
export interface BacktestResult {
  readonly strategy: { readonly name: string; readonly version: string; readonly parameters: ParameterValues };
  readonly data: {
    readonly hash: string;
    readonly symbols: readonly string[];
    readonly from: string;
    readonly to: string;
    readonly bars: number;
  };
  readonly options: BacktestOptions;
  readonly metrics: BacktestMetrics;
  readonly trades: readonly BacktestTrade[];
  readonly equity: readonly { readonly time: string; readonly equity: number }[];
  readonly denials: readonly BacktestDenial[];
  /** Every target the strategy set, in order: what parity compares. */
  readonly decisions: readonly { readonly time: string; readonly symbol: string; readonly exposure: number; readonly reason: string }[];
}
