import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spread, timed } from './figures.ts';
import type { Figure } from './figures.ts';

const ROUNDS = 300;
const FRAME_BYTES = 2_000;

/** What the machine itself needs, whatever the program: nothing that is durable or remote can be faster. */
export async function machineFigures(folder: string): Promise<readonly Figure[]> {
  const file = await open(join(folder, 'flush'), 'w');
  const frame = Buffer.alloc(FRAME_BYTES, 1);
  const flushes = await timed(ROUNDS, async () => {
    await file.write(frame);
    await file.datasync();
  });
  await file.close();
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const trips = await timed(ROUNDS, async () => await (await fetch(url)).text());
  server.close();
  server.closeAllConnections();
  return [spread(`raw fdatasync of ${FRAME_BYTES / 1_000} kB`, flushes), spread('raw request and answer on loopback', trips)];
}
