import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { CreationOptions, RequestOptions } from '../passkey-service.ts';

/** What an attacker, or a broken device, does otherwise than the standard says. */
export interface Deviation {
  readonly challenge?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly type?: string;
  readonly userHandle?: string | undefined;
  /** Another passkey's key signs. */
  readonly key?: KeyObject;
  readonly crossOrigin?: boolean;
}

export interface SoftPasskey {
  readonly id: string;
  readonly key: KeyObject;
  readonly handle: string;
  counter: number;
}

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 } as const;
const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const flagsOf = ({ userPresent = true, userVerified = true }: Deviation, attested: boolean): number =>
  (userPresent ? FLAGS.present : 0) | (userVerified ? FLAGS.verified : 0) | (attested ? FLAGS.attested : 0);

const clientData = (type: string, challenge: string, origin: string, deviation: Deviation): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: deviation.type ?? type,
      challenge: deviation.challenge ?? challenge,
      origin: deviation.origin ?? origin,
      crossOrigin: deviation.crossOrigin ?? false,
    }),
  );

/** The public half as COSE writes it: elliptic curve, ES256, P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const entries: [number, number | Uint8Array<ArrayBuffer>][] = [
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
    [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
  ];
  return Buffer.from(isoCBOR.encode(new Map(entries)));
}

/** A device that really signs, with node's own cryptography, and does as it is told where it should not. */
export function softwareAuthenticator(origin: string) {
  const passkeys: SoftPasskey[] = [];

  /** As `navigator.credentials.create`: the passkey, and the answer as JSON. */
  function make(options: CreationOptions, deviation: Deviation = {}): { readonly passkey: SoftPasskey; readonly answer: string } {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const credentialId = randomBytes(16);
    const passkey: SoftPasskey = { id: credentialId.toString('base64url'), key: privateKey, handle: options.user.id, counter: 0 };
    const authData = Buffer.concat([
      sha256(deviation.rpId ?? options.rp.id ?? ''),
      Buffer.from([flagsOf(deviation, true)]),
      uint32(deviation.counter ?? 0),
      Buffer.alloc(16),
      uint16(credentialId.length),
      credentialId,
      coseKey(publicKey),
    ]);
    const attestation = new Map<string, string | Uint8Array<ArrayBuffer> | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', Uint8Array.from(authData)],
    ]);
    passkeys.push(passkey);
    const answer = {
      id: passkey.id,
      rawId: passkey.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData('webauthn.create', options.challenge, origin, deviation).toString('base64url'),
        attestationObject: Buffer.from(isoCBOR.encode(attestation)).toString('base64url'),
        transports: ['internal', 'a-way-of-tomorrow'],
      },
      clientExtensionResults: {},
    };
    return { passkey, answer: JSON.stringify(answer) };
  }

  /** As `navigator.credentials.get`: the answer as JSON. */
  function show(options: RequestOptions, passkey: SoftPasskey, deviation: Deviation = {}): string {
    passkey.counter += 1;
    const authData = Buffer.concat([
      sha256(deviation.rpId ?? options.rpId ?? ''),
      Buffer.from([flagsOf(deviation, false)]),
      uint32(deviation.counter ?? passkey.counter),
    ]);
    const client = clientData('webauthn.get', options.challenge, origin, deviation);
    const signature = sign('sha256', Buffer.concat([authData, sha256(client)]), deviation.key ?? passkey.key);
    const answer = {
      id: passkey.id,
      rawId: passkey.id,
      type: 'public-key',
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: 'userHandle' in deviation ? deviation.userHandle : passkey.handle,
      },
      clientExtensionResults: {},
    };
    return JSON.stringify(answer);
  }

  return { make, show };
}
