import type { SymbolSeries } from '@tidemark/compute';
import type { Kysely } from 'kysely';
import { startExchange } from '../exchange/server.ts';
import type { Adjustment, Timeframe } from '../market-data/bar.ts';
import type { AlpacaEndpoint } from '../market-data/providers/alpaca-client.ts';
import { alpacaProvider } from '../market-data/providers/alpaca.ts';
import { SAMPLE_SPAN, sampleMarket } from '../market-data/sample-data.ts';
import { fetchBars, readImport, saveImport } from '../market-data/service.ts';
import type { CsvImport, ImportReport } from '../market-data/service.ts';
import { storedBars } from '../graphql/capabilities/stored-bars.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { openDataDir } from '../platform/data-dir.ts';
import { openDatabase } from '../platform/database.ts';
import type { Database } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { namedEndpoint } from './endpoints.ts';
import { interruptible } from './signals.ts';
import type { Terminal } from './usage.ts';

export interface FetchOptions {
  readonly dataDir: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from: Instant;
  readonly to?: Instant;
  readonly adjustment: Adjustment;
  readonly exchange?: string;
  readonly exchangeUrl?: string;
}

/** Opens the database of the environment or of the folder, brought to this version, and closes it again whatever happens. */
export async function withDatabase<T>(
  dataDir: string,
  environment: NodeJS.ProcessEnv,
  use: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const url = environment['DATABASE_URL'];
  if (url === undefined) await openDataDir(dataDir);
  const database = await openDatabase(url === undefined ? { dataDir } : { url });
  try {
    await migrate(database.db);
    return await use(database.db);
  } finally {
    await database.close();
  }
}

/** The file is read before the database is opened: a bad one touches nothing. */
export async function importFile(dataDir: string, request: CsvImport, terminal: Terminal): Promise<ImportReport> {
  const read = await readImport(request);
  return interruptible((signal) => withDatabase(dataDir, terminal.environment, (db) => saveImport(db, read, request.adjustment, signal)));
}

interface Source {
  readonly endpoint: AlpacaEndpoint;
  close(): Promise<void>;
}

/** Without keys or an address: a simulated exchange of our own, all of whose sample bars are history. */
async function sourceOf(options: FetchOptions, terminal: Terminal): Promise<Source> {
  const endpoint = namedEndpoint(options.exchange, options.exchangeUrl, terminal.environment);
  if (endpoint !== undefined) return { endpoint, close: async () => undefined };
  terminal.err.write('No keys and no --exchange-url: fetching the sample bars from a simulated exchange\n');
  const exchange = await startExchange({ ...(await sampleMarket()), speed: 0, from: instant(SAMPLE_SPAN.to) });
  return { endpoint: { mode: 'simulated', keyId: 'tidemark', secret: 'simulated', baseUrl: exchange.url }, close: () => exchange.close() };
}

export async function fetchInto(options: FetchOptions, terminal: Terminal): Promise<ImportReport> {
  const source = await sourceOf(options, terminal);
  try {
    const { symbols, timeframe, from, to, adjustment } = options;
    const provider = alpacaProvider({ endpoint: source.endpoint, feed: 'iex' });
    const onPage = (bars: number): void => void terminal.err.write(`${bars} bars\n`);
    const request = { symbols, timeframe, from, adjustment, onPage, ...(to === undefined ? {} : { to }) };
    return await interruptible((signal) =>
      withDatabase(options.dataDir, terminal.environment, (db) => fetchBars(db, provider, { ...request, signal })),
    );
  } finally {
    await source.close();
  }
}

/** All bars of these symbols in the database, as a backtest takes them. Says what to do where there are none. */
export function storedSeries(
  dataDir: string,
  symbols: readonly string[],
  timeframe: Timeframe,
  terminal: Terminal,
): Promise<readonly SymbolSeries[]> {
  return withDatabase(dataDir, terminal.environment, async (db) => {
    const stored = storedBars(db);
    const series: SymbolSeries[] = [];
    for (const symbol of symbols) {
      const bars = await stored.read({ symbol, timeframe, from: undefined, to: undefined, last: undefined });
      if (bars.length === 0) throw new Error(`The database holds no ${timeframe} bars of ${symbol}: import or fetch them first`);
      series.push({ symbol, bars });
    }
    return series;
  });
}
