import { expect, test } from 'vitest';
import { Ended, WorkerClient } from './worker-client.ts';

/** A worker that says what it is told to say. */
class Told {
  onmessage: ((event: { readonly data: unknown }) => void) | undefined;
  onerror: unknown;
  readonly sent: { readonly id: number; readonly request: string }[] = [];
  postMessage(message: { readonly id: number; readonly request: string }): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.onmessage = undefined;
  }
}

function opened() {
  const workers: Told[] = [];
  const client = new WorkerClient<string, string>(() => {
    const worker = new Told();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  return { client, workers };
}

test('who waits for a worker that is ended while it loads is told why, and the next one is answered by another', async () => {
  const { client, workers } = opened();
  const first = client.ask('one', 60_000, 'late');
  client.end('Something newer came.');
  await expect(first).rejects.toThrow(Ended);
  const second = client.ask('two', 60_000, 'late');
  workers[1]?.onmessage?.({ data: { ready: true } });
  await expect.poll(() => workers[1]?.sent).toEqual([{ id: 1, request: 'two' }]);
  workers[1]?.onmessage?.({ data: { id: 1, value: 'done' } });
  expect(await second).toBe('done');
  client.end('The page is left.');
  expect(workers).toHaveLength(2);
});
