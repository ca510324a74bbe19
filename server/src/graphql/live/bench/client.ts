import { WebSocket } from 'ws';
import { Gathered, sharedNowMs } from './figures.ts';
import type { ClientReport, ClientTask } from './messages.ts';

/**
 * The bench's client, a process of its own: opens sockets, subscribes, and notes for each message how long after the intended time of its event it came. What the
 * event carries as its reason is that time.
 */
type Opening = Extract<ClientTask, { kind: 'open' }>;

interface Reader {
  socket: WebSocket;
  events: number;
  cursor: number;
  reads: boolean;
}

const REASON = '"reason":"at ';
const CURSOR = '"cursor":"';
/** Sockets that are being opened at once: a listener's queue is finite. */
const OPENING_AT_ONCE = 100;

let opening: Opening | undefined;
let readers: Reader[] = [];
const latencies = new Gathered();
let deliveries = 0;
let disorders = 0;
const closed: Record<string, number> = {};

const numberAfter = (text: string, mark: string): number => {
  const from = text.indexOf(mark);
  return from < 0 ? Number.NaN : Number.parseFloat(text.slice(from + mark.length, from + mark.length + 20));
};

function take(reader: Reader, text: string): void {
  const cursor = numberAfter(text, CURSOR);
  if (!Number.isNaN(cursor)) {
    if (cursor <= reader.cursor) disorders += 1;
    reader.cursor = cursor;
  }
  const intendedAt = numberAfter(text, REASON);
  reader.events += 1;
  deliveries += 1;
  if (!Number.isNaN(intendedAt)) latencies.add(sharedNowMs() - intendedAt);
}

/** Resolves once the subscription has been asked for. */
function openOne(reader: Reader, { url, headers, protocol, query }: Opening): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url, protocol === 'graphql' ? 'graphql-transport-ws' : [], { headers, skipUTF8Validation: true });
  reader.socket = socket;
  socket.on('error', reject);
  socket.on('close', (code) => (closed[code] = (closed[code] ?? 0) + 1));
  socket.on('open', () => {
    if (protocol === 'raw') resolve();
    else socket.send('{"type":"connection_init"}');
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    if (protocol === 'raw' || text.includes('"type":"next"')) return take(reader, text);
    if (text.includes('"type":"connection_ack"')) {
      const variables = reader.cursor > 0 ? { after: String(reader.cursor) } : {};
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }), () => resolve());
    }
    if (text.includes('"type":"error"')) reject(new Error(text));
  });
  return promise;
}

async function openAll(task: Opening): Promise<void> {
  for (let from = 0; from < readers.length; from += OPENING_AT_ONCE)
    await Promise.all(readers.slice(from, from + OPENING_AT_ONCE).map((reader) => openOne(reader, task)));
}

async function closeAll(): Promise<void> {
  const ended = readers.map(
    ({ socket }) =>
      new Promise<void>((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve();
        socket.once('close', () => resolve());
        socket.terminate();
      }),
  );
  await Promise.all(ended);
}

async function carryOut(task: ClientTask): Promise<void> {
  switch (task.kind) {
    case 'open':
      opening = task;
      readers = Array.from({ length: task.connections }, (_, index) => ({
        socket: undefined as unknown as WebSocket,
        events: 0,
        cursor: 0,
        reads: index >= task.neverReading,
      }));
      await openAll(task);
      for (const { socket, reads } of readers) if (!reads) socket.pause();
      return;
    case 'measure':
      latencies.clear();
      deliveries = 0;
      disorders = 0;
      for (const reader of readers) reader.events = 0;
      return;
    case 'reconnect':
      if (opening === undefined) throw new Error('nothing was opened');
      await closeAll();
      await openAll(opening);
      return;
    case 'close':
      await closeAll();
      readers = [];
      return;
    case 'report':
      return;
  }
}

function report(startedAt: number): ClientReport {
  const events = readers.filter(({ reads }) => reads).map((reader) => reader.events);
  return {
    kind: 'done',
    deliveries,
    latencies: latencies.spread(),
    least: Math.min(...events),
    most: Math.max(...events),
    disorders,
    closed: { ...closed },
    tookMs: performance.now() - startedAt,
  };
}

process.on('message', (task: ClientTask) => {
  const startedAt = performance.now();
  carryOut(task).then(
    () => process.send?.(report(startedAt)),
    (error: unknown) => {
      process.stderr.write(`the bench's client: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ kind: 'ready' });
