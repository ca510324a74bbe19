import { builtInStrategies, compileBuiltIn, hashSeries, runBacktestInWorker } from '@tidemark/compute';
import type { BacktestResult, StrategyModule } from '@tidemark/compute/types';
import type { SymbolBars } from './report/baselines/marked-prices.ts';
import { EXTRA_BPS } from './report/cost-sensitivity.ts';
import type { DearerRun } from './report/cost-sensitivity.ts';

const BPS = 10_000;

/** Whether these bars and this module are all that the run depended on besides its options. */
export const canRunAgain = ({ data, strategy }: BacktestResult, module: StrategyModule, series: readonly SymbolBars[]): boolean =>
  module.version === strategy.version && data.actionsHash === undefined && data.finerHash === undefined && hashSeries(series) === data.hash;

/** The built-in strategy of that name, where it is still the version that ran. */
export async function builtInOf({ name, version }: BacktestResult['strategy']): Promise<StrategyModule | undefined> {
  if (!builtInStrategies().some((each) => each.name === name)) return undefined;
  const module = await compileBuiltIn(name);
  return module.version === version ? module : undefined;
}

/** The run again, by its own module over its own bars, with each fill dearer by so many basis points. `undefined` where that cannot be. */
export async function dearerRunsOf(
  result: BacktestResult,
  module: StrategyModule | undefined,
  series: readonly SymbolBars[],
): Promise<readonly DearerRun[] | undefined> {
  if (module === undefined || !canRunAgain(result, module, series)) return undefined;
  const { options, strategy } = result;
  const found: DearerRun[] = [];
  for (const extraBps of EXTRA_BPS) {
    const dearer = { ...options, commissionRate: options.commissionRate + extraBps / BPS };
    const { metrics } = await runBacktestInWorker({ module, parameters: strategy.parameters, series, options: dearer });
    found.push({ extraBps, totalReturn: metrics.totalReturn, sharpe: metrics.sharpe });
  }
  return found;
}
