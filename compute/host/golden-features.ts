import { parseBarsCsv } from './csv.ts';
import { goldenText } from './golden-statistics.ts';
import type { BarSeries } from './types.ts';

/** Bars of a golden file, for tests only. */
export function goldenBars(dataset: string): BarSeries {
  const [symbol = ''] = dataset.split('_');
  const { symbols } = parseBarsCsv(new TextEncoder().encode(goldenText(`data/${dataset}.csv`)), dataset, { symbol, ignoreExtra: true });
  const bars = [...symbols.values()][0];
  if (bars === undefined) throw new Error(`The golden file ${dataset} has no bars`);
  return bars;
}

/** Which bars the golden features were made of. */
const DATASETS: Readonly<Record<string, string>> = { AAPL: 'AAPL_daily_leanadj_1998_2021', SPX: 'SPX_daily_2000_2020' };

export interface GoldenFeatures {
  readonly bars: BarSeries;
  /** The largest distance of values, one a bar, from a golden column, over its rows. */
  readonly distance: (values: Float64Array, column: string) => number;
}

/** Features and targets of an independent program, with the bars that they were made of. For tests only. */
export function goldenFeatures(tag: string): GoldenFeatures {
  const bars = goldenBars(DATASETS[tag] ?? '');
  const dates = new Map(Array.from(bars.startAtMs, (atMs, bar) => [new Date(atMs).toISOString().slice(0, 10), bar]));
  const [names = [], ...rows] = goldenText(`ml/features_${tag}.csv.gz`)
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  const date = names.indexOf('date');
  const distance = (values: Float64Array, column: string): number => {
    const place = names.indexOf(column);
    const apart = rows.map((cells) => Math.abs((values[dates.get(cells[date] ?? '') ?? -1] ?? Number.NaN) - Number(cells[place])));
    return apart.reduce((most, each) => Math.max(most, each), 0);
  };
  return { bars, distance };
}
