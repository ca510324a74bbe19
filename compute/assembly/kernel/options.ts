/** The options of a backtest, in the order in which the host writes them: one f64 each. */
export const INITIAL_CASH: i32 = 0;
export const COMMISSION_RATE: i32 = 1;
export const COMMISSION_FIXED: i32 = 2;
export const COMMISSION_PER_UNIT: i32 = 3;
export const SLIPPAGE_BPS: i32 = 4;
export const SAME_CLOSE: i32 = 5;
export const SIZE_KIND: i32 = 6;
export const SIZE_VALUE: i32 = 7;
export const WHOLE_UNITS: i32 = 8;
export const REDUCE: i32 = 9;
export const PERIODS_PER_YEAR: i32 = 10;
export const OPTION_COUNT: i32 = 11;

/** Kinds of size policy. */
export const UNITS: i32 = 0;
export const EQUITY_AT_SIGNAL: i32 = 1;
export const EQUITY_AT_FILL: i32 = 2;

export const options: usize = memory.data(88, 16);

export let initialCash: f64 = 0;
export let commissionRate: f64 = 0;
export let commissionFixed: f64 = 0;
export let commissionPerUnit: f64 = 0;
/** Slippage as a fraction of the price. */
export let slippage: f64 = 0;
export let sameClose: bool = false;
export let sizeKind: i32 = 0;
export let sizeValue: f64 = 0;
export let wholeUnits: bool = false;
export let reduce: bool = false;
export let periodsPerYear: f64 = 0;

function option(index: i32): f64 {
  return load<f64>(options + (usize(index) << 3));
}

export function readOptions(): void {
  initialCash = option(INITIAL_CASH);
  commissionRate = option(COMMISSION_RATE);
  commissionFixed = option(COMMISSION_FIXED);
  commissionPerUnit = option(COMMISSION_PER_UNIT);
  slippage = option(SLIPPAGE_BPS) / 10000;
  sameClose = option(SAME_CLOSE) != 0;
  sizeKind = i32(option(SIZE_KIND));
  sizeValue = option(SIZE_VALUE);
  wholeUnits = option(WHOLE_UNITS) != 0;
  reduce = option(REDUCE) != 0;
  periodsPerYear = option(PERIODS_PER_YEAR);
}
