import { parentPort } from 'node:worker_threads';
import { toPlainError, type WorkerMessage } from './worker-protocol.ts';

/** In a worker: answers each request with what `handle` returns or throws, one after the other. */
export function serveRequests(handle: (request: never, onProgress: (value: unknown) => void) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error('Invariant: this file runs in a worker');
  const post = (message: WorkerMessage): void => port.postMessage(message);
  const answer = async (request: unknown): Promise<void> => {
    try {
      post({ kind: 'answer', value: await handle(request as never, (value) => post({ kind: 'progress', value })) });
    } catch (error) {
      post({ kind: 'failure', error: toPlainError(error) });
    }
  };
  let last = Promise.resolve();
  port.on('message', (request: unknown) => {
    last = last.then(() => answer(request));
  });
  post({ kind: 'ready' });
}
