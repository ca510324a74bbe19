import { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Instrument } from '../instruments/instrument.ts';
import type { BarColumns, Timeframe } from '../market-data/bar.ts';
import { instant } from '../money/instant.ts';
import { listed } from './core/testing.ts';
import type { ExchangeOptions } from './options.ts';
import { startExchange } from './server.ts';
import type { Exchange } from './server.ts';

type Row = readonly [start: string, open: number, high: number, low: number, close: number];

/** Columns from rows of text and numbers; each bar has a volume of 1,000. */
export function columnsOf(symbol: string, rows: readonly Row[], timeframe: Timeframe = '1Day'): BarColumns {
  const column = (index: 1 | 2 | 3 | 4): Float64Array => Float64Array.from(rows, (row) => row[index]);
  return {
    symbol,
    timeframe,
    length: rows.length,
    startAtMs: Float64Array.from(rows, ([start]) => instant(start)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: new Float64Array(rows.length).fill(1000),
  };
}

/** Four days of 2024, Wednesday 28 February to Monday 4 March: AAA falls first each day, BBB misses the third one. */
export const AAA = columnsOf('AAA', [
  ['2024-02-28', 100, 104, 98, 102],
  ['2024-02-29', 103, 106, 101, 105],
  ['2024-03-01', 104, 107, 103, 106],
  ['2024-03-04', 106, 112, 105, 110],
]);
export const BBB = columnsOf('BBB', [
  ['2024-02-28', 50, 51, 49, 49.5],
  ['2024-02-29', 49, 50, 47, 48],
  ['2024-03-04', 48, 49, 44, 45],
]);

export const INSTRUMENTS: readonly Instrument[] = [listed('AAA'), listed('BBB'), listed('CCC')];

/** An exchange that stands still until stepped. */
export const testExchange = (given: Partial<ExchangeOptions> = {}): Promise<Exchange> =>
  startExchange({ bars: [AAA, BBB], instruments: INSTRUMENTS, speed: 0, venueId: 'test', onWarning: () => undefined, ...given });

/** The real SDK, its hosts rewritten to an exchange's. */
export function sdkFor(exchange: Pick<Exchange, 'url'>, keyId = 'key', secret = 'secret'): Alpaca {
  return new Alpaca({
    keyId,
    secret,
    paper: true,
    retry: false,
    fetchApi: (input, init) => {
      const { pathname, search } = new URL(input);
      return fetch(new URL(pathname + search, exchange.url), init);
    },
  });
}

/** Collects what a stream delivers; `until` waits for a condition, up to a deadline. */
export class Collector<T> {
  readonly items: T[] = [];
  #wake: (() => void) | undefined;

  add(item: T): void {
    this.items.push(item);
    this.#wake?.();
  }

  async until(done: (items: readonly T[]) => boolean, what: string): Promise<readonly T[]> {
    const deadline = AbortSignal.timeout(10_000);
    while (!done(this.items)) {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        deadline.addEventListener('abort', () => reject(new Error(`waited in vain for ${what}; got ${JSON.stringify(this.items)}`)), {
          once: true,
        });
      });
    }
    return this.items;
  }
}
