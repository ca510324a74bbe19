import { randomUUID } from 'node:crypto';
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { isRecord } from '../streams/socket.ts';
import { Collector, sdkFor, testExchange } from '../testing.ts';
import type { Exchange } from '../server.ts';
import type { ExchangeOptions } from '../options.ts';
import type { Answer, Listening, SimulatedWorld, Simulator, Update, World } from './case.ts';

const PAPER_HOST = 'paper-api.alpaca.markets';
const DEADLINE_MS = 10_000;

interface Keys {
  readonly keyId: string;
  readonly secret: string;
}

async function call(base: string, { keyId, secret }: Keys, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secret },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: isRecord(parsed) ? parsed : { rows: parsed }, headers: response.headers };
}

/** The broker's own client, listening to an account. */
async function listen(alpaca: Alpaca, url: string | undefined): Promise<Listening> {
  const collector = new Collector<Update>();
  const ready = new Collector<unknown>();
  const stream = alpaca.trading.stream({ reconnect: false, ...(url === undefined ? {} : { url }) });
  stream.onTradeUpdate((update) => collector.add(wireOf(update)));
  stream.on('subscription', (streams: unknown) => ready.add(streams));
  stream.subscribeTradeUpdates();
  stream.connect();
  await ready.until((all) => all.length > 0, 'the stream to listen');
  return { updates: collector.items, until: (done, what) => collector.until(done, what), close: () => stream.disconnect() };
}

/** An update under the names of the wire: the client renames some of its fields. */
function wireOf(update: unknown): Update {
  const fields = isRecord(update) ? update : {};
  const text = (name: string, other: string): string | undefined => {
    const value = fields[name] ?? fields[other];
    return typeof value === 'string' ? value : undefined;
  };
  const { order } = fields;
  return {
    event: text('event', 'event') ?? '',
    execution_id: text('execution_id', 'executionId') ?? null,
    ...(text('qty', 'qty') === undefined ? {} : { qty: text('qty', 'qty') ?? '' }),
    ...(text('price', 'price') === undefined ? {} : { price: text('price', 'price') ?? '' }),
    ...(text('position_qty', 'positionQty') === undefined ? {} : { position_qty: text('position_qty', 'positionQty') ?? '' }),
    order: isRecord(order) ? order : {},
  };
}

function simulatorOf(exchange: Exchange): Simulator {
  const sim = async (method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await call(exchange.url, { keyId: '', secret: '' }, method, `/sim/${path}`, body);
    if (answer.status >= 400) throw new Error(`/sim/${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    url: exchange.url,
    tradeStreamUrl: exchange.tradeStreamUrl,
    dataStreamUrl: exchange.dataStreamUrl,
    step: async (count = 1) => {
      for (let done = 0; done < count; done++) await exchange.step();
    },
    arm: async (fault) => void (await sim('POST', 'faults', fault)),
    disarm: async () => void (await sim('DELETE', 'faults')),
    fired: async () => (await sim('GET', 'faults'))['fired'] as Readonly<Record<string, number>>,
    steer: (path, body) => sim('POST', path, body),
  };
}

/** A simulated exchange of its own for one case. It stands before the first open; its symbol opens at 100. */
export async function simulatedWorld(options: Partial<ExchangeOptions> = {}): Promise<SimulatedWorld & { close(): Promise<void> }> {
  const exchange = await testExchange(options);
  const keys = { keyId: 'key', secret: 'secret' };
  const alpaca = sdkFor(exchange);
  await alpaca.trading.account.getAccount();
  return {
    alpaca,
    symbol: 'AAA',
    price: 100,
    call: (method, path, body) => call(exchange.url, keys, method, path, body),
    listen: () => listen(alpaca, exchange.tradeStreamUrl),
    unique: () => `case-${randomUUID()}`,
    simulator: simulatorOf(exchange),
    close: () => exchange.close(),
  };
}

/** Where a paper account is, from the environment; `undefined` without keys. Throws for any host that is not the broker's paper host. */
export function paperKeys(environment: Readonly<Record<string, string | undefined>>): Keys | undefined {
  const {
    TIDEMARK_CONFORMANCE_KEY_ID: keyId,
    TIDEMARK_CONFORMANCE_SECRET: secret,
    TIDEMARK_CONFORMANCE_HOST: host = PAPER_HOST,
  } = environment;
  if (host !== PAPER_HOST) throw new Error(`The conformance suite places orders: it runs at ${PAPER_HOST} only, not at ${host}`);
  if (keyId === undefined && secret === undefined) return undefined;
  if (!keyId || !secret) throw new Error('Give both TIDEMARK_CONFORMANCE_KEY_ID and TIDEMARK_CONFORMANCE_SECRET, or neither');
  if (!keyId.startsWith('PK')) throw new Error('TIDEMARK_CONFORMANCE_KEY_ID is not a paper key: those begin with PK');
  return { keyId, secret };
}

/** A real paper account. Its open orders are left alone; cases cancel what they place. */
export async function paperWorld(keys: Keys, symbol = 'SPY'): Promise<World & { readonly isOpen: boolean }> {
  const alpaca = new Alpaca({ ...keys, paper: true, retry: false, timeoutMs: DEADLINE_MS });
  const clock = await alpaca.trading.clock.legacyClock();
  const { trades } = await alpaca.marketData.stocks.stockLatestTrades({ symbols: symbol, feed: 'iex' });
  const price = trades[symbol]?.p;
  if (price === undefined) throw new Error(`the broker knows no price of ${symbol}`);
  return {
    alpaca,
    symbol,
    price,
    isOpen: clock.isOpen,
    call: (method, path, body) => call(`https://${PAPER_HOST}`, keys, method, path, body),
    listen: () => listen(alpaca, undefined),
    unique: () => `case-${randomUUID()}`,
  };
}
