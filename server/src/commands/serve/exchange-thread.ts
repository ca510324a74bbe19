import { parentPort, workerData } from 'node:worker_threads';
import { startExchange } from '../../exchange/server.ts';
import { SAMPLE_REPLAY_FROM, sampleMarket } from '../../market-data/sample-data.ts';
import { instant } from '../../money/instant.ts';

/** What the thread is started with. */
export interface ExchangeThreadData {
  readonly dataDir: string;
  readonly keyId: string;
  readonly secret: string;
  /** First date that is played; the default of the sample where absent. */
  readonly from: string | undefined;
}

export type ToExchange = { readonly kind: 'speed'; readonly barsPerMinute: number } | { readonly kind: 'close' };
export type FromExchange =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('Invariant: the exchange thread is started as a worker');
const { dataDir, keyId, secret, from } = workerData as ExchangeThreadData;
const tell = (message: FromExchange): void => port.postMessage(message);

try {
  const exchange = await startExchange({
    ...(await sampleMarket()),
    dataDir,
    keyId,
    secret,
    // It stands still until the server is ready to listen, so that no bar is played to nobody.
    speed: 0,
    from: instant(from ?? SAMPLE_REPLAY_FROM),
    onWarning: (message) => tell({ kind: 'warning', message }),
  });
  port.on('message', (message: ToExchange) => {
    if (message.kind === 'speed') exchange.setSpeed(message.barsPerMinute);
    else void exchange.close().then(() => port.close());
  });
  tell({ kind: 'ready', url: exchange.url });
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  port.close();
}
