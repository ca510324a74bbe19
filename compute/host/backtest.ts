import { createHash } from 'node:crypto';
import type { BacktestRequest } from './kernel-run.ts';
import { simulate, type DataHashes } from './simulate.ts';
import { cutSeries, type SymbolSeries } from './timeline.ts';
import type { BacktestResult } from './types.ts';

/**
 * SHA-256, in hex, of bars: for each symbol its name, a line feed, the number of bars in decimal, a line feed, then the columns
 * startAtMs, open, high, low, close, volume one after the other as little-endian doubles.
 */
export function hashSeries(series: readonly SymbolSeries[]): string {
  const hash = createHash('sha256');
  for (const { symbol, bars } of series) {
    hash.update(`${symbol}\n${bars.length}\n`);
    for (const column of [bars.startAtMs, bars.open, bars.high, bars.low, bars.close, bars.volume]) {
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  return hash.digest('hex');
}

/** The data hash of a request: of the bars that it uses, from `from` to `to`. */
export function dataHashOf(request: BacktestRequest): string {
  const { series, from, to } = request;
  return request.dataHash ?? hashSeries(series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, from, to) })));
}

/** Of everything that a result depends on besides strategy and options: the bars, and corporate actions and finer bars where there are any. */
export function dataHashesOf(request: BacktestRequest): DataHashes {
  const { actions, finerBars } = request;
  const listed = Object.entries(actions ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const finer = Object.entries(finerBars ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    hash: dataHashOf(request),
    ...(listed.length === 0 ? {} : { actionsHash: createHash('sha256').update(JSON.stringify(listed)).digest('hex') }),
    ...(finer.length === 0 ? {} : { finerHash: hashSeries(finer.map(([symbol, bars]) => ({ symbol, bars }))) }),
  };
}

/** {@link simulate}, in this thread, with the hashes of what was used. */
export function runBacktest(request: BacktestRequest): BacktestResult {
  return simulate(request, dataHashesOf(request));
}
