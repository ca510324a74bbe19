import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';

/** Where the certificate, with those between it and the root, and its key are, both as PEM. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Certificate and key cannot be used. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}

async function textOf(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new TlsFilesError(`The ${what} of TLS, ${file}, cannot be read (${code})`, { cause: error });
  }
}

/** Both, looked at whether they belong together. Throws {@link TlsFilesError}, which holds nothing of the key. */
export async function readTls({ certificateFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const pair = { cert: await textOf('certificate', certificateFile), key: await textOf('key', keyFile) };
  try {
    // An empty file, as one is that is just being written, would be no certificate, and no error.
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) throw new Error('the key is of another certificate');
    createSecureContext(pair);
  } catch (error) {
    throw new TlsFilesError(`${certificateFile} and ${keyFile} are no certificate with its key, both as PEM and without a passphrase`, {
      cause: error,
    });
  }
  return pair;
}

export const TLS_VERSION_MIN = 'TLSv1.2';

/** Takes up a renewed certificate for new connections; one that is half written stays unused until it is whole. Gives the way to end. */
export function renewTls(
  server: Server,
  files: TlsFiles,
  first: TlsPair,
  report: (what: string, error: unknown) => void,
  everyMs: number,
): () => void {
  let used = first;
  let told: string | undefined;
  const look = async (): Promise<void> => {
    try {
      const pair = await readTls(files);
      told = undefined;
      if (pair.cert === used.cert && pair.key === used.key) return;
      server.setSecureContext({ ...pair, minVersion: TLS_VERSION_MIN });
      used = pair;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) report('the certificate was not renewed: the one before is used', error);
      told = message;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
