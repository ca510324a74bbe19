import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { sharedNowMs } from './wire-tap.ts';
import type { OnTheWire } from './wire-tap.ts';

const parent = parentPort;
if (parent === null) throw new Error('Invariant: this file runs as a worker thread');
const { exchangeUrl } = workerData as { readonly exchangeUrl: string };
const { hostname, port } = new URL(exchangeUrl);

const note = (text: string): void => {
  const atMs = sharedNowMs();
  for (const [, id = ''] of text.matchAll(/"client_order_id":\s*"([^"]+)"/g))
    parent.postMessage({ kind: 'order', id, atMs } satisfies OnTheWire);
  for (const [, id = ''] of text.matchAll(/DELETE \/v2\/orders\/([\w-]+)/g))
    parent.postMessage({ kind: 'cancel', id, atMs } satisfies OnTheWire);
};

const server = createServer({ noDelay: true }, (client) => {
  const exchange = connect({ host: hostname, port: Number(port), noDelay: true });
  client.on('data', (bytes) => note(bytes.toString('latin1')));
  client.pipe(exchange);
  exchange.pipe(client);
  client.on('error', () => exchange.destroy());
  exchange.on('error', () => client.destroy());
});
server.listen(0, '127.0.0.1', () => parent.postMessage({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
