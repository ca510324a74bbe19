/** A place of two parameters. */
export interface Cell {
  readonly x: string;
  readonly y: string;
  readonly sharpe: number | null;
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  readonly trades: number;
}

export type Figure = 'sharpe' | 'totalReturn' | 'maxDrawdown';

/** Cells by column and row; a place without a set is `undefined`. */
export interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  at(column: number, row: number): Cell | undefined;
  /** Of the figure, over all cells; both 0 where none has one. */
  readonly least: number;
  readonly most: number;
}

export function gridOf(cells: readonly Cell[], columns: readonly string[], rows: readonly string[], figure: Figure): Grid {
  const places = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, cell]));
  let [least, most] = [0, 0];
  for (const cell of cells) {
    const value = cell[figure];
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { columns, rows, least, most, at: (column, row) => places.get(`${columns[column]} ${rows[row]}`) };
}

/** How strong a colour is, −1 to 1: 0 at nothing gained, 1 at the best, −1 at the worst. */
export function strengthOf(value: number | null, { least, most }: Pick<Grid, 'least' | 'most'>): number | undefined {
  if (value === null) return undefined;
  if (value >= 0) return most > 0 ? value / most : 0;
  return least < 0 ? -value / least : 0;
}
