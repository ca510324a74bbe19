import type { BacktestResult, BarSeries } from '@tidemark/compute/types';
import type { Run } from '../../backtests/graphql.ts';
import type { BarQuery } from '../../market-data/graphql.ts';
import { instant } from '../../money/instant.ts';
import type { Reports } from '../../platform/http/routes.ts';

/** Writes one run as one HTML file; the same bytes for the same run. */
export type RenderReport = (
  result: BacktestResult,
  context: { readonly title?: string; readonly command?: string; readonly bars?: BarSeries; readonly engineVersion: string },
) => string;

export interface ReportSources {
  readonly render: RenderReport;
  readonly run: (id: string) => Promise<Run | undefined>;
  readonly result: (id: string) => Promise<BacktestResult | undefined>;
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  readonly version: string;
}

/** Reports are drawn from the stored result when they are asked for: what is stored once cannot disagree with itself. */
export function reportsOf({ render, run, result, bars, version }: ReportSources): Reports {
  return {
    html: async (id) => {
      const [recorded, found] = [await run(id), await result(id)];
      if (recorded === undefined || found === undefined) return undefined;
      const { symbols, from, to } = found.data;
      const [symbol] = symbols;
      const series =
        symbol === undefined ? undefined : await bars({ symbol, timeframe: '1Day', from: instant(from), to: instant(to), last: undefined });
      return render(found, {
        title: `${recorded.strategyName} on ${symbols.join(', ')}`,
        command: recorded.command,
        engineVersion: version,
        ...(series === undefined || series.length === 0 ? {} : { bars: series }),
      });
    },
    json: async (id) => {
      const found = await result(id);
      return found === undefined ? undefined : `${JSON.stringify(found, undefined, 2)}\n`;
    },
  };
}
