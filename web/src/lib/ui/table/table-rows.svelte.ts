import {
  columnFilteringFeature,
  columnOrderingFeature,
  columnVisibilityFeature,
  createFilteredRowModel,
  createSortedRowModel,
  createTable,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/svelte-table';
import type { ColumnDef } from '@tanstack/svelte-table';
import { compareValues, textOf } from './column.ts';
import type { CellValue, Column } from './column.ts';
import { hasWords } from './filter.ts';
import type { Keeps } from './filter.ts';
import type { Layout } from './layout.ts';

const features = tableFeatures({
  columnFilteringFeature,
  columnOrderingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});

/** A column that nobody sees: all the text of a row, which the search looks through. */
const EVERYTHING = ' ';

export interface TableInput<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  readonly layout: Layout;
  readonly search: string;
  readonly filters: readonly { readonly id: string; readonly keeps: Keeps }[];
}

export interface TableRows<T> {
  /** Those that are left, in the reader's order. */
  readonly rows: readonly T[];
  /** Those that are shown, in the reader's order. */
  readonly columns: readonly Column<T>[];
}

/** A mapped type, and no interface: the library asks for an index signature. */
type Held<T> = Readonly<Record<'row', T>>;
type Definition<T> = ColumnDef<typeof features, Held<T>>;

function definitionOf<T>(column: Column<T>): Definition<T> {
  return {
    id: column.id,
    accessorFn: ({ row }) => (column.isActions ? undefined : (column.value(row) ?? undefined)),
    sortUndefined: 'last',
    sortFn: (left, right, id) => {
      const [a, b] = [left.getValue<string | number>(id), right.getValue<string | number>(id)];
      return compareValues(column.kind ?? 'text', a, b);
    },
    filterFn: (row, id, keeps: Keeps) => keeps(row.getValue<CellValue | undefined>(id) ?? null, textOf(column, row.original.row)),
  };
}

/** The rows of a table as its reader has filtered and sorted them. Make it inside a component. */
export function tableRows<T>(input: () => TableInput<T>): TableRows<T> {
  const definitions = $derived.by((): Definition<T>[] => {
    const { columns } = input();
    const everything: Definition<T> = {
      id: EVERYTHING,
      accessorFn: ({ row }) => columns.map((column) => textOf(column, row)).join(' '),
      filterFn: (row, id, matches: (text: string) => boolean) => matches(row.getValue<string>(id)),
    };
    return [...columns.map(definitionOf), everything];
  });
  const data = $derived(input().rows.map((row) => ({ row })));
  const filters = $derived.by(() => {
    const { search, filters: own } = input();
    const set = own.map(({ id, keeps }): { id: string; value: unknown } => ({ id, value: keeps }));
    return search.trim() === '' ? set : [...set, { id: EVERYTHING, value: hasWords(search) }];
  });
  const table = createTable<typeof features, Held<T>>({
    features,
    getRowId: ({ row }) => input().idOf(row),
    get columns() {
      return definitions;
    },
    get data() {
      return data;
    },
    state: {
      get sorting() {
        return [...input().layout.sort];
      },
      get columnFilters() {
        return filters;
      },
      get columnOrder() {
        return [...input().layout.order];
      },
      get columnVisibility() {
        return Object.fromEntries([...input().layout.hidden, EVERYTHING].map((id) => [id, false]));
      },
    },
  });
  const rows = $derived(table.getRowModel().rows.map(({ original }) => original.row));
  const columns = $derived(table.getVisibleLeafColumns().flatMap(({ id }) => input().columns.find((one) => one.id === id) ?? []));
  return {
    get rows() {
      return rows;
    },
    get columns() {
      return columns;
    },
  };
}
