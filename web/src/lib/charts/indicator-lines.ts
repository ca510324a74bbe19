import { requestLabel } from './indicator-request.ts';
import type { IndicatorRequest } from './indicator-request.ts';
import type { ComputeAnswer, ComputedColumn, ComputeRequest } from './indicators.worker.ts';
import { PriceBars } from './price-bars.ts';
import { Series } from './series.ts';

/** An output of an indicator, ready to be drawn. */
export interface IndicatorLine {
  readonly label: string;
  readonly pane: 'price' | 'own';
  /** Of which indicator: those of one share a pane. */
  readonly of: string;
  readonly series: Series;
}

/** By the label of what was asked for: why it is not drawn. */
export type Problems = ReadonlyMap<string, string>;
export const NO_PROBLEMS: Problems = new Map();

export interface Asked {
  readonly request: ComputeRequest;
  readonly labels: readonly string[];
  readonly firstMs: number;
}

/** What the worker has been told and what it has answered: each question asks only for what is new. */
export class IndicatorLines {
  #known = new Map<string, readonly IndicatorLine[]>();
  /** The worker has the bars before this index. */
  #toldTo = 0;
  #bars = PriceBars.none;

  /** Everything is told and asked anew. */
  forget(): void {
    this.#known = new Map();
    this.#toldTo = 0;
  }

  follow(bars: PriceBars): void {
    if (bars !== this.#bars) this.#toldTo = Math.min(this.#toldTo, bars.changedFrom);
    this.#bars = bars;
  }

  question(requests: readonly IndicatorRequest[]): Asked {
    const bars = this.#bars;
    const wanted = new Map(requests.map((request) => [requestLabel(request), request]));
    const from = this.#toldTo;
    this.#toldTo = bars.length;
    const part = (column: Float64Array): Float64Array => column.slice(from, bars.length);
    const { open, high, low, close, volume } = bars.columns;
    return {
      labels: [...wanted.keys()],
      firstMs: bars.startAt(0),
      request: {
        wanted: [...wanted].map(([label, request]) => ({ request, from: this.#known.has(label) ? from : 0 })),
        from,
        prices: { open: part(open), high: part(high), low: part(low), close: part(close), volume: part(volume) },
      },
    };
  }

  take(
    { labels, request, firstMs }: Asked,
    answer: ComputeAnswer,
  ): { readonly lines: readonly IndicatorLine[]; readonly problems: Problems } {
    const problems = new Map<string, string>();
    const lines = new Map<string, readonly IndicatorLine[]>();
    labels.forEach((label, at) => {
      const found = answer.computed[at];
      if (typeof found === 'string') problems.set(label, found);
      else if (found !== undefined) lines.set(label, this.#linesOf(label, found, request.wanted[at]?.from ?? 0, firstMs));
    });
    this.#known = lines;
    return { lines: [...lines.values()].flat(), problems };
  }

  #linesOf(of: string, columns: readonly ComputedColumn[], from: number, firstMs: number): readonly IndicatorLine[] {
    const before = from === 0 ? undefined : this.#known.get(of);
    return columns.map(({ label, pane, values }, at) => ({
      label,
      pane,
      of,
      series: before?.[at]?.series.with(values, from) ?? Series.of(values, firstMs),
    }));
  }
}
