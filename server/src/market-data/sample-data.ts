import { fileURLToPath } from 'node:url';
import { readBarsCsv } from '@tidemark/compute/csv';
import type { Instrument } from '../instruments/instrument.ts';
import { equity } from '../instruments/service.ts';
import type { BarColumns } from './bar.ts';
import { syntheticDaily, syntheticMinutes } from './synthetic.ts';
import type { SyntheticRecipe } from './synthetic.ts';

const folder = new URL('../../sample-data/', import.meta.url);

/** Real series: their sources and licences stand in `server/sample-data/README.md`. */
const REAL = [
  { symbol: 'AAPL', name: 'Apple Inc.', file: 'aapl-daily-2013-2018.csv.gz', broad: false, sector: 'Technology' },
  { symbol: 'SPX', name: 'S&P 500 index, traded as if it were a fund', file: 'spx-daily-2000-2020.csv.gz', broad: true, sector: undefined },
] as const;

/** The span in which every sample instrument has bars. */
export const SAMPLE_SPAN = { from: '2013-05-13', to: '2018-05-11' } as const;

/** Where the minute bars of the sample lie. */
export const SAMPLE_MINUTE_SPAN = { from: '2018-05-07', to: '2018-05-11' } as const;

const recipe = (symbol: string, seed: number, firstPrice: number, volatility: number, drift: number, volume: number): SyntheticRecipe => ({
  symbol,
  seed,
  firstPrice,
  drift: [drift, -drift],
  volatility: [volatility, volatility * 2.2],
  volume,
});

const SYNTHETIC: readonly (SyntheticRecipe & { readonly name: string; readonly sector: string })[] = [
  { ...recipe('SYNA', 1, 84, 0.011, 0.0006, 6_000_000), name: 'Synthetic Alder (seed 1)', sector: 'Materials' },
  { ...recipe('SYNB', 2, 132, 0.013, 0.0005, 4_500_000), name: 'Synthetic Birch (seed 2)', sector: 'Energy' },
  { ...recipe('SYNC', 3, 47, 0.016, 0.0007, 8_000_000), name: 'Synthetic Cedar (seed 3)', sector: 'Industrials' },
  { ...recipe('SYND', 4, 210, 0.009, 0.0004, 3_000_000), name: 'Synthetic Dogwood (seed 4)', sector: 'Utilities' },
  { ...recipe('SYNE', 5, 61, 0.018, 0.0005, 7_000_000), name: 'Synthetic Elm (seed 5)', sector: 'Health care' },
  { ...recipe('SYNF', 6, 98, 0.012, 0.0003, 5_000_000), name: 'Synthetic Fir (seed 6)', sector: 'Financials' },
];

export interface SampleData {
  readonly instruments: readonly Instrument[];
  /** Daily bars of every instrument, whole spans. */
  readonly daily: readonly BarColumns[];
  /** Minute bars of two synthetic instruments. */
  readonly minutes: readonly BarColumns[];
}

/** As the simulated exchange lists it: its shares can be borrowed, and its sector is known. */
const listed = (instrument: Instrument, sector: string | undefined): Instrument => ({
  ...instrument,
  easyToBorrow: true,
  ...(sector === undefined ? {} : { sector }),
});

/** Reads the real sample bars and generates the synthetic ones: 2 real and 6 synthetic daily series, 2 synthetic minute series. */
export async function loadSampleData(): Promise<SampleData> {
  const real = await Promise.all(
    REAL.map(async ({ symbol, file }): Promise<BarColumns> => {
      const { symbols } = await readBarsCsv(fileURLToPath(new URL(file, folder)), { onBad: 'fail' });
      const series = symbols.get(symbol);
      if (series === undefined) throw new Error(`Invariant: ${file} holds no bars of ${symbol}`);
      return { symbol, timeframe: '1Day', ...series };
    }),
  );
  return {
    instruments: [
      ...REAL.map(({ symbol, name, broad, sector }) => listed(equity(symbol, name, 'real', broad), sector)),
      ...SYNTHETIC.map(({ symbol, name, sector }) => listed(equity(symbol, name, 'synthetic'), sector)),
    ],
    daily: [...real, ...SYNTHETIC.map((synthetic) => syntheticDaily(synthetic, SAMPLE_SPAN.from, SAMPLE_SPAN.to))],
    minutes: SYNTHETIC.slice(0, 2).map((synthetic) => syntheticMinutes(synthetic, SAMPLE_MINUTE_SPAN.from, SAMPLE_MINUTE_SPAN.to)),
  };
}

const DAY_MS = 86_400_000;

/** Where the replay of the sample begins: two and a half years of history before it, and as much to play. */
export const SAMPLE_REPLAY_FROM = '2016-01-04';

function until(bars: BarColumns, endMs: number): BarColumns {
  const past = bars.startAtMs.findIndex((startAt) => startAt >= endMs);
  if (past < 0) return bars;
  const cut = (column: Float64Array): Float64Array => column.subarray(0, past);
  return {
    ...bars,
    length: past,
    startAtMs: cut(bars.startAtMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

/** The daily sample, cut where the first series ends, so that every instrument trades to the end of a replay. */
export async function sampleMarket(): Promise<{ readonly bars: readonly BarColumns[]; readonly instruments: readonly Instrument[] }> {
  const { daily, instruments } = await loadSampleData();
  const endMs = Date.parse(`${SAMPLE_SPAN.to}T00:00:00Z`) + DAY_MS;
  return { bars: daily.map((bars) => until(bars, endMs)), instruments };
}
