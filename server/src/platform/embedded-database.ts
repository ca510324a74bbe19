import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from './database-unavailable.ts';

export interface EmbeddedWorkerData {
  /** Directory of the cluster; in memory where absent. */
  readonly dataDir: string | undefined;
  /** A dumped, empty cluster to start from: saves the 4 s of making one. */
  readonly baseTarball: string | undefined;
}

export type EmbeddedRequest =
  { readonly kind: 'exec'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly kind: 'dump' } | { readonly kind: 'close' };
export type EmbeddedReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'data'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly message: string };

/** An embedded PostgreSQL in a worker thread, spoken to in the wire protocol. */
export interface EmbeddedDatabase {
  /** The connection for `pg`: what is written in one corked turn crosses to the worker once. */
  stream(): Duplex;
  dump(): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

interface Waiter {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 0x58;

/** Rejects with {@link DatabaseUnavailable} when the cluster cannot be opened. */
export async function openEmbeddedDatabase(options: EmbeddedWorkerData): Promise<EmbeddedDatabase> {
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: options });
  const waiters: Waiter[] = [];
  let gone: Error | undefined;
  let exited: () => void = () => undefined;
  const exit = new Promise<void>((resolve) => (exited = resolve));

  const fail = (why: string): void => {
    gone ??= new DatabaseUnavailable(`The embedded database stopped: ${why}`);
    for (const waiter of waiters.splice(0)) waiter.reject(gone);
  };
  worker.on('error', (error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => {
    fail('its thread ended');
    exited();
  });
  worker.on('message', (reply: EmbeddedReply) => {
    const waiter = waiters.shift();
    if (reply.kind === 'failed') waiter?.reject(new DatabaseUnavailable(`The embedded database failed: ${reply.message}`));
    else waiter?.resolve(reply.kind === 'data' ? reply.bytes : new Uint8Array(0));
  });

  const expect = async (send: () => void): Promise<Uint8Array<ArrayBuffer>> => {
    if (gone !== undefined) throw gone;
    const answer = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => waiters.push({ resolve, reject }));
    send();
    return await answer;
  };
  const request = async (message: EmbeddedRequest): Promise<Uint8Array<ArrayBuffer>> =>
    await expect(() => worker.postMessage(message, message.kind === 'exec' ? [message.bytes.buffer] : []));

  try {
    await expect(() => undefined);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    stream: () => protocolStream(async (bytes) => await request({ kind: 'exec', bytes })),
    dump: async () => await request({ kind: 'dump' }),
    close: async () => {
      if (gone === undefined) await request({ kind: 'close' });
      await exit;
    },
  };
}

/**
 * A socket's stand-in. The start-up packet is answered here, since the embedded server has one session that is always on; a message
 * group (parse, bind, describe, execute, sync) arrives corked and is sent as one, because each crossing costs a round trip.
 */
function protocolStream(exchange: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>): Duplex {
  let started = false;
  const answer = async (chunks: readonly Uint8Array[]): Promise<Uint8Array | null> => {
    if (!started) {
      started = true;
      return Buffer.concat([AUTHENTICATION_OK, READY_FOR_QUERY]);
    }
    const bytes = joined(chunks);
    return bytes[0] === TERMINATE ? null : await exchange(bytes);
  };
  const send = async (chunks: readonly Uint8Array[], done: (error?: Error | null) => void): Promise<void> => {
    let failure: Error | null = null;
    try {
      stream.push(await answer(chunks));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    done(failure);
  };
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Uint8Array, _encoding, done) => void send([chunk], done),
    writev: (chunks, done) =>
      void send(
        chunks.map(({ chunk }) => chunk as Uint8Array),
        done,
      ),
  });
  // What `pg` asks of a socket, beyond a stream.
  return Object.assign(stream, {
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
    connect: () => {
      process.nextTick(() => stream.emit('connect'));
      return stream;
    },
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
