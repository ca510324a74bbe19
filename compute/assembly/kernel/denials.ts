import { Table } from './table';

/** Orders that were refused, and what was forced: bar, code, symbol, limit, actual. The host's `DENIAL_CODES` names the codes in this order. */
export const denials: Table = new Table(5);
/** The order costs more than the cash there is: limit is the cash, actual the cost with commission. */
export const INSUFFICIENT_CASH: i32 = 0;
/** The size policy comes to less than one whole unit: limit is 1, actual the units. */
export const BELOW_ONE_UNIT: i32 = 1;
/** With leverage: limit is the room below the multiple of equity, actual the cost. */
export const BUYING_POWER: i32 = 2;
/** Not a denial of an order: all positions are closed. Limit is the least equity that gross exposure needs, actual the equity. */
export const MARGIN_CALL: i32 = 3;
export const ORDER_RISK: i32 = 4;
export const ORDER_NOTIONAL: i32 = 5;
export const ORDER_VOLUME: i32 = 6;
export const MINIMUM_LIQUIDITY: i32 = 7;
export const MINIMUM_PRICE: i32 = 8;
export const CONCENTRATION: i32 = 9;
export const GROSS_EXPOSURE: i32 = 10;
export const NET_EXPOSURE: i32 = 11;
export const CAPITAL_DEPLOYED: i32 = 12;
export const OPEN_POSITIONS: i32 = 13;
export const SHORT_SALE: i32 = 14;
export const DAILY_LOSS: i32 = 15;
export const DRAWDOWN: i32 = 16;

export function deny(bar: i32, code: i32, symbol: i32, limit: f64, actual: f64): void {
  const row = denials.push();
  store<f64>(row, f64(bar));
  store<f64>(row + 8, f64(code));
  store<f64>(row + 16, f64(symbol));
  store<f64>(row + 24, limit);
  store<f64>(row + 32, actual);
}
