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
  /** The source keeps nothing outside its classes: a fresh strategy in the same memory is as good as a fresh module. */
  readonly reusable?: boolean;
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

/** Reads a file of `compute/assembly` by its path there; null where there is none. */
export type Library = (path: string) => string | null;

/**
 * Compiles in this thread, in Node or in the browser, without a deadline: a worker calls it. `file` names the source in errors. The same source
 * and library give the same bytes on both sides.
 */
export type CompileSource = (source: string, file: string, library: Library) => Promise<CompileResult>;

/** One instant's bars, by index of symbol; `undefined` where a symbol has none. */
export interface Slice {
  readonly atMs: number;
  readonly bars: readonly (SliceBar | undefined)[];
  /** Signed units held, after this bar's fills, by index of symbol. */
  readonly positions: readonly number[];
  readonly cash: number;
  readonly equity: number;
  /** Average price of the units held, by index of symbol; `undefined` or NaN while flat. */
  readonly entryPrices?: readonly number[];
  /** Orders that wait or rest, by index of symbol; none where absent. */
  readonly working?: readonly number[];
}

export interface SliceBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export type WishKind = 'target' | 'market' | 'limit' | 'stop' | 'stop-limit' | 'trailing' | 'cancel' | 'protect';
export type WishMeasure = 'exposure' | 'weight' | 'units' | 'notional';

/** What a strategy wishes for at a bar: a target, an order, a cancel, or new protective orders. Prices are `null` where there is none. */
export interface Wish {
  readonly kind: WishKind;
  /** What `amount` counts: exposure in [-1, 1] of the size policy, a fraction of equity, units or money. */
  readonly measure: WishMeasure;
  /** Signed: above zero buys. */
  readonly amount: number;
  readonly limit: number | null;
  readonly stop: number | null;
  /** Distance of a trailing stop, in money or as a fraction of the price. */
  readonly trail: number | null;
  readonly trailFraction: number | null;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  /** The order's number; what a cancel names, 0 for all orders of the symbol. */
  readonly orderId: number;
  readonly reason: string;
}

/** A wish in the engine's hands. */
export interface SliceWish extends Wish {
  readonly symbolIndex: number;
  readonly day: boolean;
  readonly reduceOnly: boolean;
  /** Orders of one group cancel each other; 0 for none. */
  readonly group: number;
}

/** A strategy module that runs: fed by the engine, bar by bar. */
export interface StrategyInstance {
  readonly version: string;
  /** Bars before the first decision is possible. */
  readonly warmUp: number;
  /** Throws {@link StrategyTrap} when the module traps or answers nonsense (NaN, out of range). */
  onBars(slice: Slice): readonly SliceWish[];
}

export class StrategyTrap extends Error {
  override readonly name = 'StrategyTrap';
}

/** Cash dividends and splits of a symbol. */
export interface CorporateAction {
  /** Milliseconds since 1970 UTC: the first bar at or after it is ex. */
  readonly atMs: number;
  /** New units for an old one; 1 for no split. */
  readonly ratio: number;
  /** Money a unit held before the split; 0 for none. */
  readonly dividend: number;
}

export type Sizing =
  | { readonly kind: 'units'; readonly units: number }
  | { readonly kind: 'equity'; readonly fraction: number; readonly at: 'signal' | 'fill' }
  | { readonly kind: 'all' };

/** How and at which price orders fill. All but `same-close` fill market orders at the next open. */
export type FillModel = 'next-open' | 'same-close' | 'spread' | 'volume-share' | 'square-root';

/** Limits of the risk policy that make sense in a backtest: fractions of equity unless said otherwise; `null` where one does not apply. */
export interface BacktestLimits {
  readonly orderRisk: number | null;
  /** Money. */
  readonly orderNotional: number | null;
  readonly orderWeight: number | null;
  /** Fraction of the 20-day average volume. */
  readonly orderVolume: number | null;
  /** Money a day, over 20 days. */
  readonly minimumLiquidity: number | null;
  /** Money. */
  readonly minimumPrice: number | null;
  readonly concentration: number | null;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly capitalDeployed: number | null;
  /** A count. */
  readonly openPositions: number | null;
  /** 0 for no shorts. */
  readonly shortSale: number | null;
  readonly dailyLoss: number | null;
  readonly drawdown: number | null;
}

export interface BacktestOptions {
  readonly cash: number;
  readonly commissionRate: number;
  readonly commissionFixed: number;
  readonly commissionPerUnit: number;
  /** Least commission of an order, in money. */
  readonly commissionMinimum: number;
  /** What regulators of US shares charge, as Alpaca passes it on. */
  readonly regulatoryFees: boolean;
  readonly slippageBps: number;
  readonly fill: FillModel;
  /** Between bid and ask, for the fill model `spread`. */
  readonly spreadBps: number;
  /** Part of a bar's volume that may be filled, for `volume-share`. */
  readonly volumeLimit: number;
  /** Coefficient of the price impact, for `volume-share` and `square-root`. */
  readonly impact: number;
  readonly size: Sizing;
  readonly wholeUnits: boolean;
  readonly unaffordable: 'refuse' | 'reduce';
  /** When protective orders start: on the bar of the entry itself, or on the one after it. */
  readonly protectiveFrom: 'entry-bar' | 'next-bar';
  readonly periodsPerYear: number;
  /** Greatest gross exposure as a multiple of equity; `null` for a cash account, in which shorts need no margin. */
  readonly leverage: number | null;
  /** Equity as a fraction of gross exposure below which everything is closed; with leverage only. */
  readonly maintenance: number;
  /** Rates a year: on the value of shorts, earned on cash, paid on debt. */
  readonly borrowRate: number;
  readonly cashRate: number;
  readonly debitRate: number;
  /** `null`: no limits. */
  readonly risk: BacktestLimits | null;
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
  /** Fills: a flip is two, and an order that fills in parts is as many. */
  readonly orders: number;
  /** Interest and borrow, in money; below zero where it was paid. */
  readonly financing: number;
  /** Dividends received less those paid on shorts, in money. */
  readonly dividends: number;
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
    /** SHA-256 of the corporate actions, as the JSON of their lists by symbol, and of the finer bars, as of the bars: where there were any. */
    readonly actionsHash?: string;
    readonly finerHash?: string;
  };
  readonly options: BacktestOptions;
  readonly metrics: BacktestMetrics;
  readonly trades: readonly BacktestTrade[];
  readonly equity: readonly { readonly time: string; readonly equity: number }[];
  readonly denials: readonly BacktestDenial[];
  /** Everything that the strategy wished for, in order: what parity compares. */
  readonly decisions: readonly BacktestDecision[];
}

export interface BacktestDecision extends Wish {
  readonly time: string;
  readonly symbol: string;
  /** The amount where it is an exposure of a target; else `null`. */
  readonly exposure: number | null;
}
