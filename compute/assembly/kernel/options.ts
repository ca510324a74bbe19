/** The options of a backtest, in the order in which the host writes them: one f64 each. */
const INITIAL_CASH: i32 = 0;
const COMMISSION_RATE: i32 = 1;
const COMMISSION_FIXED: i32 = 2;
const COMMISSION_PER_UNIT: i32 = 3;
const COMMISSION_MINIMUM: i32 = 4;
const REGULATORY_FEES: i32 = 5;
const SLIPPAGE: i32 = 6;
const FILL_MODEL: i32 = 7;
const SPREAD: i32 = 8;
const VOLUME_LIMIT: i32 = 9;
const IMPACT: i32 = 10;
const SIZE_KIND: i32 = 11;
const SIZE_VALUE: i32 = 12;
const WHOLE_UNITS: i32 = 13;
const REDUCE: i32 = 14;
const PROTECT_NEXT_BAR: i32 = 15;
const PERIODS_PER_YEAR: i32 = 16;
const LEVERAGE: i32 = 17;
const MAINTENANCE: i32 = 18;
const BORROW_RATE: i32 = 19;
const CASH_RATE: i32 = 20;
const DEBIT_RATE: i32 = 21;
const RISK: i32 = 22;
const ORDER_RISK_MAX: i32 = 23;
const ORDER_NOTIONAL_MAX: i32 = 24;
const ORDER_WEIGHT_MAX: i32 = 25;
const ORDER_VOLUME_MAX: i32 = 26;
const LIQUIDITY_MIN: i32 = 27;
const PRICE_MIN: i32 = 28;
const CONCENTRATION_MAX: i32 = 29;
const GROSS_MAX: i32 = 30;
const NET_MAX: i32 = 31;
const DEPLOYED_MAX: i32 = 32;
const POSITIONS_MAX: i32 = 33;
const SHORT_MAX: i32 = 34;
const DAILY_LOSS_MAX: i32 = 35;
const DRAWDOWN_MAX: i32 = 36;

/** Kinds of size policy. */
export const SIZE_UNITS: i32 = 0;
export const EQUITY_AT_SIGNAL: i32 = 1;
export const EQUITY_AT_FILL: i32 = 2;

/** Fill models. All but `SAME_CLOSE` fill market orders at the next open. */
export const NEXT_OPEN: i32 = 0;
export const SAME_CLOSE: i32 = 1;
export const SPREAD_MODEL: i32 = 2;
export const VOLUME_SHARE: i32 = 3;
export const SQUARE_ROOT: i32 = 4;

export const options: usize = memory.data(296, 16);

