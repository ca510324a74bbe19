import { readBarsCsv } from '@tidemark/compute/csv';
import type { Instrument } from '../instruments/instrument.ts';
import { equity } from '../instruments/service.ts';
import type { BarColumns } from '../market-data/bar.ts';
import { inferTimeframe } from '../market-data/infer-timeframe.ts';
import { SAMPLE_REPLAY_FROM, sampleMarket } from '../market-data/sample-data.ts';
import { symbolIn } from '../market-data/symbol-of-file.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

export interface Market {
  readonly bars: readonly BarColumns[];
  readonly instruments: readonly Instrument[];
  /** Where the played span begins; bars before it are history. */
  readonly from: Instant | undefined;
}

/** Bars of one timeframe from CSV files. A file without a symbol column is named after its file. */
async function marketOf(files: readonly string[]): Promise<Omit<Market, 'from'>> {
  const bars: BarColumns[] = [];
  for (const file of files) {
    const { symbols } = await readBarsCsv(file, { onBad: 'fail' });
    for (const [found, series] of symbols) {
      const symbol = symbolIn(file, found);
      const timeframe = inferTimeframe(series.startAtMs);
      if (timeframe === undefined) throw new Error(`${file}: the bars of ${symbol} have no steady timeframe (1Min to 1Day)`);
      bars.push({ ...series, symbol, timeframe });
    }
  }
  const timeframes = new Set(bars.map((columns) => columns.timeframe));
  if (timeframes.size > 1) throw new Error(`The files hold bars of several timeframes (${[...timeframes].join(', ')}): give files of one`);
  return { bars, instruments: bars.map(({ symbol }) => equity(symbol, symbol)) };
}

/** The market of an exchange that stands alone: these files, or the sample. */
export async function openMarket(files: readonly string[], from: Instant | undefined): Promise<Market> {
  if (files.length > 0) return { ...(await marketOf(files)), from };
  return { ...(await sampleMarket()), from: from ?? instant(SAMPLE_REPLAY_FROM) };
}
