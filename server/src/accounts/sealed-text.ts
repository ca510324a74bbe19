import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { MasterKey } from './broker-keys/master-key.ts';

const CIPHER = 'aes-256-gcm';
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is not hidden, and is bound all the same: with another header, master key or place nothing opens. */
export interface Seal {
  readonly header: string;
  readonly place: readonly string[];
}

const boundTo = (masterKeyId: string, { header, place }: Seal): Buffer =>
  Buffer.from(JSON.stringify([header, masterKeyId, ...place]), 'utf8');

/** `<header>:<master key>:<nonce>:<ciphertext and tag>`. A nonce is used once with a key: 12 random bytes. */
export function sealText(text: string, seal: Seal, { key, id }: MasterKey, nonce: Buffer): string {
  if (nonce.length !== NONCE_BYTES) throw new Error(`Invariant: a nonce has ${NONCE_BYTES} bytes`);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(id, seal));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [seal.header, id, nonce.toString('base64url'), body.toString('base64url')].join(':');
}

export type Unsealed =
  | { readonly ok: true; readonly text: string }
  /** In a form that this version does not know, with another master key, or changed. */
  | { readonly ok: false; readonly why: 'form' | 'changed' }
  | { readonly ok: false; readonly why: 'key'; readonly masterKeyId: string };

function opened(key: MasterKey, seal: Seal, nonce: Buffer, body: Buffer): string {
  const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(key.id, seal));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}

export function unsealText(sealed: string, seal: Seal, key: MasterKey): Unsealed {
  const [header, masterKeyId = '', nonceText = '', bodyText = '', ...more] = sealed.split(':');
  if (header !== seal.header || more.length > 0) return { ok: false, why: 'form' };
  if (masterKeyId !== key.id) return { ok: false, why: 'key', masterKeyId };
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  if (nonce.length !== NONCE_BYTES || body.length <= TAG_BYTES) return { ok: false, why: 'changed' };
  try {
    return { ok: true, text: opened(key, seal, nonce, body) };
  } catch (error) {
    // The cipher says no more than that, and what it says is not for people.
    if (!(error instanceof Error)) throw error;
    return { ok: false, why: 'changed' };
  }
}
