import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Settings } from '../s3-store.ts';
import { parseAuthorization, signatureOf } from './signature.ts';

/** An object storage for tests, over real HTTP: it refuses what is not signed as the documentation of Amazon S3 says. */
export interface S3Server {
  readonly settings: S3Settings;
  readonly objects: Map<string, Uint8Array>;
  /** Answers the next requests with this status, and does nothing. */
  failNext(status: number, times: number): void;
  close(): Promise<void>;
}

const REGION = 'eu-central-1';
const BUCKET = 'tidemark';
const KEY = { id: 'AKIDEXAMPLE0000000AA', secret: 'a secret of forty characters, for tests.' };
const SKEW_MS_MAX = 15 * 60_000;

class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));

function sentAtMs(text: string | undefined): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (match === null) throw new Refused(403, 'AccessDenied');
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkSigned(request: IncomingMessage, body: Uint8Array): void {
  const headers = headersOf(request);
  const authorization = parseAuthorization(headers['authorization']);
  if (authorization === undefined) throw new Refused(403, 'AccessDenied');
  const { keyId, scope, signedHeaders, signature } = authorization;
  if (keyId !== KEY.id) throw new Refused(403, 'InvalidAccessKeyId');
  if (scope.slice(1).join('/') !== `${REGION}/s3/aws4_request`) throw new Refused(400, 'AuthorizationHeaderMalformed');
  if (Math.abs(sentAtMs(headers['x-amz-date']) - Date.now()) > SKEW_MS_MAX) throw new Refused(403, 'RequestTimeTooSkewed');
  // Every x-amz header counts, and the host.
  const needed = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (needed.some((name) => !signedHeaders.includes(name))) throw new Refused(403, 'AccessDenied');
  const signed = { method: request.method ?? '', url: request.url ?? '', headers };
  if (signatureOf(signed, authorization, KEY.secret) !== signature) throw new Refused(403, 'SignatureDoesNotMatch');
  const hash = headers['x-amz-content-sha256'];
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== createHash('sha256').update(body).digest('hex'))
    throw new Refused(400, 'XAmzContentSHA256Mismatch');
}

function answer(request: IncomingMessage, body: Uint8Array, objects: Map<string, Uint8Array>): Uint8Array {
  checkSigned(request, body);
  const [, bucket, ...parts] = decodeURIComponent((request.url ?? '').split('?')[0] ?? '').split('/');
  if (bucket !== BUCKET) throw new Refused(404, 'NoSuchBucket');
  const name = parts.join('/');
  if (request.method === 'PUT') {
    objects.set(name, body);
    return new Uint8Array();
  }
  const found = objects.get(name);
  if (found === undefined) throw new Refused(404, 'NoSuchKey');
  return found;
}

export async function openS3Server(): Promise<S3Server> {
  const objects = new Map<string, Uint8Array>();
  let failing = { status: 503, times: 0 };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = new Uint8Array(await buffer(request));
    try {
      if (failing.times > 0) {
        failing.times -= 1;
        throw new Refused(failing.status, 'SlowDown');
      }
      const found = answer(request, body, objects);
      response.writeHead(200).end(found);
    } catch (error) {
      const { status, code } = error instanceof Refused ? error : new Refused(500, 'InternalError');
      response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
    }
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: {
      bucket: BUCKET,
      prefix: 'made/by',
      region: REGION,
      endpoint: `http://127.0.0.1:${port}`,
      accessKeyId: KEY.id,
      secretAccessKey: KEY.secret,
    },
    objects,
    failNext: (status, times) => void (failing = { status, times }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
