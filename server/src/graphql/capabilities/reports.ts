import type { StrategyModule } from '@tidemark/compute/types';
import type { RunSpan } from '../../backtests/drawings.ts';
import type { Run } from '../../backtests/graphql.ts';
import type { RunComparisons } from '../../backtests/graphql-comparison.ts';
import type { SymbolBars } from '../../backtests/report/baselines/marked-prices.ts';
import type { SelectionRecord } from '../../backtests/selection.ts';
import type { BarColumns } from '../../market-data/bar.ts';
import type { ModelFileKind } from '../../models/files.ts';
import type { ModelFiles } from '@tidemark/compute/models';
import type { BarQuery } from '../../market-data/graphql.ts';
import { instant } from '../../money/instant.ts';
import type { Drawing } from '../../platform/drawing/drawing.ts';
import type { Reports } from '../../platform/http/routes.ts';

export interface ReportSources {
  readonly drawing: Drawing;
  readonly run: (id: string) => Promise<Run | undefined>;
  /** The stored result, as text. */
  readonly result: (id: string) => Promise<string | undefined>;
  readonly bars: (query: BarQuery) => Promise<BarColumns>;
  /** The strategy's own module, where it is kept. */
  readonly module: (version: string) => Promise<StrategyModule | undefined>;
  /** What is known of the search that the run came out of, where somebody counts trials. */
  readonly selection?: (id: string) => Promise<SelectionRecord | undefined>;
  /** The files of a model, as they were written. */
  readonly modelFiles: (id: string) => Promise<ModelFiles | undefined>;
  readonly version: string;
}

/** The bars of all symbols; `undefined` where one has none. */
export async function seriesOf(span: RunSpan, bars: ReportSources['bars']): Promise<readonly SymbolBars[] | undefined> {
  const { symbols, timeframe } = span;
  if (timeframe === undefined) return undefined;
  const series: SymbolBars[] = [];
  for (const symbol of symbols) {
    const found = await bars({ symbol, timeframe, from: instant(span.from), to: instant(span.to), last: undefined });
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

/** Documents are drawn from the stored result when they are asked for: what is stored once cannot disagree with itself. */
export function reportsOf({ drawing, run, result, bars, module, selection, modelFiles, version }: ReportSources): Reports {
  const document = async (id: string, kind: 'json' | 'trades' | 'equity'): Promise<string | undefined> => {
    const found = await result(id);
    return found === undefined ? undefined : await drawing.document(kind, found);
  };
  return {
    html: async (id) => {
      const [recorded, found] = [await run(id), await result(id)];
      if (recorded === undefined || found === undefined) return undefined;
      return await drawing.report(found, {
        title: `${recorded.strategyName} on ${recorded.symbols.join(', ')}`,
        command: recorded.command,
        engineVersion: version,
        series: await seriesOf(await drawing.span(found), bars),
        module: await module(recorded.version),
        selection: await selection?.(id),
      });
    },
    json: (id) => document(id, 'json'),
    csv: document,
    model: async (id, file) => (await modelFiles(id))?.[FILE_OF[file]],
  };
}

export const comparisonsOf = ({ drawing, result }: Pick<ReportSources, 'drawing' | 'result'>): RunComparisons => ({
  of: async (ids) => {
    const results: string[] = [];
    for (const id of ids) {
      const found = await result(id);
      if (found === undefined) throw new Error(`Invariant: the run ${id} is done and has no result`);
      results.push(found);
    }
    return await drawing.compare(results);
  },
});
