import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SessionOptions } from '../../../../engine/session.ts';
import type { Capabilities } from '../../../../graphql/context.ts';
import { openApiWorld } from '../../../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../../../test-database.ts';
import { createServer } from '../../server.ts';
import type { RunningServer } from '../../server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A whole server that is attacked: what its resolvers did, and everything that it said. */
export interface AttackedServer {
  readonly api: ApiWorld;
  readonly server: RunningServer;
  /** What resolvers asked of the parts behind them, as `orders.list`. */
  readonly called: string[];
  /** Answers, frames and lines of the log. */
  readonly said: string[];
  /** A request as no browser would send it, with headers and path exactly as written. */
  send(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string | Buffer): Promise<Answer>;
  /** An operation by the program's key. */
  post(query: unknown, variables?: unknown): Promise<Answer>;
  bearer(): Record<string, string>;
  /** The process answers as before, nothing of ours failed, and no secret was said. */
  expectHealthy(): Promise<void>;
  close(): Promise<void>;
}

/** Secrets of a whole installation: none of them may ever be said. */
const PLANTED: Readonly<Record<string, string>> = {
  TIDEMARK_MASTER_KEY: 'planted-master-key-of-the-attacked',
  TIDEMARK_RECORD_KEY: 'planted-record-key-of-the-attacked',
  ALPACA_API_KEY_ID: 'PKPLANTEDBYATTACK01',
  ALPACA_API_SECRET_KEY: 'planted-broker-secret-of-the-attacked',
  AWS_SECRET_ACCESS_KEY: 'planted-bucket-secret-of-the-attacked',
  TIDEMARK_ALERT_WEBHOOK_SECRET: 'planted-webhook-secret-of-the-attacked',
};

/** Notes each call of each part. A part's own `this` stays what it was. */
function noted<T extends object>(part: T, name: string, called: string[]): T {
  return new Proxy(part, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        called.push(`${name}.${String(key)}`);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

const everyPart = (capabilities: Capabilities, called: string[]): Capabilities =>
  Object.fromEntries(
    Object.entries(capabilities).map(([name, part]) => [name, noted(part as object, name, called)]),
  ) as unknown as Capabilities;

/** Everything that the process writes meanwhile, on one of its two streams. */
function overhear(stream: NodeJS.WriteStream, said: string[]): () => void {
  const write = stream.write.bind(stream);
  stream.write = ((...args: Parameters<typeof write>) => {
    said.push(String(args[0]));
    return write(...args);
  }) as typeof write;
  return () => void (stream.write = write);
}

function plant(): () => void {
  const before = Object.keys(PLANTED).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, PLANTED);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

function sender(url: string, said: string[]): AttackedServer['send'] {
  const { port } = new URL(url);
  return (method, path, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, agent: false, headers: { host: `127.0.0.1:${port}`, ...headers } };
      const sent = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          said.push(text, JSON.stringify({ ...response.headers, 'set-cookie': undefined }));
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

/** Few enough to be opened by a test. */
export const SOCKETS_MAX = 200;

export async function openAttackedServer(change: Partial<SessionOptions> = {}): Promise<AttackedServer> {
  const said: string[] = [];
  const called: string[] = [];
  const undo = [plant(), overhear(process.stdout, said), overhear(process.stderr, said)];
  const api = await openApiWorld(openEmbeddedTestDatabase, change);
  await api.world.day(100, 100);
  const { accounts, reports } = api.opened;
  const capabilities = everyPart(api.opened.capabilities, called);
  const report = (what: string, error: unknown): void => void api.failures.push(`${what}: ${String(error)}`);
  const webBuild = join(api.world.dir, 'dashboard');
  await mkdir(webBuild);
  await writeFile(join(webBuild, 'index.html'), '<!doctype html><script>start()</script>');
  const server = await createServer({
    capabilities,
    accounts,
    reports,
    webBuild,
    docsBuild: join(api.world.dir, 'docs'),
    socketsMax: SOCKETS_MAX,
    port: 0,
    report,
  });
  const send = sender(server.url, said);
  const bearer = (): Record<string, string> => ({ 'content-type': 'application/json', authorization: `Bearer ${api.apiKey}` });
  const post: AttackedServer['post'] = (query, variables) => send('POST', '/graphql', bearer(), JSON.stringify({ query, variables }));
  return {
    api,
    server,
    called,
    said,
    send,
    post,
    bearer,
    expectHealthy: async () => {
      expect((await send('GET', '/healthz')).body).toBe('ok\n');
      expect((await send('GET', '/readyz')).body).toBe('ready\n');
      expect(JSON.parse((await post('{ viewer { id } controls { tradingState } }')).body)).toMatchObject({
        data: { viewer: {}, controls: {} },
      });
      expect(api.failures).toEqual([]);
      const secrets = [...Object.values(PLANTED), api.apiKey];
      expect(secrets.filter((secret) => said.some((text) => text.includes(secret)))).toEqual([]);
      // Neither where it failed, nor how it is asked of the database.
      expect(said.filter((text) => /node_modules|\.ts:\d+:\d+|select .* from "/i.test(text) && !text.includes('vitest'))).toEqual([]);
    },
    close: async () => {
      undo.forEach((step) => step());
      await server.close();
      await api.close();
    },
  };
}
