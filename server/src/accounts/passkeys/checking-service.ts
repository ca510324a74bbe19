import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Kysely } from 'kysely';
import type { Instant } from '../../money/instant.ts';
import { selectPasskey, usePasskey } from '../passkey-store.ts';
import type { PasskeyRow } from '../passkey-store.ts';
import type { AccountTables } from '../store.ts';
import { parseShown } from './answers.ts';
import { takeChallenge } from './challenge-service.ts';
import type { Asking } from './challenge-service.ts';

type Db = Kysely<AccountTables>;

/** What a browser says after a passkey has signed, and where it was asked to. */
export interface Shown {
  /** As JSON. */
  readonly answer: string;
  readonly asked: Asking;
}

export type Opened =
  | { readonly ok: true; readonly passkey: PasskeyRow; readonly response: AuthenticationResponseJSON; readonly challenge: string }
  /** No answer at all, one that came late or twice or from elsewhere, or by a passkey that is not known under this name. */
  | { readonly ok: false; readonly why: 'form' | 'late' | 'unknown' };

/** Whose passkey it is said to be. Uses the challenge up, so that an answer counts once whatever comes of it. */
export async function openShown(db: Db, { answer, asked }: Shown, now: Instant): Promise<Opened> {
  const shown = parseShown(answer);
  if (shown === undefined) return { ok: false, why: 'form' };
  if ((await takeChallenge(db, shown.challenge, asked, now)) === undefined) return { ok: false, why: 'late' };
  const passkey = await selectPasskey(db, shown.response.id);
  if (passkey === undefined || passkey.rp_id !== asked.site.rpId) return { ok: false, why: 'unknown' };
  return { ok: true, passkey, ...shown };
}

/** Counters are looked at by {@link usePasskey}, after the signature and in one statement: who cannot sign says nothing about copies. */
async function signed({ passkey, response, challenge }: Opened & { readonly ok: true }, { site }: Asking) {
  try {
    return await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: passkey.credential_id,
        publicKey: Uint8Array.from(Buffer.from(passkey.public_key, 'base64url')),
        counter: 0,
      },
    });
  } catch (error) {
    // The library throws whatever it finds wrong in an answer, and what it says is not for people.
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

/** Where the device says whose it is, it says what it was told when the passkey was made; where nobody is logged in it must. */
const isTheirs = ({ user_handle }: PasskeyRow, { response: { userHandle } }: AuthenticationResponseJSON, { purpose }: Asking): boolean =>
  userHandle === undefined ? purpose === 'confirming' : userHandle === user_handle;

/** Whether the passkey has signed it, with its owner's finger, face or PIN; a counter that went back means that there are two of it. */
export async function checkOpened(
  db: Db,
  opened: Opened & { readonly ok: true },
  asked: Asking,
  now: Instant,
): Promise<'right' | 'wrong' | 'copied'> {
  if (!isTheirs(opened.passkey, opened.response, asked)) return 'wrong';
  const checked = await signed(opened, asked);
  if (checked?.verified !== true) return 'wrong';
  const { newCounter } = checked.authenticationInfo;
  if (await usePasskey(db, opened.passkey.id, newCounter, new Date(now))) return 'right';
  // One that was removed at this moment is no copy.
  return (await selectPasskey(db, opened.passkey.credential_id)) === undefined ? 'wrong' : 'copied';
}
