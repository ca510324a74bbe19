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
export function serve<Q, A>(handle: (request: Q) => A | Promise<A>): void {
  const port = globalThis as unknown as Port;
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, request }: { readonly id: number; readonly request: Q }): Promise<void> => {
    try {
      port.postMessage({ id, value: await handle(request) } satisfies WorkerAnswer<A>);
    } catch (error) {
      port.postMessage({ id, failure: error instanceof Error ? error.message : String(error) } satisfies WorkerAnswer<A>);
    }
  };
  port.addEventListener('message', (event) => {
    const message = event.data as { readonly id: number; readonly request: Q };
    last = last.then(() => answer(message));
  });
  port.postMessage({ ready: true } satisfies WorkerAnswer<A>);
}
