import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, test } from 'vitest';
import { runCommand } from './test/run-command.ts';

const PROGRAM = fileURLToPath(new URL('../cli.ts', import.meta.url));

test.each([
  { name: 'no key', args: ['mcp'], environment: {}, says: /^tidemark: TIDEMARK_KEY is not set: give the key of an agent/ },
  { name: 'an empty key', args: ['mcp'], environment: { TIDEMARK_KEY: '' }, says: /^tidemark: TIDEMARK_KEY is not set/ },
  {
    name: 'a server that the key would be read on the way to',
    args: ['mcp', '--server', 'http://elsewhere.example'],
    environment: { TIDEMARK_KEY: 'tmk_x' },
    says: /^tidemark: --server must begin with https/,
  },
])('$name is wrong usage, and nothing goes to stdout', async ({ args, environment, says }) => {
  const { code, out, err } = await runCommand(args, { environment });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(says);
});

/** The bridge as a client starts it, towards a server that does not do what it should. */
async function failureAt(server: string): Promise<{ readonly answered: string; readonly said: string }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, 'mcp', '--server', server],
    env: { PATH: process.env['PATH'] ?? '', TIDEMARK_KEY: 'tmk_of_nobody_at_all' },
    stderr: 'pipe',
  });
  const { stderr } = transport;
  if (!(stderr instanceof Readable)) throw new Error('Invariant: stderr is piped');
  const said = text(stderr);
  const client = new Client({ name: 'test', version: '1' });
  const answered = await client.connect(transport).then(
    () => 'connected',
    (error: unknown) => String(error),
  );
  await client.close();
  await transport.close();
  return { answered, said: await said };
}

/** A server that answers everything in one way, for as long as the test runs. */
async function withServer(status: number, body: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

test('a server that is not there is said on stderr and answered to the request', async () => {
  const { answered, said } = await failureAt('http://127.0.0.1:9');
  expect(answered).toContain('http://127.0.0.1:9 does not answer');
  expect(said).toMatch(/^tidemark mcp: http:\/\/127\.0\.0\.1:9 does not answer.*\n$/);
});

test('a key that the server does not take is said in the server’s words', async () => {
  const message = 'Send the API key of an agent';
  await withServer(401, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } }), async (url) => {
    const { answered, said } = await failureAt(url);
    expect(answered).toContain(message);
    expect(said).toBe(`tidemark mcp: ${message}\n`);
  });
});
