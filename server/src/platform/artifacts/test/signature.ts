import { createHash, createHmac } from 'node:crypto';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, text: string): Uint8Array => createHmac('sha256', key).update(text).digest();

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Authorization {
  readonly keyId: string;
  /** Date, region, service and `aws4_request`. */
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export function parseAuthorization(header: string | undefined): Authorization | undefined {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header ?? '');
  if (match === null) return undefined;
  const [, keyId = '', scope = '', signedHeaders = '', signature = ''] = match;
  return { keyId, scope: scope.split('/'), signedHeaders: signedHeaders.split(';'), signature };
}

/** Query parameters sorted by name, each with its `=`. */
function canonicalQuery(query: string): string {
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return pairs.toSorted().join('&');
}

/**
 * The signature that a request must have: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" of the Amazon S3 API reference.
 * Written after it and not after the library that signs.
 */
export function signatureOf({ method, url, headers }: SignedRequest, { scope, signedHeaders }: Authorization, secret: string): string {
  const [path = '', query = ''] = url.split('?');
  const values = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const request = [method, path, canonicalQuery(query), values, signedHeaders.join(';'), headers['x-amz-content-sha256'] ?? ''].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Uint8Array>((derived, part) => hmac(derived, part), `AWS4${secret}`);
  return Buffer.from(hmac(key, toSign)).toString('hex');
}
