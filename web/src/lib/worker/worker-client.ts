import type { WorkerAnswer } from './serve.ts';

/** A request was given up: it took too long, or something newer came. */
export class Ended extends Error {
  override readonly name = 'Ended';
}

interface Waiting<A> {
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

/** A worker that is opened when it is first needed, and can be ended in the middle of whatever it does: the next request opens another. */
export class WorkerClient<Q, A> {
  readonly #open: () => Worker;
  #worker: Worker | undefined;
  #isReady: Promise<void> | undefined;
  #giveUpLoading: (error: Error) => void = () => undefined;
  #waiting = new Map<number, Waiting<A>>();
  #asked = 0;

  constructor(open: () => Worker) {
    this.#open = open;
  }

  /** Loads it, so that the first answer comes sooner. */
  warm(): void {
    void this.#ready().catch(() => this.end('The worker did not start.'));
  }

  /** Rejects with {@link Ended} at the deadline, which counts from when the worker has loaded, or when `end` is called. */
  async ask(request: Q, deadlineMs: number, late: string): Promise<A> {
    await this.#ready();
    const worker = this.#worker;
    if (worker === undefined) throw new Ended('The worker was ended.');
    this.#asked += 1;
    const id = this.#asked;
    return await new Promise<A>((resolve, reject) => {
      const timer = setTimeout(() => this.end(late), deadlineMs);
      this.#waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      worker.postMessage({ id, request });
    });
  }

  /** Ends the thread and with it an endless loop; whoever waits is told why. */
  end(why: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = undefined;
    this.#giveUpLoading(new Ended(why));
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const each of waiting.values()) each.reject(new Ended(why));
  }

  #ready(): Promise<void> {
    this.#isReady ??= new Promise<void>((resolve, reject) => {
      const worker = this.#open();
      this.#worker = worker;
      this.#giveUpLoading = reject;
      worker.onmessage = ({ data }: MessageEvent<WorkerAnswer<A>>) => {
        if ('ready' in data) resolve();
        else this.#answer(data);
      };
      worker.onerror = (event) => {
        const error = new Error(event.message || 'The worker could not be loaded: load the page again.');
        reject(error);
        this.end(error.message);
      };
    });
    return this.#isReady;
  }

  #answer(data: Exclude<WorkerAnswer<A>, { readonly ready: true }>): void {
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if ('failure' in data) waiting?.reject(new Error(data.failure));
    else waiting?.resolve(data.value);
  }
}
