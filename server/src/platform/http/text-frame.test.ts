import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './text-frame.ts';

const text = (bytes: number): string => randomBytes(bytes).toString('base64').slice(0, bytes);
/** Around the two places where the length of a message takes more bytes. */
const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] as const;

test.each(SIZES)('a message of %i bytes has the frame that the library gives it', (bytes) => {
  // Newer than the library's types.
  const { Sender } = createRequire(import.meta.url)('ws') as {
    readonly Sender: { readonly frame: (data: Buffer, options: object) => readonly Buffer[] };
  };
  const message = Buffer.from(text(bytes));
  const ours = textFrame(message.subarray(0, 3), message.subarray(3));
  const theirs = Sender.frame(message, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true });
  expect(ours.equals(Buffer.concat(theirs))).toBe(true);
});

test('frames written to the connection arrive in order between those that the library sends', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  onTestFinished(async () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    server.close();
    await once(server, 'close');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const heard: string[] = [];
  client.on('message', (data: Buffer) => heard.push(data.toString()));
  const [[socket, request]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as unknown as [
    [WebSocket, { readonly socket: Socket }],
  ];
  const said = SIZES.flatMap((bytes) => [`ours ${text(bytes)}`, `theirs ${text(bytes)}`]);
  for (const message of said) {
    if (message.startsWith('ours')) request.socket.write(textFrame(Buffer.from(message)));
    else socket.send(message);
  }
  socket.close(1000);
  await once(client, 'close');
  expect(heard).toEqual(said);
});
