import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';

/** OWASP's figures for scrypt: 32 MiB and about a tenth of a second a try. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MEMORY_BYTES_MAX = 64 * 1024 * 1024;
const LENGTH = { min: 12, max: 200 } as const;

const derive = (password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // The same text typed on two keyboards may be two sequences of code points.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: MEMORY_BYTES_MAX }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

/** One sentence about what is wrong with a new password; `undefined` where nothing is. Length is what counts; rules about characters only annoy. */
export function passwordProblem(password: string, name: string): string | undefined {
  const { length } = password;
  if (length < LENGTH.min || length > LENGTH.max) return `A password has ${LENGTH.min} to ${LENGTH.max} characters; four words do.`;
  if (new Set(password).size < 5) return 'This password repeats the same few characters: take four words.';
  if (name !== '' && password.toLowerCase().includes(name.toLowerCase()) && length < LENGTH.min + name.length)
    return 'This password is little more than your name: take four words.';
  return undefined;
}

/** Salted, and with its cost beside it, so that the cost can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Nobody's: trying it costs what a real one costs, so that time does not tell which names exist. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${Buffer.alloc(SALT_BYTES).toString('base64url')}$${Buffer.alloc(KEY_BYTES).toString('base64url')}`;

export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt = '', key = ''] = (hash ?? NOBODY).split('$');
  if (scheme !== 'scrypt') throw new Error('Invariant: passwords are kept by scrypt');
  if (password.length > LENGTH.max) return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(actual, expected) && hash !== null;
}
