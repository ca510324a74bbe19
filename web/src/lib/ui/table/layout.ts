import type { Column } from './column.ts';

export interface Sort {
  readonly id: string;
  readonly desc: boolean;
}

/** How a reader has arranged a table. */
export interface Layout {
  /** Every column, in the order that is shown. */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  /** Pixels of the columns whose width was set by hand. */
  readonly widths: Readonly<Record<string, number>>;
  /** The first decides; the rest where it does not. */
  readonly sort: readonly Sort[];
}

export const WIDTH_MIN = 48;
export const WIDTH_MAX = 900;

type Columns = readonly Pick<Column<never>, 'id' | 'isHidden' | 'isActions'>[];

export const firstLayout = (columns: Columns): Layout => ({
  order: columns.map(({ id }) => id),
  hidden: columns.filter(({ isHidden }) => isHidden).map(({ id }) => id),
  widths: {},
  sort: [],
});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** What was kept, as far as it still fits the columns: unknown ones go, new ones stand where the table has them. */
export function fittedLayout(kept: unknown, columns: Columns): Layout {
  const first = firstLayout(columns);
  if (!isRecord(kept)) return first;
  const known = new Set(first.order);
  const order = [...new Set(textsIn(kept['order']).filter((id) => known.has(id)))];
  const seen = new Set(order);
  first.order.forEach((id, place) => {
    if (order.includes(id)) return;
    const before = first.order.slice(0, place).findLast((other) => order.includes(other));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
  });
  // A column that the kept layout has never heard of is hidden only where the table hides it.
  const hidden = new Set([...textsIn(kept['hidden']).filter((id) => seen.has(id)), ...first.hidden.filter((id) => !seen.has(id))]);
  const visible = order.filter((id) => !hidden.has(id) && !columns.some((one) => one.id === id && one.isActions));
  const widths = Object.entries(isRecord(kept['widths']) ? kept['widths'] : {}).filter(
    (entry): entry is [string, number] => known.has(entry[0]) && typeof entry[1] === 'number' && Number.isFinite(entry[1]),
  );
  const sort = (Array.isArray(kept['sort']) ? kept['sort'] : [])
    .filter(
      (one): one is Sort => isRecord(one) && typeof one['id'] === 'string' && typeof one['desc'] === 'boolean' && known.has(one['id']),
    )
    .map(({ id, desc }) => ({ id, desc }));
  return {
    order,
    hidden: visible.length === 0 ? first.hidden : [...hidden],
    widths: Object.fromEntries(widths.map(([id, width]) => [id, clampWidth(width)])),
    sort,
  };
}

export const clampWidth = (width: number): number => Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)));

/** The next order by a column: its first direction, the other, none. With `isFurther` the others go on deciding before it. */
export function nextSort(sort: readonly Sort[], id: string, descFirst: boolean, isFurther: boolean): readonly Sort[] {
  const now = sort.find((one) => one.id === id);
  const next: readonly Sort[] = now === undefined ? [{ id, desc: descFirst }] : now.desc === descFirst ? [{ id, desc: !descFirst }] : [];
  if (!isFurther) return next;
  return now === undefined ? [...sort, ...next] : sort.flatMap((one) => (one.id === id ? next : [one]));
}

/** A column one place further along the order, or back. */
export function moved(layout: Layout, id: string, by: 1 | -1): Layout {
  const from = layout.order.indexOf(id);
  const to = from + by;
  if (from === -1 || to < 0 || to >= layout.order.length) return layout;
  return { ...layout, order: layout.order.toSpliced(from, 1).toSpliced(to, 0, id) };
}

/** Shows or hides a column. The last one that is shown stays. */
export function toggledColumn(layout: Layout, id: string): Layout {
  if (layout.hidden.includes(id)) return { ...layout, hidden: layout.hidden.filter((one) => one !== id) };
  if (layout.order.length - layout.hidden.length <= 1) return layout;
  return { ...layout, hidden: [...layout.hidden, id] };
}
