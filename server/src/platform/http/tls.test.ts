import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createServer } from './server.ts';
import type { RunningServer } from './server.ts';
import { readTls, TlsFilesError } from './tls.ts';

let dir: string;
let api: ApiWorld;
let server: RunningServer;
const reports: string[] = [];
const path = (name: string): string => join(dir, name);

async function makePair(name: string): Promise<void> {
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
  await promisify(execFile)('openssl', [
    ...words.split(' '),
    '-subj',
    `/CN=${name}`,
    '-keyout',
    path(`${name}.key`),
    '-out',
    path(`${name}.pem`),
  ]);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tls-'));
  await Promise.all([makePair('first'), makePair('second')]);
  await writeFile(path('empty.pem'), '');
  await copyFile(path('first.pem'), path('used.pem'));
  await copyFile(path('first.key'), path('used.key'));
  api = await openApiWorld(openEmbeddedTestDatabase);
  const { capabilities, accounts, reports: documents } = api.opened;
  server = await createServer({
    capabilities,
    accounts,
    reports: documents,
    webBuild: dir,
    docsBuild: join(dir, 'docs'),
    port: 0,
    tls: { certificateFile: path('used.pem'), keyFile: path('used.key') },
    tlsLookMs: 20,
    report: (what, error) => reports.push(`${what}: ${String(error)}`),
  });
});
afterAll(async () => {
  await server.close();
  await api.close();
  await rm(dir, { recursive: true });
});

const port = (): number => Number(new URL(server.url).port);

const ask = (method: string, where: string): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    const headers = { origin: server.url };
    httpsRequest(`${server.url}${where}`, { method, headers, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on('error', reject)
      .end();
  });

const nameShown = (maxVersion: 'TLSv1.1' | 'TLSv1.3' = 'TLSv1.3'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port(), rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });

test('speaks TLS, tells browsers to stay with it, and marks the cookie', async () => {
  expect(server.url).toMatch(/^https:/);
  const answer = await ask('POST', '/logout');
  expect(answer.status).toBe(303);
  expect(answer.headers['strict-transport-security']).toBe('max-age=15552000');
  expect(answer.headers['set-cookie']?.[0]).toMatch(/; Secure;/);
  await expect(nameShown('TLSv1.1')).rejects.toThrow();
});

test('takes up a renewed certificate, and none that is half written', async () => {
  expect(await nameShown()).toBe('first');
  await writeFile(path('used.pem'), '-----BEGIN CERT');
  await vi.waitFor(() => expect(reports).not.toEqual([]), 5_000);
  expect(reports[0]).toMatch(/was not renewed.*no certificate with its key/);
  expect(await nameShown()).toBe('first');
  await copyFile(path('second.pem'), path('used.pem'));
  await copyFile(path('second.key'), path('used.key'));
  await vi.waitFor(async () => expect(await nameShown()).toBe('second'), 5_000);
});

test.each([
  ['a key of another', 'first.pem', 'second.key', /no certificate with its key/],
  ['an empty certificate', 'empty.pem', 'first.key', /no certificate with its key/],
  ['no file', 'none.pem', 'second.key', /none\.pem, cannot be read \(ENOENT\)/],
])('%s is refused', async (_name, certificate, key, message) => {
  const reading = readTls({ certificateFile: path(certificate), keyFile: path(key) });
  await expect(reading).rejects.toThrow(TlsFilesError);
  await expect(reading).rejects.toThrow(message);
});
