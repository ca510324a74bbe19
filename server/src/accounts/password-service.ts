import { argon2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's figures for Argon2id (RFC 9106): 19 MiB and two passes a try. Memory in KiB. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const VERSION = 19;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const SCRYPT_MEMORY_BYTES_MAX = 64 * 1024 * 1024;
const LENGTH = { min: 12, max: 200 } as const;

type Argon2Cost = Readonly<Record<keyof typeof COST, number>>;
type Derived = (error: Error | null, key: Buffer) => void;

const derived = (derive: (done: Derived) => void): Promise<Buffer> =>
  new Promise((resolve, reject) => derive((error, key) => (error === null ? resolve(key) : reject(error))));

/** The same text typed on two keyboards may be two sequences of code points. */
const textOf = (password: string): string => password.normalize('NFKC');

const byArgon2 = (password: string, nonce: Buffer, cost: Argon2Cost): Promise<Buffer> =>
  derived((done) => argon2('argon2id', { message: textOf(password), nonce, tagLength: KEY_BYTES, ...cost }, done));

const byScrypt = (password: string, salt: Buffer, cost: { readonly N: number; readonly r: number; readonly p: number }): Promise<Buffer> =>
  derived((done) => scrypt(textOf(password), salt, KEY_BYTES, { ...cost, maxmem: SCRYPT_MEMORY_BYTES_MAX }, done));

/** One sentence about what is wrong with a new password; `undefined` where nothing is. Length is what counts; rules about characters only annoy. */
export function passwordProblem(password: string, name: string): string | undefined {
  const { length } = password;
  if (length < LENGTH.min || length > LENGTH.max) return `A password has ${LENGTH.min} to ${LENGTH.max} characters; four words do.`;
  if (new Set(password).size < 5) return 'This password repeats the same few characters: take four words.';
  if (name !== '' && password.toLowerCase().includes(name.toLowerCase()) && length < LENGTH.min + name.length)
    return 'This password is little more than your name: take four words.';
  return undefined;
}

/** As the reference implementation writes it: base64 without padding, and the cost beside it, so that it can be raised later. */
const encoded = (salt: Buffer, key: Buffer): string => {
  const [saltText, keyText] = [salt, key].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  return `${CURRENT}$${saltText}$${keyText}`;
};
const CURRENT = `$argon2id$v=${VERSION}$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;

/** Salted, and with its cost beside it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encoded(salt, await byArgon2(password, salt, COST));
}

/** Kept another way, or at another cost: made anew when its owner next logs in. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(`${CURRENT}$`);

/** Nobody's: trying it costs what a real one costs, so that time does not tell which names exist. */
const NOBODY = encoded(Buffer.alloc(SALT_BYTES), Buffer.alloc(KEY_BYTES));

const ARGON2 = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** How passwords were kept at first. */
const SCRYPT = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** The key that a password gives by the salt and the cost of a kept one, and the kept one. */
async function keysOf(password: string, hash: string): Promise<readonly [actual: Buffer, expected: Buffer]> {
  const [, memory, passes, parallelism, salt = '', key = ''] = ARGON2.exec(hash) ?? [];
  if (memory !== undefined) {
    const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
    return [await byArgon2(password, Buffer.from(salt, 'base64'), cost), Buffer.from(key, 'base64')];
  }
  const [, N, r, p, oldSalt = '', oldKey = ''] = SCRYPT.exec(hash) ?? [];
  if (N === undefined) throw new Error('Invariant: a password is kept by Argon2id or scrypt');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return [await byScrypt(password, Buffer.from(oldSalt, 'base64url'), cost), Buffer.from(oldKey, 'base64url')];
}

export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  if (password.length > LENGTH.max) return false;
  const [actual, expected] = await keysOf(password, hash ?? NOBODY);
  return timingSafeEqual(actual, expected) && hash !== null;
}
