import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeysRefused } from './master-key.ts';
import type { MasterKey } from './master-key.ts';

/** The kind of account that a key pair opens, and the only host that it may be sent to: sealed for one, it opens at no other. */
export interface KeyPlace {
  readonly mode: 'paper' | 'live';
  readonly host: string;
}

export interface KeyPair {
  readonly keyId: string;
  readonly secret: string;
}

const HEADER = 'tmk1';
const CIPHER = 'aes-256-gcm';
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is not hidden, and is bound all the same: another header, master key, kind of account or host, and nothing opens. */
const boundTo = (masterKeyId: string, { mode, host }: KeyPlace): Buffer =>
  Buffer.from(JSON.stringify([HEADER, masterKeyId, mode, host]), 'utf8');

/** `tmk1:<master key>:<nonce>:<ciphertext and tag>`. A nonce is used once with a key: 12 random bytes. */
export function seal({ keyId, secret }: KeyPair, place: KeyPlace, { key, id }: MasterKey, nonce: Buffer): string {
  if (nonce.length !== NONCE_BYTES) throw new Error(`Invariant: a nonce has ${NONCE_BYTES} bytes`);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(id, place));
  const body = Buffer.concat([cipher.update(JSON.stringify([keyId, secret]), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [HEADER, id, nonce.toString('base64url'), body.toString('base64url')].join(':');
}

function opened(key: MasterKey, place: KeyPlace, nonce: Buffer, body: Buffer): unknown {
  const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(key.id, place));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  return JSON.parse(text);
}

const isPair = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((field) => typeof field === 'string');

/** Throws {@link KeysRefused} where the text was sealed with another key, for another place, or was changed. */
export function unseal(sealed: string, place: KeyPlace, key: MasterKey): KeyPair {
  const [header, masterKeyId, nonceText = '', bodyText = '', ...more] = sealed.split(':');
  const what = `The ${place.mode} keys`;
  if (header !== HEADER || more.length > 0) throw new KeysRefused(`${what} are sealed in a form that this version does not know`);
  if (masterKeyId !== key.id)
    throw new KeysRefused(
      `${what} were sealed with the master key ${masterKeyId}, and the one that is set is ${key.id}: set the right one`,
    );
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  if (nonce.length === NONCE_BYTES && body.length > TAG_BYTES) {
    try {
      const pair = opened(key, place, nonce, body);
      if (isPair(pair)) return { keyId: pair[0], secret: pair[1] };
    } catch (error) {
      // The cipher says no more than that, and what it says is not for people.
      if (!(error instanceof Error)) throw error;
    }
  }
  throw new KeysRefused(`${what} do not open: they were changed, or sealed for another account. Remove them, and add them anew`);
}
