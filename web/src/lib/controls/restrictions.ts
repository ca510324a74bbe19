export type ListName = 'denied' | 'allowed' | 'excepted';

export interface SymbolList {
  readonly name: ListName;
  readonly heading: string;
  /** What it does to orders. */
  readonly meaning: string;
  /** Shown while it holds none. */
  readonly empty: string;
}

export const SYMBOL_LISTS: readonly SymbolList[] = [
  {
    name: 'denied',
    heading: 'Denied symbols',
    meaning: 'Nothing of these is opened; what is held can be closed.',
    empty: 'No symbol is denied.',
  },
  {
    name: 'allowed',
    heading: 'Only these symbols',
    meaning: 'Where it holds any, nothing else is opened.',
    empty: 'Every symbol may be opened.',
  },
  {
    name: 'excepted',
    heading: 'Let through by name',
    meaning: 'Outside of exchanges, or with leverage, and opened all the same.',
    empty: 'None is let through.',
  },
];

/** What somebody typed as a list: by commas, blanks or lines, in capitals, each once, in order. */
export const symbolsIn = (text: string): readonly string[] =>
  [
    ...new Set(
      text
        .toUpperCase()
        .split(/[\s,;]+/)
        .filter((symbol) => symbol !== ''),
    ),
  ].toSorted();

/** Whether a symbol could be opened afterwards that could not before. The server decides; here it only chooses the words. */
export function letsThrough(list: ListName, from: readonly string[], to: readonly string[]): boolean {
  const added = to.some((symbol) => !from.includes(symbol));
  if (list === 'denied') return from.some((symbol) => !to.includes(symbol));
  if (list === 'excepted') return added;
  // An empty list of allowed symbols allows all.
  return from.length > 0 && (to.length === 0 || added);
}

/** What changes, in words: `adds AAPL, SPX; takes out SYNA`. Empty where nothing does. */
export function changeIn(from: readonly string[], to: readonly string[]): string {
  const [added, removed] = [to.filter((symbol) => !from.includes(symbol)), from.filter((symbol) => !to.includes(symbol))];
  const parts = [added.length > 0 ? `adds ${added.join(', ')}` : '', removed.length > 0 ? `takes out ${removed.join(', ')}` : ''];
  return parts.filter((part) => part !== '').join('; ');
}
