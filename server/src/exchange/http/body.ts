import type { IncomingMessage } from 'node:http';

const BODY_BYTES_MAX = 65_536;

export type Body =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly status: 400 | 413; readonly message: string };

/** Reads a request's JSON, bounded. No body is `undefined`. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('Invariant: a request without encoding yields buffers');
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return { ok: false, status: 413, message: `request body is larger than ${BODY_BYTES_MAX} bytes` };
    chunks.push(chunk);
  }
  if (size === 0) return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) };
  } catch (error) {
    return {
      ok: false,
      status: 400,
      message: `request body is not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}`,
    };
  }
}
