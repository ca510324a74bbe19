import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import type { ObjectStore } from './artifacts.ts';

export interface S3Settings {
  readonly bucket: string;
  /** Before every name, without a slash at its end; empty for none. */
  readonly prefix: string;
  readonly region: string;
  /** The service, without the bucket: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const DEADLINE_MS = 30_000;
/** Tries after the first, with pauses that grow: at 429 and from 500 on. */
const RETRIES = 3;

/** What went wrong, by the code in the answer where the service gave one: `NoSuchBucket`, `SignatureDoesNotMatch`. */
async function problemOf(what: string, response: Response): Promise<Error> {
  const code = /<Code>([A-Za-z]{1,80})<\/Code>/.exec(await response.text())?.[1];
  return new Error(`${what}: the object storage answers ${response.status}${code === undefined ? '' : ` ${code}`}`);
}

/** Objects in a bucket of Amazon S3, or of whatever speaks its protocol, addressed by path. For any number of machines. */
export function s3Store({ bucket, prefix, region, endpoint, accessKeyId, secretAccessKey }: S3Settings): ObjectStore {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
  const place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const urlOf = (name: string): string => `${endpoint}/${bucket}/${prefix === '' ? '' : `${prefix}/`}${name}`;
  const send = (name: string, init: RequestInit): Promise<Response> =>
    client.fetch(urlOf(name), { ...init, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) });
  return {
    place,
    read: async (name) => {
      const response = await send(name, { method: 'GET' });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      const problem = await problemOf(`${place}: ${name} could not be read`, response);
      if (response.status === 404 && !problem.message.endsWith('NoSuchBucket')) return undefined;
      throw problem;
    },
    write: async (name, bytes) => {
      // Signed with its hash: the service refuses what changed on the way.
      const headers = { 'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex') };
      const response = await send(name, { method: 'PUT', headers, body: new Uint8Array(bytes) });
      if (!response.ok) throw await problemOf(`${place}: ${name} could not be written`, response);
      await response.arrayBuffer();
    },
  };
}
