import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { EmbeddedReply, EmbeddedRequest, EmbeddedWorkerData } from './embedded-database.ts';

// PGlite computes on the thread that calls it: in here a heavy query holds up nobody's event loop.

const port = parentPort;
if (port === null) throw new Error('Invariant: the embedded database runs in a worker thread');
const options = workerData as EmbeddedWorkerData;

async function start(): Promise<PGlite> {
  const base = options.baseTarball === undefined ? undefined : new Blob([await readFile(options.baseTarball)]);
  const lite = new PGlite({
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(base === undefined ? {} : { loadDataDir: base }),
  });
  await lite.waitReady;
  return lite;
}

async function answer(lite: PGlite, request: EmbeddedRequest): Promise<EmbeddedReply> {
  switch (request.kind) {
    case 'exec':
      return { kind: 'data', bytes: (await lite.execProtocolRaw(request.bytes)).slice() };
    case 'dump':
      return { kind: 'data', bytes: new Uint8Array(await (await lite.dumpDataDir('none')).arrayBuffer()) };
    case 'close':
      await lite.close();
      return { kind: 'data', bytes: new Uint8Array(0) };
  }
}

const describe = (error: unknown): EmbeddedReply => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });

try {
  const lite = await start();
  // Requests are answered in the order of their arrival, each before the next begins.
  let last: Promise<void> = Promise.resolve();
  const serve = async (before: Promise<void>, request: EmbeddedRequest): Promise<void> => {
    await before;
    const reply = await answer(lite, request).catch(describe);
    port.postMessage(reply, reply.kind === 'data' ? [reply.bytes.buffer] : []);
    if (request.kind === 'close') port.close();
  };
  port.on('message', (request: EmbeddedRequest) => {
    last = serve(last, request);
  });
  port.postMessage({ kind: 'ready' } satisfies EmbeddedReply);
} catch (error) {
  port.postMessage(describe(error));
}
