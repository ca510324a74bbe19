/**
 * What a worker says: that it hears, and then an answer to each request. What is sent to it before it hears is lost, for the compiler awaits while
 * it loads.
 */
export type WorkerAnswer<T> =
  { readonly ready: true } | { readonly id: number; readonly value: T } | { readonly id: number; readonly failure: string };

interface Port {
  postMessage(message: unknown): void;
  addEventListener(kind: 'message', hear: (event: MessageEvent<unknown>) => void): void;
}

/** In a worker: answers each request, one after the other. What `handle` throws becomes a failure in words. */
export function serve(handle: (request: never) => unknown): void {
  const port = globalThis as unknown as Port;
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, request }: { readonly id: number; readonly request: unknown }): Promise<void> => {
    try {
      port.postMessage({ id, value: await handle(request as never) } satisfies WorkerAnswer<unknown>);
    } catch (error) {
      port.postMessage({ id, failure: error instanceof Error ? error.message : String(error) } satisfies WorkerAnswer<unknown>);
    }
  };
  port.addEventListener('message', (event) => {
    const message = event.data as { readonly id: number; readonly request: unknown };
    last = last.then(() => answer(message));
  });
  port.postMessage({ ready: true } satisfies WorkerAnswer<unknown>);
}
