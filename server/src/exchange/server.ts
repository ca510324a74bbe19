import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { openOptions } from '@tidemark/compute/options';
import { WebSocketServer } from 'ws';
import type { Instant } from '../money/instant.ts';
import { FaultBoard } from './faults/board.ts';
import { RestFaults } from './faults/rest-faults.ts';
import { StreamFaults } from './faults/stream-faults.ts';
import { VenueHost } from './host.ts';
import { authenticate, keyPairIn } from './http/authentication.ts';
import type { KeyPair } from './http/authentication.ts';
import { Gateway } from './http/gateway.ts';
import { fingerprintOf, lockFolder, venueIdOf } from './folder.ts';
import { Laps } from './market/laps.ts';
import type { MarketStep } from './market/replay.ts';
import { exchangeSessions } from './market/sessions.ts';
import { buildTape } from './market/tape.ts';
import { Metronome } from './metronome.ts';
import { OptionMarket } from './option-market/option-market.ts';
import type { OptionPricing } from './option-market/pricing.ts';
import { checkOptions, DEFAULTS, expectedPair, rulesOf } from './options.ts';
import type { ExchangeOptions } from './options.ts';
import { MarketDataStream } from './streams/market-data.ts';
import type { MarketDataOptions } from './streams/market-data.ts';
import type { Encoding } from './streams/socket.ts';
import { TradeUpdateStream } from './streams/trade-updates.ts';
import { recover, VenueLog } from './venue-log.ts';
import { Venue } from './venue.ts';

export type { ExchangeMode, ExchangeOptions } from './options.ts';
export { EXCHANGE_MODES, ExchangeOptionsError } from './options.ts';

const FRAME_BYTES_MAX = 1_048_576;
const DATA_PATHS: ReadonlySet<string> = new Set(['/v2/iex', '/v2/sip', '/v2/delayed_sip']);

/** A simulated exchange that is up. */
export interface Exchange {
  /** `http://127.0.0.1:4100`: where REST lives, under `/v2`. */
  readonly url: string;
  readonly port: number;
  readonly venueId: string;
  /** `ws://…/stream` and `ws://…/v2/iex`. */
  readonly tradeStreamUrl: string;
  readonly dataStreamUrl: string;
  /** The venue's clock. */
  now(): Instant;
  /** Plays one step; meant for speed 0. */
  step(): Promise<MarketStep>;
  readonly speed: number;
  setSpeed(barsPerMinute: number): void;
  /** Stops the clock and the sockets; what was kept stays kept. */
  close(): Promise<void>;
}

/** The options of a venue, which from now on are quoted to its core. */
function quotedBy(venue: Venue, math: OptionPricing): OptionMarket {
  const market = new OptionMarket(venue, math);
  venue.core.quoteOptions((symbol) => {
    const contract = market.contract(symbol);
    return contract?.active === true ? market.figures(contract) : undefined;
  });
  return market;
}

async function openHost(
  options: ExchangeOptions,
  warn: (message: string) => void,
): Promise<{ host: VenueHost; optionMarket: OptionMarket; release: () => Promise<void> }> {
  const times = options.sessions ?? exchangeSessions;
  const tape = buildTape(options.bars, times, options.from);
  if (tape.leftOut > 0) warn(`${tape.leftOut} bars lie outside of regular trading and are not played`);
  const laps = new Laps(tape, times);
  const spread = options.spread ?? DEFAULTS.spread;
  const { dataDir } = options;
  const math = await openOptions();
  if (dataDir === undefined) {
    const venue = new Venue(laps, rulesOf(options, options.venueId ?? randomUUID()));
    const optionMarket = quotedBy(venue, math);
    return { host: new VenueHost(venue, spread, undefined), optionMarket, release: () => Promise.resolve() };
  }
  const release = await lockFolder(dataDir);
  try {
    const fingerprint = fingerprintOf(tape, rulesOf(options, ''));
    const venueId = await venueIdOf(dataDir, fingerprint, () => options.venueId ?? randomUUID());
    const recovered = await recover(dataDir);
    if (recovered.bytesCut > 0) warn(`${recovered.bytesCut} bytes of an incomplete command were cut off the log in ${dataDir}`);
    const venue = new Venue(laps, rulesOf(options, venueId), recovered.snapshot);
    // Before the log is played again: orders in options were matched at these quotes.
    const optionMarket = quotedBy(venue, math);
    for (const command of recovered.commands) venue.replay(command);
    const log = await VenueLog.open(dataDir, recovered.sequence, () => venue.snapshot());
    return { host: new VenueHost(venue, spread, log), optionMarket, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('Invariant: a listening server has an address'));
      else resolve(address);
    });
  });
}

const refuseUpgrade = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

const dataOptionsOf = (options: ExchangeOptions): MarketDataOptions => ({
  authTimeoutMs: options.authTimeoutMs ?? DEFAULTS.authTimeoutMs,
  symbolLimit: options.symbolLimit,
  connectionLimit: options.connectionLimit,
});

