/** A file of bars whose symbol cannot be told, or cannot be traded. */
export class SymbolError extends Error {
  override readonly name = 'SymbolError';
}

/** As the broker writes them: `AAPL`, `BRK.B`, `BTC/USD`. */
const SYMBOL = /^[A-Z0-9][A-Z0-9./-]{0,15}$/;

export const isSymbolText = (text: string): boolean => SYMBOL.test(text);

/** What a file without a symbol column is called by its reader: its name without the endings. */
const stemOf = (path: string): string => (path.split(/[/\\]/).at(-1) ?? '').replace(/(\.csv)?(\.gz)?$/i, '');

/**
 * The symbol of bars that were read under the name `found`: where that is only the file's name, its first word in capitals
 * (`aapl_daily.csv` holds AAPL). Throws {@link SymbolError} where that gives none.
 */
export function symbolIn(path: string, found: string): string {
  if (isSymbolText(found)) return found;
  const guess = found === stemOf(path) ? (found.split(/[._\s-]/)[0] ?? '').toUpperCase() : found;
  if (isSymbolText(guess)) return guess;
  throw new SymbolError(
    `${path}: "${found.slice(0, 40)}" is not a symbol: expected capitals and digits, like AAPL. Name it with --symbol, or mend the symbol column.`,
  );
}
