import { createHash, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The name of the variable that holds it; the other holds the one that takes its place. */
export const MASTER_KEY = 'TIDEMARK_MASTER_KEY';
export const NEXT_MASTER_KEY = 'TIDEMARK_MASTER_KEY_NEXT';

/** Seals the broker's keys. Kept as an object of the platform, which prints and serializes as nothing. */
export interface MasterKey {
  readonly key: KeyObject;
  /** Names the key without telling anything of it. */
  readonly id: string;
}

/** A key is missing, is not one, or does not open what it should. The message never repeats what was given. */
export class KeysRefused extends Error {
  override readonly name = 'KeysRefused';
}

const BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;
const ID_LENGTH = 16;

function bytesOf(text: string): Buffer | undefined {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64') : undefined;
}

/** 32 bytes as 64 hexadecimal digits or as base64. Throws {@link KeysRefused}. */
export function parseMasterKey(text: string | undefined, name: string = MASTER_KEY): MasterKey {
  const how = 'Make one with: openssl rand -hex 32';
  if (text === undefined || text === '') throw new KeysRefused(`${name} is not set: it opens the broker's keys. ${how}`);
  const bytes = bytesOf(text.trim());
  if (bytes?.length !== BYTES) throw new KeysRefused(`${name} is no key of 32 bytes (64 hexadecimal digits, or base64). ${how}`);
  if (new Set(bytes).size < 8) throw new KeysRefused(`${name} is no random key. ${how}`);
  const id = createHash('sha256').update('tidemark master key\0').update(bytes).digest('hex').slice(0, ID_LENGTH);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { key, id };
}
