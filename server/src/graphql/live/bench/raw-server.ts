import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Footprint, Listening } from './messages.ts';

/** What sockets and the machine can do: no GraphQL, the bytes of one event to everybody. */
let cursor = 0;
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { variables } = JSON.parse(body) as { variables: { reason: string } };
    cursor += 1;
    const order = { id: `order-${cursor}`, state: 'DENIED', symbol: 'SYNA', side: 'BUY', quantity: '1000000', filledQuantity: '0' };
    const event = { cursor: String(cursor), order: { ...order, limitPrice: '1', reason: variables.reason } };
    const bytes = Buffer.from(JSON.stringify({ id: '1', type: 'next', payload: { data: { orders: event } } }));
    for (const client of sockets.clients) client.send(bytes, { binary: false });
    response.end('{}');
  });
});
const sockets = new WebSocketServer({ server, path: '/graphql' });
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } satisfies Listening);
});
process.on('message', (message) => {
  if (message !== 'footprint') process.exit(0);
  const { user, system } = process.cpuUsage();
  process.send?.({ rssMb: process.memoryUsage.rss() / 2 ** 20, cpuMs: (user + system) / 1_000 } satisfies Footprint);
});
