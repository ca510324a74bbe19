import { priceAmerican } from './american';
import { ROWS_MAX, inputColumn, outputColumn, readOption, statusColumn, writeStatus } from './columns';
import { priceEuropean } from './european';
import { implyVolatility } from './implied';
import { cumulative as cumulativeNormal } from './normal';
import { STEPS_MAX, STEPS_MIN } from './tree';

/** The host knows the same number. Raise it with any change to what is exported, to the order of columns, or to the statuses. */
const ABI: i32 = 1;

export function abi(): i32 {
  return ABI;
}

export function rowsMax(): i32 {
  return ROWS_MAX;
}

export function stepsMin(): i32 {
  return STEPS_MIN;
}

export function stepsMax(): i32 {
  return STEPS_MAX;
}

/** Where a column of doubles lies: right (0 call, 1 put), spot, strike, years, rate, dividend yield, then volatility or price. */
export function input(column: i32): usize {
  return inputColumn(column);
}

export function output(column: i32): usize {
  return outputColumn(column);
}

/** Where the rows' statuses lie, a byte each. */
export function status(): usize {
  return statusColumn();
}

/** Outputs: price, delta, gamma, vega, theta, rho, phi, vanna, volga, charm. */
export function european(rows: i32): void {
  for (let row = 0; row < rows; row++) writeStatus(row, priceEuropean(readOption(row), row));
}

/** Outputs: volatility, and its relative uncertainty. */
export function implied(rows: i32): void {
  for (let row = 0; row < rows; row++) writeStatus(row, implyVolatility(readOption(row), row));
}

/** Outputs: price, delta, gamma. The host checks the number of steps. */
export function american(rows: i32, steps: i32, leisenReimer: bool): void {
  for (let row = 0; row < rows; row++) writeStatus(row, priceAmerican(readOption(row), row, steps, leisenReimer));
}

export function cumulative(z: f64): f64 {
  return cumulativeNormal(z);
}
