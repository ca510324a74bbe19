import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { derivedId } from '../core/identity.ts';

export interface KeyPair {
  readonly keyId: string;
  readonly secret: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** An account belongs to a key pair: the same pair finds it again, and its id tells nothing of the secret. */
export const accountIdOf = ({ keyId, secret }: KeyPair): string => derivedId('account', keyId, digest(secret).toString('hex'));

/** Which account a key pair opens; `undefined` for a wrong one. Without an expected pair, any pair has an account of its own. */
export function authenticate(pair: KeyPair | undefined, expected: KeyPair | undefined): string | undefined {
  if (pair === undefined || pair.keyId === '' || pair.secret === '') return undefined;
  if (expected === undefined) return accountIdOf(pair);
  const keyFits = timingSafeEqual(digest(pair.keyId), digest(expected.keyId));
  const secretFits = timingSafeEqual(digest(pair.secret), digest(expected.secret));
  return keyFits && secretFits ? accountIdOf(expected) : undefined;
}

export function keyPairIn(headers: IncomingHttpHeaders): KeyPair | undefined {
  const keyId = headers['apca-api-key-id'];
  const secret = headers['apca-api-secret-key'];
  return typeof keyId === 'string' && typeof secret === 'string' ? { keyId, secret } : undefined;
}
