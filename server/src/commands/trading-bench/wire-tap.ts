import { Worker } from 'node:worker_threads';

/** Something that has left for the exchange, at a time that all threads of the machine share. */
export interface OnTheWire {
  readonly kind: 'order' | 'cancel';
  /** Our id of an order; the broker's of a cancel. */
  readonly id: string;
  readonly atMs: number;
}

/** Milliseconds that mean the same in every thread. */
export const sharedNowMs = (): number => performance.timeOrigin + performance.now();

export interface WireTap {
  readonly url: string;
  readonly seen: readonly OnTheWire[];
  readonly close: () => Promise<void>;
}

/** A thread between the server and the exchange that notes when each request came out of the socket: what is measured there has truly left. */
export async function tapWire(exchangeUrl: string): Promise<WireTap> {
  const worker = new Worker(new URL('./wire-tap-thread.ts', import.meta.url), { workerData: { exchangeUrl } });
  const seen: OnTheWire[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message: { readonly url: string } | OnTheWire) => {
      if ('url' in message) resolve(message.url);
      else seen.push(message);
    });
  });
  return { url, seen, close: async () => void (await worker.terminate()) };
}
