/** Numbers row by row: `values[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Series of equal length as the columns of a matrix. Throws a RangeError where the lengths differ. */
export function matrixOf(series: readonly Float64Array[]): Matrix {
  const columns = series.length;
  const rows = series[0]?.length ?? 0;
  const values = new Float64Array(rows * columns);
  for (const [column, each] of series.entries()) {
    if (each.length !== rows) {
      throw new RangeError(
        `Series ${column} has ${each.length} values and the first one ${rows}: join them by time, so that each has the same times.`,
      );
    }
    for (let row = 0; row < rows; row += 1) values[row * columns + column] = each[row] ?? Number.NaN;
  }
  return { rows, columns, values };
}

const COLUMNS_MAX = 100_000;
/** Squares of larger ones would not be finite. */
export const VALUE_MAX = 1e100;

/** Index of the first value that is no number of at most {@link VALUE_MAX}, or -1. */
export function firstUnfit(values: Float64Array): number {
  for (let index = 0; index < values.length; index += 1) if (!(Math.abs(values[index] ?? Number.NaN) <= VALUE_MAX)) return index;
  return -1;
}

/** A matrix whose size is what it says. Throws a RangeError otherwise. */
export function checkShape(name: string, { rows, columns, values }: Matrix): void {
  const whole = Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0 && columns <= COLUMNS_MAX;
  if (!whole || rows * columns !== values.length) {
    throw new RangeError(`${name} says ${rows} rows of ${columns} columns, and has ${values.length} values: give all of them, row by row.`);
  }
}

/** A matrix whose size is what it says, of finite numbers. Throws a RangeError otherwise. */
export function checkMatrix(name: string, matrix: Matrix): void {
  checkShape(name, matrix);
  const unfit = firstUnfit(matrix.values);
  if (unfit < 0) return;
  const place = `row ${Math.floor(unfit / matrix.columns)}, column ${unfit % matrix.columns}`;
  throw new RangeError(
    `${name} is ${matrix.values[unfit]} in ${place}, but must be a finite number of at most ${VALUE_MAX}: leave out rows with gaps.`,
  );
}
