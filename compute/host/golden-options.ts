import { goldenPath, readGolden } from './golden-backtests.ts';
import type { OptionRight, OptionTerms } from './options.ts';

export const OPTION_GOLDEN = goldenPath('options/README.md').replace(/README\.md$/, '');

/** One row of a golden file, by column. */
export interface OptionRow {
  text(column: string): string;
  /** Not a number where the cell is empty. */
  number(column: string): number;
}

export function readOptionRows(file: string): readonly OptionRow[] {
  return readGolden(`options/${file}`).map((cells) => {
    const text = (column: string): string => {
      const cell = cells[column];
      if (cell === undefined) throw new Error(`${file} has no column ${column}`);
      return cell;
    };
    return { text, number: (column) => (text(column) === '' ? Number.NaN : Number(text(column))) };
  });
}

/** The terms of a row with the columns that most files have. */
export function termsOf(row: OptionRow): OptionTerms {
  return {
    right: row.text('right') as OptionRight,
    spot: row.number('spot'),
    strike: row.number('strike'),
    years: row.number('t_years'),
    rate: row.number('rate'),
    dividendYield: row.number('dividend_yield'),
  };
}