/** Sockets of both streams. Maintenance closes them all. */
function openSockets(faults: FaultBoard): { readonly sockets: WebSocketServer; readonly closeStreams: () => void } {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: FRAME_BYTES_MAX });
  const closeStreams = (): void => {
    for (const client of sockets.clients) client.terminate();
  };
  faults.watch('maintenance', (armed) => {
    if (armed !== undefined) closeStreams();
  });
  return { sockets, closeStreams };
}

interface Streams {
  readonly tradeUpdates: TradeUpdateStream;
  readonly marketData: MarketDataStream;
}

/** Hands upgrades to the stream of their path, in the encoding that their `Content-Type` asks for. */
function acceptStreams(server: Server, sockets: WebSocketServer, streams: Streams, faults: FaultBoard, binaryTradeUpdates: boolean): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const pathname = URL.parse(request.url ?? '/', 'http://localhost')?.pathname;
    const msgpack = (request.headers['content-type'] ?? '').includes('msgpack');
    const encoding = (json: Encoding): Encoding => (msgpack ? 'msgpack' : json);
    const occasion = { path: pathname ?? '/' };
    if (faults.fires('maintenance', occasion) !== undefined) return refuseUpgrade(socket, '503 Service Unavailable');
    if (faults.fires('refuse-upgrade', occasion) !== undefined) return refuseUpgrade(socket, '429 Too Many Requests');
    if (pathname === '/stream') {
      sockets.handleUpgrade(request, socket, head, (client) => {
        streams.tradeUpdates.accept(client, encoding(binaryTradeUpdates ? 'binary-json' : 'text'));
      });
    } else if (pathname !== undefined && DATA_PATHS.has(pathname)) {
      sockets.handleUpgrade(request, socket, head, (client) =>
        streams.marketData.accept(client, encoding('text'), keyPairIn(request.headers)),
      );
    } else {
      refuseUpgrade(socket, '404 Not Found');
    }
  });
}

/**
 * Starts a simulated exchange that speaks the broker's REST and streams on one port. Throws `ExchangeOptionsError`, `TapeError` or
 * `VenueLogError` with a message for people.
 *
 * Mode `alpaca-paper`: an order fills whole at the price that touches it, whatever its size, without fees unless a commission rate is
 * given. Mode `realistic`: the orders of one step together take at most a tenth of its share of the bar's volume, the rest waits for the
 * next step; regulators' fees are summed over the day and charged at its close. Neither has interest, borrow fees or dividends.
 */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  checkOptions(options);
  const expected = expectedPair(options);
  const warn = options.onWarning ?? ((message: string) => process.stderr.write(`${message}\n`));
  const { host, optionMarket, release } = await openHost(options, warn);

  const identify = async (pair: KeyPair | undefined): Promise<string | undefined> => {
    const accountId = authenticate(pair, expected);
    if (accountId !== undefined) await host.openAccount(accountId);
    return accountId;
  };
  const faults = new FaultBoard(options.faultSeed ?? 0, () => performance.now());
  const tradeUpdates = new TradeUpdateStream(host, identify, new StreamFaults(faults));
  const marketData = new MarketDataStream(host, identify, dataOptionsOf(options), faults);
  host.listen({ onEvents: (events) => tradeUpdates.publish(events), onStep: (step) => marketData.publish(step) });

  const metronome = new Metronome(
    () => host.step(),
    (error) => warn(`The exchange's clock has stopped: ${error instanceof Error ? error.message : String(error)}`),
  );
  const { sockets, closeStreams } = openSockets(faults);
  const gateway = new Gateway({
    host,
    optionMarket,
    metronome,
    faults,
    restFaults: new RestFaults(faults, () => host.venue.core),
    disturb: (action, count) => (action === 'close' ? closeStreams() : tradeUpdates.disturb(action, count)),
    mode: options.mode ?? 'alpaca-paper',
    authenticate: identify,
    rateLimitPerMinute: options.rateLimitPerMinute ?? DEFAULTS.rateLimitPerMinute,
    onWarning: warn,
  });
  const server = createServer((request, response) => {
    gateway.handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  acceptStreams(server, sockets, { tradeUpdates, marketData }, faults, options.binaryTradeUpdates ?? true);

  const address = options.host ?? '127.0.0.1';
  const { port } = await listen(server, options.port ?? 0, address).catch(async (error: unknown) => {
    await host.close();
    await release();
    throw error;
  });
  metronome.setSpeed(options.speed ?? DEFAULTS.speed);

  const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return {
    url: `http://${authority}`,
    port,
    venueId: host.options.venueId,
    tradeStreamUrl: `ws://${authority}/stream`,
    dataStreamUrl: `ws://${authority}/v2/iex`,
    now: () => host.venue.now,
    step: () => host.step(),
    get speed() {
      return metronome.speed;
    },
    setSpeed: (barsPerMinute) => metronome.setSpeed(barsPerMinute),
    close: async () => {
      await metronome.stop();
      closeStreams();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await host.close();
      await release();
    },
  };
}
