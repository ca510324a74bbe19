import type { BacktestResult } from '@tidemark/compute/types';
import type { Timeframe } from '../market-data/bar.ts';
import { inferTimeframe } from '../market-data/infer-timeframe.ts';

/** The timeframe of the bars that a run was over, by its marks; `undefined` where they are fewer than two or fit none. */
export const timeframeOfRun = ({ equity }: Pick<BacktestResult, 'equity'>): Timeframe | undefined =>
  inferTimeframe(Float64Array.from(equity, ({ time }) => Date.parse(time)));

const YEAR_MS = 365.25 * 86_400_000;
const SESSIONS_A_YEAR = 252;

/** How many bars like those of the run a year has: by the time that it spans, or where that is less than a month, by its days. */
export function barsPerYearOf({ equity }: Pick<BacktestResult, 'equity'>): number {
  const [first, last] = [equity.at(0)?.time ?? '', equity.at(-1)?.time ?? ''];
  const years = (Date.parse(last) - Date.parse(first)) / YEAR_MS;
  if (years >= 1 / 12) return (equity.length - 1) / years;
  return (equity.length / new Set(equity.map(({ time }) => time.slice(0, 10))).size) * SESSIONS_A_YEAR;
}
