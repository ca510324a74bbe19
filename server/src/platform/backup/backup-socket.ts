import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { backupLines } from './write-backup.ts';
import type { BackupSource } from './write-backup.ts';

// The embedded database has one process, so a backup of a running server is made by the server. Whoever may enter the data directory may ask for one: the socket
// lies in it, and the folder is shut to all others.

const NAME = 'backup.sock';
/** Longer paths are cut off by the operating system. */
const PATH_BYTES_MAX = 100;

const socketIn = (dataDir: string): string => join(dataDir, NAME);

/** Answers every connection with a backup. Where the path is too long for a socket there is none, and a backup needs the server to be stopped. */
export async function serveBackups(
  dataDir: string,
  source: BackupSource,
  report: (what: string, error: unknown) => void,
): Promise<() => Promise<void>> {
  const path = socketIn(dataDir);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return () => Promise.resolve();
  await rm(path, { force: true });
  const server = createServer((socket) => {
    pipeline(Readable.from(backupLines(source)), createZstdCompress(), socket).catch((error: unknown) => report('a backup', error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return async () => {
    await new Promise((resolve) => server.close(resolve));
  };
}

/** A running server's backup; `undefined` where none listens. */
export async function askForBackup(dataDir: string): Promise<Readable | undefined> {
  const socket = connect(socketIn(dataDir));
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
