import type { BacktestResult } from '@tidemark/compute/types';
import type { Timeframe } from '../market-data/bar.ts';
import { inferTimeframe } from '../market-data/infer-timeframe.ts';

/** The timeframe of the bars that a run was over, by its marks; `undefined` where they are fewer than two or fit none. */
export const timeframeOfRun = ({ equity }: Pick<BacktestResult, 'equity'>): Timeframe | undefined =>
  inferTimeframe(Float64Array.from(equity, ({ time }) => Date.parse(time)));
