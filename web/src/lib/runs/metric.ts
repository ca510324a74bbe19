import type { Column } from '#lib/ui/table/column.ts';
import { money, NOT_AVAILABLE, number, percent, quantity } from '#lib/format.ts';

export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
}

/** A metric's figure by its unit: ratio, usd, count, number. */
export function metricText({ value, unit }: Pick<Metric, 'value' | 'unit'>): string {
  if (value === null) return NOT_AVAILABLE;
  switch (unit) {
    case 'ratio':
      return percent(value);
    case 'usd':
      return money(value);
    case 'count':
      return quantity(value);
    default:
      return number(value);
  }
}

export function metricOf(metrics: readonly Metric[], name: string): string {
  const found = metrics.find((one) => one.name === name);
  return found ? metricText(found) : NOT_AVAILABLE;
}

const RATIOS: ReadonlySet<string> = new Set(['totalReturn', 'maxDrawdown', 'cagr', 'volatility']);

/** A table's column of one metric: what is a ratio is filtered in percent. */
export function metricColumn<T extends { readonly metrics: readonly Metric[] }>(name: string, label: string): Column<T> {
  return {
    id: name,
    label,
    kind: 'decimal',
    value: ({ metrics }) => metrics.find((one) => one.name === name)?.value ?? null,
    text: ({ metrics }) => metricOf(metrics, name),
    width: 110,
    ...(RATIOS.has(name) ? { isPercent: true as const } : {}),
  };
}
