import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AlpacaEndpoint } from '../../market-data/providers/alpaca-client.ts';
import type { ExchangeThreadData, FromExchange, ToExchange } from './exchange-thread.ts';

/** The simulated exchange in a thread of the server: it ends with the process, and remembers where it was. */
export interface SimulatedExchange {
  readonly endpoint: AlpacaEndpoint;
  /** Bars a minute of real time; it stands still until this is called. */
  setSpeed(barsPerMinute: number): void;
  close(): Promise<void>;
}

const KEY_ID = 'tidemark';
const SECRET_BYTES = 24;

/** The account's secret is made once and kept with the exchange: no other program on this machine can trade in it. */
async function secretIn(folder: string): Promise<string> {
  const path = join(folder, 'secret');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  await writeFile(path, secret, { mode: 0o600, flag: 'wx', flush: true });
  return secret;
}

export async function startSimulatedExchange(
  dataDir: string,
  from: string | undefined,
  report: (message: string) => void,
): Promise<SimulatedExchange> {
  const folder = join(dataDir, 'exchange');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secret = await secretIn(folder);
  const workerData: ExchangeThreadData = { dataDir: folder, keyId: KEY_ID, secret, from };
  const worker = new Worker(new URL('exchange-thread.ts', import.meta.url), { workerData });
  const send = (message: ToExchange): void => worker.postMessage(message);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message: FromExchange) => {
      if (message.kind === 'ready') resolve(message.url);
      else if (message.kind === 'warning') report(message.message);
      else reject(new Error(`The simulated exchange did not start: ${message.message}`));
    });
  });
  worker.on('error', (error: unknown) =>
    report(`the simulated exchange has stopped: ${error instanceof Error ? error.message : String(error)}`),
  );
  return {
    endpoint: { keyId: KEY_ID, secret, mode: 'simulated', baseUrl: url },
    setSpeed: (barsPerMinute) => send({ kind: 'speed', barsPerMinute }),
    close: async () => {
      send({ kind: 'close' });
      await ended;
    },
  };
}
