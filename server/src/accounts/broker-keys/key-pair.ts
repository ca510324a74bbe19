import { KeysRefused } from './master-key.ts';
import type { KeyPair, KeyPlace } from './seal.ts';

/** The broker marks its keys by the account that they open. */
const MARKS: Record<KeyPlace['mode'], string> = { paper: 'PK', live: 'AK' };
const PART = /^[!-~]{8,128}$/;

/** Two lines: the key id and the secret, as the broker shows them. Throws {@link KeysRefused}, and repeats nothing of what was given. */
export function parsePair(text: string, mode: KeyPlace['mode']): KeyPair {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [keyId = '', secret = ''] = lines;
  if (lines.length !== 2) throw new KeysRefused(`Expected two lines, the key id and the secret; ${lines.length} came`);
  if (!PART.test(keyId) || !PART.test(secret))
    throw new KeysRefused('The key id or the secret is none: each is one line of 8 to 128 letters and digits');
  pairBelongs(keyId, mode);
  if (keyId === secret) throw new KeysRefused('The key id came twice: the second line is the secret');
  return { keyId, secret };
}

/** Throws {@link KeysRefused} where the key is not marked as one of this kind of account. */
export function pairBelongs(keyId: string, mode: KeyPlace['mode']): void {
  if (!keyId.toUpperCase().startsWith(MARKS[mode]))
    throw new KeysRefused(`A key id of a ${mode} account begins with ${MARKS[mode]}, and this one does not: make a ${mode} key pair`);
}

/** Enough to tell two keys apart at the broker, and too little to guess one. */
export const hintOf = ({ keyId }: KeyPair): string => `${keyId.slice(0, 2)}…${keyId.slice(-4)}`;
