import { NONCE_BYTES, sealText, unsealText } from '../sealed-text.ts';
import type { Seal } from '../sealed-text.ts';
import { KeysRefused } from './master-key.ts';
import type { MasterKey } from './master-key.ts';

export { NONCE_BYTES };

/** The kind of account that a key pair opens, and the only host that it may be sent to: sealed for one, it opens at no other. */
export interface KeyPlace {
  readonly mode: 'paper' | 'live';
  readonly host: string;
}

export interface KeyPair {
  readonly keyId: string;
  readonly secret: string;
}

const sealOf = ({ mode, host }: KeyPlace): Seal => ({ header: 'tmk1', place: [mode, host] });

/** A nonce is used once with a key: 12 random bytes. */
export const seal = ({ keyId, secret }: KeyPair, place: KeyPlace, key: MasterKey, nonce: Buffer): string =>
  sealText(JSON.stringify([keyId, secret]), sealOf(place), key, nonce);

const isPair = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((field) => typeof field === 'string');

/** Throws {@link KeysRefused} where the text was sealed with another key, for another place, or was changed. */
export function unseal(sealed: string, place: KeyPlace, key: MasterKey): KeyPair {
  const what = `The ${place.mode} keys`;
  const unsealed = unsealText(sealed, sealOf(place), key);
  if (unsealed.ok) {
    const pair: unknown = JSON.parse(unsealed.text);
    if (isPair(pair)) return { keyId: pair[0], secret: pair[1] };
  } else if (unsealed.why === 'form') throw new KeysRefused(`${what} are sealed in a form that this version does not know`);
  else if (unsealed.why === 'key')
    throw new KeysRefused(
      `${what} were sealed with the master key ${unsealed.masterKeyId}, and the one that is set is ${key.id}: set the right one`,
    );
  throw new KeysRefused(`${what} do not open: they were changed, or sealed for another account. Remove them, and add them anew`);
}
