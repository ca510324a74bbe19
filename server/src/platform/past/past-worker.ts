import { parentPort, workerData } from 'node:worker_threads';
import { fileReader, rowReader } from '../../journal/past/journal-reader.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import { pastStates } from '../../journal/past/past-states.ts';
import { openDatabase } from '../database.ts';
import type { PastReply, PastRequest, PastWorkerData } from './past.ts';

// A thread that reads the journal beside its writer: it makes snapshots and answers what was known at a past entry. One request after the other.

async function openReader({ place }: PastWorkerData): Promise<{ reader: JournalReader; close: () => Promise<void> }> {
  if (place.kind === 'files') return { reader: fileReader(place.dir), close: () => Promise.resolve() };
  const database = await openDatabase({ url: place.url, schema: place.schema, connectionsMax: 1 });
  return { reader: rowReader(database.db), close: database.close };
}

const data = workerData as PastWorkerData;
const port = parentPort;
if (port === null) throw new Error('Invariant: this file runs as a worker thread');
const { reader, close } = await openReader(data);
const reply = (answer: PastReply): void => port.postMessage(answer);
const states = pastStates({ reader, initial: data.initial, onIgnored: (message) => reply({ kind: 'ignored', message }) });

async function answer(request: Exclude<PastRequest, { kind: 'close' }>): Promise<PastReply> {
  try {
    if (request.kind === 'keep') return { kind: 'kept', id: request.id, problem: await states.keep(request.seq) };
    const { state, lives, problem } = await states.at(request.seq);
    if (request.kind === 'life') return { kind: 'life', id: request.id, life: lives.get(request.strategyId) ?? [], problem };
    return { kind: 'state', id: request.id, state, problem };
  } catch (error) {
    return { kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error) };
  }
}

let last: Promise<void> = Promise.resolve();
const serve = async (before: Promise<void>, request: PastRequest): Promise<void> => {
  await before;
  if (request.kind !== 'close') {
    reply(await answer(request));
    return;
  }
  await close();
  port.close();
};
port.on('message', (request: PastRequest) => {
  last = serve(last, request);
});
