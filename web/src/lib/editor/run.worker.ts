import { simulate } from '@tidemark/compute/browser';
import type { BacktestResult, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import { columnsOf, hashBars } from './bars.ts';
import type { ToldBar } from './bars.ts';
import { RUN_OPTIONS } from './run-options.ts';
import { serve } from '#lib/worker/serve.ts';

export interface RunRequest {
  readonly module: StrategyModule;
  readonly parameters: ParameterValues;
  readonly symbol: string;
  readonly bars: readonly ToldBar[];
}

/** The author's module over bars, in a thread that can be ended. */
serve(async ({ module, parameters, symbol, bars: told }: RunRequest): Promise<BacktestResult> => {
  const bars = columnsOf(told);
  return simulate({ module, parameters, series: [{ symbol, bars }], options: RUN_OPTIONS }, { hash: await hashBars(symbol, bars) });
});
