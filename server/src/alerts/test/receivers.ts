import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on this machine. */
export interface Hook {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers, `hang` for none at all; 204 afterwards. */
  readonly answers: (number | 'hang')[];
  close(): Promise<void>;
}

export async function startHook(): Promise<Hook> {
  const received: Received[] = [];
  const answers: (number | 'hang')[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = answers.shift() ?? 204;
      if (status === 'hang') return;
      if (status < 300) received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status, { location: '/elsewhere' }).end('planted in an answer');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A mail server on this machine, for one user. */
export interface Post {
  readonly port: number;
  readonly mails: { readonly to: readonly string[]; readonly text: string }[];
  /** While it is set, every message is refused with this number. */
  refuses: number | undefined;
  /** Addresses that nobody has here. */
  readonly unknown: Set<string>;
  close(): Promise<void>;
}

export async function startPost(user: { readonly name: string; readonly password: string }): Promise<Post> {
  const mails: Post['mails'] = [];
  const post: Pick<Post, 'refuses' | 'unknown'> = { refuses: undefined, unknown: new Set() };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) =>
      username === user.name && password === user.password
        ? callback(null, { user: username })
        : callback(new Error(`planted: ${String(password)} is wrong`)),
    onRcptTo: ({ address }, _session, callback) =>
      callback(post.unknown.has(address) ? Object.assign(new Error(`planted: ${address} is unknown`), { responseCode: 550 }) : null),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (post.refuses !== undefined) return callback(Object.assign(new Error('planted'), { responseCode: post.refuses }));
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8') });
        return callback(null);
      });
    },
  });
  // A client that hangs up is told here as well as to the test, which looks at the client.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return Object.assign(post, {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