/** Money at the start. */
export let initialCash: f64 = 0;
/** Fraction of notional, a side. */
export let commissionRate: f64 = 0;
/** Money an order. */
export let commissionFixed: f64 = 0;
/** Money a unit. */
export let commissionPerUnit: f64 = 0;
/** Least commission of an order, in money. */
export let commissionMinimum: f64 = 0;
/** Whether the regulators' fees of US shares are charged, as Alpaca passes them on. */
export let regulatoryFees: bool = false;
/** As a fraction of the price, against us: market and stop orders. */
export let slippage: f64 = 0;
/** One of the fill models below. */
export let fillModel: i32 = 0;
/** Width between bid and ask as a fraction of the price; half of it is paid. */
export let spread: f64 = 0;
/** Part of a bar's volume that may be filled. */
export let volumeLimit: f64 = 0;
/** Coefficient of the price impact. */
export let impact: f64 = 0;
/** One of the kinds of size policy below. */
export let sizeKind: i32 = 0;
/** Units, or a fraction of equity. */
export let sizeValue: f64 = 0;
/** Whether sizes are rounded towards zero to whole units. */
export let wholeUnits: bool = false;
/** Whether what cash cannot pay is reduced instead of refused. */
export let reduce: bool = false;
/** Whether protective orders start on the bar after the entry bar. */
export let protectNextBar: bool = false;
/** Bars a year. */
export let periodsPerYear: f64 = 0;
/** Greatest gross exposure as a multiple of equity; 0 for a cash account. */
export let leverage: f64 = 0;
/** Equity as a fraction of gross exposure below which all positions are closed. */
export let maintenance: f64 = 0;
/** A year, on the value of short positions. */
export let borrowRate: f64 = 0;
/** A year, earned on cash above zero. */
export let cashRate: f64 = 0;
/** A year, paid on cash below zero. */
export let debitRate: f64 = 0;
/** Whether the limits below are kept. Each is infinite where it does not apply. */
export let riskOn: bool = false;
/** Part of equity that an order may lose. */
export let orderRiskMax: f64 = 0;
/** Money. */
export let orderNotionalMax: f64 = 0;
/** Notional of an order as a part of equity. */
export let orderWeightMax: f64 = 0;
/** Units of an order as a part of the 20-day average volume. */
export let orderVolumeMax: f64 = 0;
/** 20-day average of close × volume, in money. */
export let liquidityMin: f64 = 0;
/** Money. */
export let priceMin: f64 = 0;
/** One symbol as a part of equity. */
export let concentrationMax: f64 = 0;
/** Sum of absolute positions as a part of equity. */
export let grossMax: f64 = 0;
/** Absolute sum of positions as a part of equity. */
export let netMax: f64 = 0;
/** Sum of what positions cost as a part of equity. */
export let deployedMax: f64 = 0;
/** Positions at a time. */
export let positionsMax: f64 = 0;
/** Short positions as a part of equity: 0 for none. */
export let shortMax: f64 = 0;
/** Loss since the day before, as a part of that day's last equity. */
export let dailyLossMax: f64 = 0;
/** Fall from the high-water mark, as a part of it. */
export let drawdownMax: f64 = 0;
export let sameClose: bool = false;
/** Whether anything is earned or paid for holding cash and positions. */
export let hasCarry: bool = false;

function option(index: i32): f64 {
  return load<f64>(options + (usize(index) << 3));
}

export function readOptions(): void {
  readCosts();
  readRules();
  readLimits();
}

function readCosts(): void {
  initialCash = option(INITIAL_CASH);
  commissionRate = option(COMMISSION_RATE);
  commissionFixed = option(COMMISSION_FIXED);
  commissionPerUnit = option(COMMISSION_PER_UNIT);
  commissionMinimum = option(COMMISSION_MINIMUM);
  regulatoryFees = option(REGULATORY_FEES) != 0;
  slippage = option(SLIPPAGE);
  fillModel = i32(option(FILL_MODEL));
  spread = option(SPREAD);
  volumeLimit = option(VOLUME_LIMIT);
  impact = option(IMPACT);
  sameClose = fillModel == SAME_CLOSE;
}

function readRules(): void {
  sizeKind = i32(option(SIZE_KIND));
  sizeValue = option(SIZE_VALUE);
  wholeUnits = option(WHOLE_UNITS) != 0;
  reduce = option(REDUCE) != 0;
  protectNextBar = option(PROTECT_NEXT_BAR) != 0;
  periodsPerYear = option(PERIODS_PER_YEAR);
  leverage = option(LEVERAGE);
  maintenance = option(MAINTENANCE);
  borrowRate = option(BORROW_RATE);
  cashRate = option(CASH_RATE);
  debitRate = option(DEBIT_RATE);
  riskOn = option(RISK) != 0;
  hasCarry = borrowRate != 0 || cashRate != 0 || debitRate != 0;
}

function readLimits(): void {
  orderRiskMax = option(ORDER_RISK_MAX);
  orderNotionalMax = option(ORDER_NOTIONAL_MAX);
  orderWeightMax = option(ORDER_WEIGHT_MAX);
  orderVolumeMax = option(ORDER_VOLUME_MAX);
  liquidityMin = option(LIQUIDITY_MIN);
  priceMin = option(PRICE_MIN);
  concentrationMax = option(CONCENTRATION_MAX);
  grossMax = option(GROSS_MAX);
  netMax = option(NET_MAX);
  deployedMax = option(DEPLOYED_MAX);
  positionsMax = option(POSITIONS_MAX);
  shortMax = option(SHORT_MAX);
  dailyLossMax = option(DAILY_LOSS_MAX);
  drawdownMax = option(DRAWDOWN_MAX);
}
