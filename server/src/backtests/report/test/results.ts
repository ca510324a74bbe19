import { compileBuiltIn, DEFAULT_BACKTEST_OPTIONS, readBarsCsv, runBacktest } from '@tidemark/compute';
import type { SymbolSeries } from '@tidemark/compute';
import type { BacktestOptions, BacktestResult, BarSeries, ParameterValues } from '@tidemark/compute/types';

const SAMPLE = new URL('../../../../sample-data/spx-daily-2000-2020.csv.gz', import.meta.url);

export interface RealRun {
  readonly result: BacktestResult;
  readonly bars: BarSeries;
  readonly series: readonly SymbolSeries[];
}

/** A backtest of a built-in strategy over the sample bars, or the first `length` of them. */
export async function realRun(
  strategy: string,
  parameters: ParameterValues,
  { length = Infinity, ...options }: Partial<BacktestOptions> & { readonly length?: number } = {},
): Promise<RealRun> {
  const [series] = (await readBarsCsv(SAMPLE.pathname, { onBad: 'fail' })).symbols;
  if (series === undefined) throw new Error('The sample file holds no bars');
  const [symbol, all] = series;
  const first = (column: Float64Array): Float64Array => column.subarray(0, Math.min(length, all.length));
  const { startAtMs, open, high, low, close, volume } = all;
  const bars: BarSeries = {
    length: Math.min(length, all.length),
    startAtMs: first(startAtMs),
    open: first(open),
    high: first(high),
    low: first(low),
    close: first(close),
    volume: first(volume),
  };
  const module = await compileBuiltIn(strategy);
  const request = { module, parameters, series: [{ symbol, bars }], options: { ...DEFAULT_BACKTEST_OPTIONS, ...options } };
  return { result: runBacktest(request), bars, series: request.series };
}

/** A small result made by hand: what is not given is empty or zero. */
export function plainResult(equity: readonly number[], changes: Partial<BacktestResult> = {}): BacktestResult {
  const timeOf = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().replace('.000', '');
  const points = equity.map((value, day) => ({ time: timeOf(day), equity: value }));
  const finalEquity = equity.at(-1) ?? 100;
  return {
    strategy: { name: 'by-hand', version: 'ab'.repeat(32), parameters: {} },
    data: { hash: 'cd'.repeat(32), symbols: ['SYM'], from: points[0]?.time ?? '', to: points.at(-1)?.time ?? '', bars: equity.length },
    options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 100 },
    metrics: {
      finalEquity,
      totalReturn: finalEquity / 100 - 1,
      cagr: null,
      volatility: null,
      sharpe: null,
      sortino: null,
      calmar: null,
      maxDrawdown: 0,
      trades: 0,
      winRate: null,
      profitFactor: null,
      expectancy: null,
      payoff: null,
      exposure: 0,
      turnover: null,
      fees: 0,
      slippage: 0,
      orders: 0,
      financing: 0,
      dividends: 0,
    },
    trades: [],
    equity: points,
    denials: [],
    decisions: [],
    ...changes,
  };
}
