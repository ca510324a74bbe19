import type { BarSeries } from '@tidemark/compute/types';

/** A bar as the server tells it: its numbers are doubles, which JSON carries bit by bit. */
export interface ToldBar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/** The columns that the server's own backtest has of the same bars. */
export function columnsOf(bars: readonly ToldBar[]): BarSeries {
  const column = (read: (bar: ToldBar) => number): Float64Array => Float64Array.from(bars, read);
  return {
    length: bars.length,
    startAtMs: column(({ t }) => Date.parse(t)),
    open: column(({ o }) => o),
    high: column(({ h }) => h),
    low: column(({ l }) => l),
    close: column(({ c }) => c),
    volume: column(({ v }) => v),
  };
}

/** SHA-256 of the bars of one symbol, as `hashSeries` of the compute core has it. */
export async function hashBars(symbol: string, bars: BarSeries): Promise<string> {
  const head = new TextEncoder().encode(`${symbol}\n${bars.length}\n`);
  const columns = [bars.startAtMs, bars.open, bars.high, bars.low, bars.close, bars.volume];
  const parts = [head, ...columns.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength))];
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex();
}
