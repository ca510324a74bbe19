import { Option } from './inputs';

/** Rows of one call; the host cuts longer chains. */
export const ROWS_MAX: i32 = 1024;
const INPUTS: i32 = 7;
const OUTPUTS: i32 = 10;
const COLUMN_BYTES: usize = ROWS_MAX * sizeof<f64>();

const inputs: usize = heap.alloc(INPUTS * COLUMN_BYTES);
const outputs: usize = heap.alloc(OUTPUTS * COLUMN_BYTES);
const statuses: usize = heap.alloc(ROWS_MAX);
const current: Option = changetype<Option>(heap.alloc(offsetof<Option>()));

export function inputColumn(column: i32): usize {
  return inputs + column * COLUMN_BYTES;
}

export function outputColumn(column: i32): usize {
  return outputs + column * COLUMN_BYTES;
}

export function statusColumn(): usize {
  return statuses;
}

@inline
function input(column: i32, row: i32): f64 {
  return load<f64>(inputs + column * COLUMN_BYTES + (<usize>row << 3));
}

/** The option of a row; good until the next is read. */
export function readOption(row: i32): Option {
  current.right = input(0, row);
  current.spot = input(1, row);
  current.strike = input(2, row);
  current.years = input(3, row);
  current.rate = input(4, row);
  current.dividendYield = input(5, row);
  current.last = input(6, row);
  return current;
}

@inline
export function writeOutput(column: i32, row: i32, value: f64): void {
  store<f64>(outputs + column * COLUMN_BYTES + (<usize>row << 3), value);
}

/** Where nothing can be said, nothing is said. */
export function writeNothing(row: i32, columns: i32): void {
  for (let column = 0; column < columns; column++) writeOutput(column, row, NaN);
}

export function writeStatus(row: i32, status: u8): void {
  store<u8>(statuses + row, status);
}
