import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

interface Configuration {
  readonly headers: readonly { readonly source: string; readonly headers: readonly { readonly key: string; readonly value: string }[] }[];
  readonly rewrites: readonly { readonly source: string; readonly destination: string }[];
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A host of files that does what a folder's `vercel.json` says: its headers, files first, then its rewrites. */
export async function openStaticHost(folder: string): Promise<{ readonly port: number; close(): Promise<void> }> {
  const answer = async (path: string): Promise<{ status: number; body: Buffer | string; headers: Record<string, string> }> => {
    const { headers, rewrites } = JSON.parse(await readFile(join(folder, 'vercel.json'), 'utf8')) as Configuration;
    const matches = (source: string): boolean => new RegExp(`^${source}$`).test(path);
    const told = Object.fromEntries(
      headers.filter(({ source }) => matches(source)).flatMap((each) => each.headers.map(({ key, value }) => [key, value])),
    );
    const rewritten = rewrites.find(({ source }) => matches(source))?.destination;
    const file = isFile(join(folder, normalize(path))) ? path : rewritten;
    if (file === undefined) return { status: 404, body: 'not found', headers: told };
    const type = TYPES[extname(file)];
    return {
      status: 200,
      body: await readFile(join(folder, normalize(file))),
      headers: { ...told, ...(type === undefined ? {} : { 'Content-Type': type }) },
    };
  };
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://host.invalid').pathname).then(
      ({ status, body, headers }) => response.writeHead(status, headers).end(body),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
