/** One page of a list, with the place of each item in it. */
export interface Page<T> {
  readonly nodes: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  /** How many there are on all pages: counted where somebody asks. */
  readonly countAll?: () => Promise<number>;
  /** Where the next page begins, when that is not after the last item. */
  readonly endCursor?: string;
}

export interface PageQuery {
  /** At most so many. */
  readonly first: number;
  /** Cursor of the last item seen; from the start where absent. */
  readonly after?: string | undefined;
}

/** `after` was not made by the list that is asked. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
  constructor() {
    super('after is not a cursor of this list');
  }
}

const NUMBER = /^\d{1,15}$/;

/** A cursor that is a number in the order of the list. Throws {@link CursorError}. */
export function numberCursor(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (!NUMBER.test(after)) throw new CursorError();
  return Number(after);
}

/** A page from one row more than was asked for. */
export function pageOfRows<Row, T>(rows: readonly Row[], first: number, cursorOf: (row: Row) => string, nodeOf: (row: Row) => T): Page<T> {
  return { nodes: rows.slice(0, first).map((row) => ({ cursor: cursorOf(row), node: nodeOf(row) })), hasNextPage: rows.length > first };
}
