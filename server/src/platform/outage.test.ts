import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from './database.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { TEST_POSTGRES_URL } from './test-database.ts';

interface Gate {
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** A way to the server that can be shut: what an outage looks like from here. */
async function gateTo(target: URL): Promise<Gate> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((inbound) => {
    const outbound = connect(Number(target.port === '' ? 5432 : target.port), target.hostname);
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    shut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

const url = TEST_POSTGRES_URL;
describe.runIf(url !== undefined)('an outage of PostgreSQL', () => {
  test('is one clear error, in queries and transactions, and over when the server is back', async () => {
    const gate = await gateTo(new URL(url ?? 'postgres://127.0.0.1'));
    const { db, ping, close } = await openDatabase({ url: gate.url });
    expect(await ping()).toBeGreaterThan(0);
    const long = sql`select pg_sleep(30)`.execute(db);
    const inTransaction = db.transaction().execute(async (trx) => await sql`select pg_sleep(30)`.execute(trx));
    const failures = Promise.allSettled([long, inTransaction]);
    await sql`select 1`.execute(db);
    await gate.shut();
    for (const outcome of await failures) {
      expect(outcome.status).toBe('rejected');
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(DatabaseUnavailable);
    }
    await expect(ping()).rejects.toThrow(DatabaseUnavailable);
    await expect(ping()).rejects.toThrow(/not available/);
    await gate.open();
    expect(await ping()).toBeGreaterThan(0);
    await close();
    await gate.shut();
  });
});
