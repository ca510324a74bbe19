import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { parseHeader } from './format.ts';
import type { BackupHeader } from './format.ts';
import { noteBackup } from './kept-backups.ts';
import { backupLines } from './write-backup.ts';
import type { BackupSource } from './write-backup.ts';

// The embedded database has one process, so a backup of a running server is made by the server. Whoever may enter the data directory may ask for one: the socket
// lies in it, and the folder is shut to all others. He says in one line what he wants: a backup, or that he has read one back whole.

const NAME = 'backup.sock';
/** Longer paths are cut off by the operating system. */
const PATH_BYTES_MAX = 100;

const MAKE = 'make\n';
const KEPT = 'kept ';
const NOTED = 'noted\n';
const LINE_BYTES_MAX = 1_000;
/** Who connects says at once what he wants. */
const SAYS_WITHIN_MS = 5_000;

const socketIn = (dataDir: string): string => join(dataDir, NAME);

/** The first line of a connection, with its line feed. Rejects where none comes. */
async function lineOf(socket: Socket): Promise<string> {
  const timer = setTimeout(() => socket.destroy(new Error(`nothing was asked for within ${SAYS_WITHIN_MS / 1000} s`)), SAYS_WITHIN_MS);
  try {
    let line = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      line += String(chunk);
      if (line.endsWith('\n')) return line;
      if (line.length > LINE_BYTES_MAX) throw new Error('what was asked for is too long');
    }
    throw new Error('the connection ended before anything was asked for');
  } finally {
    clearTimeout(timer);
  }
}

async function answer(socket: Socket, source: BackupSource): Promise<void> {
  const line = await lineOf(socket);
  if (line === MAKE) return await pipeline(Readable.from(backupLines(source)), createZstdCompress(), socket);
  if (!line.startsWith(KEPT)) throw new Error(`it does not know what "${line.trim().slice(0, 40)}" is`);
  await noteBackup(source.db, parseHeader(line.slice(KEPT.length)));
  socket.end(NOTED);
}

/** Answers whoever asks for a backup, and notes those that were kept. Where the path is too long for a socket there is none, and a backup needs the server to be stopped. */
export async function serveBackups(
  dataDir: string,
  source: BackupSource,
  report: (what: string, error: unknown) => void,
): Promise<() => Promise<void>> {
  const path = socketIn(dataDir);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return () => Promise.resolve();
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    answer(socket, source).catch((error: unknown) => {
      socket.destroy();
      report('a backup', error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return async () => {
    await new Promise((resolve) => server.close(resolve));
  };
}

/** A connection to a running server; `undefined` where none listens. */
async function reach(dataDir: string): Promise<Socket | undefined> {
  const socket = connect({ path: socketIn(dataDir), allowHalfOpen: true });
  return await new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
  });
}

/** A running server's backup; `undefined` where none listens. */
export async function askForBackup(dataDir: string): Promise<Readable | undefined> {
  const socket = await reach(dataDir);
  socket?.end(MAKE);
  return socket;
}

/** Tells a running server that its backup was read back whole. Rejects where it does not note it. */
export async function tellKept(dataDir: string, header: BackupHeader): Promise<void> {
  const socket = await reach(dataDir);
  if (socket === undefined) throw new Error('the server has ended meanwhile');
  socket.end(`${KEPT}${JSON.stringify({ ...header, tables: [], migrations: [] })}\n`);
  if ((await text(socket)) !== NOTED) throw new Error('the server did not note it');
}
