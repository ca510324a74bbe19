import { hashSeries } from '@tidemark/compute';
import type { BacktestResult, BarSeries, StrategyModule } from '@tidemark/compute/types';
import { dearerRunsOf } from '../../backtests/dearer-runs-service.ts';
import type { Run } from '../../backtests/graphql.ts';
import type { SymbolBars } from '../../backtests/report/baselines/marked-prices.ts';
import type { ReportContext } from '../../backtests/report/report.ts';
import { equityCsv, tradesCsv } from '../../backtests/run-csv.ts';
import type { SelectionRecord } from '../../backtests/selection.ts';
import type { ModelFileKind } from '../../models/files.ts';
import type { ModelFiles } from '@tidemark/compute/models';
import type { BarQuery } from '../../market-data/graphql.ts';
import { instant } from '../../money/instant.ts';
import type { Reports } from '../../platform/http/routes.ts';

/** Writes one run as one HTML file; the same bytes for the same run. */
export type RenderReport = (result: BacktestResult, context: ReportContext) => string;

export interface ReportSources {
  readonly render: RenderReport;
  readonly run: (id: string) => Promise<Run | undefined>;
  readonly result: (id: string) => Promise<BacktestResult | undefined>;
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  /** The strategy's own module, where it is kept. */
  readonly module: (result: BacktestResult) => Promise<StrategyModule | undefined>;
  /** What is known of the search that the run came out of, where somebody counts trials. */
  readonly selection?: (id: string) => Promise<SelectionRecord | undefined>;
  /** The files of a model, as they were written. */
  readonly modelFiles: (id: string) => Promise<ModelFiles | undefined>;
  readonly version: string;
}

/** The bars of all symbols; `undefined` where one has none. */
async function seriesOf({ data }: BacktestResult, bars: ReportSources['bars']): Promise<readonly SymbolBars[] | undefined> {
  const span = { timeframe: '1Day', from: instant(data.from), to: instant(data.to), last: undefined } as const;
  const series: SymbolBars[] = [];
  for (const symbol of data.symbols) {
    const found = await bars({ ...span, symbol });
    if (found.length === 0) return undefined;
    series.push({ symbol, bars: found });
  }
  return series;
}

const FILE_OF: Readonly<Record<ModelFileKind, keyof ModelFiles>> = {
  'manifest.json': 'manifest',
  model: 'model',
  'strategy.wasm': 'module',
};

/** Reports are drawn from the stored result when they are asked for: what is stored once cannot disagree with itself. */
export function reportsOf({ render, run, result, bars, module, selection, modelFiles, version }: ReportSources): Reports {
  return {
    html: async (id) => {
      const [recorded, found] = [await run(id), await result(id)];
      if (recorded === undefined || found === undefined) return undefined;
      const series = await seriesOf(found, bars);
      return render(found, {
        title: `${recorded.strategyName} on ${found.data.symbols.join(', ')}`,
        command: recorded.command,
        engineVersion: version,
        series,
        otherBars: series !== undefined && hashSeries(series) !== found.data.hash,
        reruns: series && (await dearerRunsOf(found, await module(found), series)),
        selection: await selection?.(id),
      });
    },
    json: async (id) => {
      const found = await result(id);
      return found === undefined ? undefined : `${JSON.stringify(found, undefined, 2)}\n`;
    },
    model: async (id, file) => (await modelFiles(id))?.[FILE_OF[file]],
    csv: async (id, what) => {
      const found = await result(id);
      return found && (what === 'trades' ? tradesCsv(found) : equityCsv(found));
    },
  };
}
