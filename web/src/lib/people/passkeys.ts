import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { throughDoor } from './doors.ts';

/** What the browser answered, as JSON; or one sentence. */
export type PasskeyAnswer = { readonly ok: true; readonly answer: string } | { readonly ok: false; readonly message: string };

/** Where a page is, as far as passkeys care. */
export interface Surroundings {
  readonly hostname: string;
  /** With a colon before the port; empty where there is none. */
  readonly port: string;
  readonly isSecure: boolean;
  readonly isSupported: boolean;
}

const IS_ADDRESS = /^(?:[\d.]+|\[.*\])$/;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);

/** Why passkeys cannot work here, and what to do; `undefined` where nothing is in the way. */
export function obstacleIn({ hostname, port, isSecure, isSupported }: Surroundings): string | undefined {
  if (LOOPBACK.has(hostname))
    return `Passkeys need a name in the address bar, not ${hostname}: open http://localhost${port} and log in there.`;
  if (!isSecure) return 'Passkeys need https, or http://localhost: on this page the browser keeps them away.';
  if (IS_ADDRESS.test(hostname))
    return `Passkeys need a name in the address bar, not ${hostname}: open the dashboard under the name of its certificate.`;
  return isSupported ? undefined : 'This browser has no passkeys: take a newer one, or another way to log in.';
}

const obstacle = (): string | undefined =>
  obstacleIn({
    hostname: location.hostname,
    port: location.port === '' ? '' : `:${location.port}`,
    isSecure: window.isSecureContext,
    isSupported: browserSupportsWebAuthn(),
  });

/** By the name of the browser's error: its text is for programmers, and differs between browsers. */
const SENTENCES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    NotAllowedError: 'No passkey was used: it was cancelled, took too long, or there is none for this address on your device.',
    AbortError: 'The browser stopped asking for the passkey. Try again.',
    InvalidStateError: 'This device has a passkey of yours already.',
    ConstraintError: 'This device cannot keep a passkey that asks for finger, face or PIN. Take another device, or set a PIN on it.',
    NotSupportedError: 'This device makes no passkeys of a kind that the server knows. Take another device.',
    SecurityError: 'The browser allows no passkey at this address: open the dashboard under its own name.',
  }),
);

/** What failed, in plain words. */
export const passkeySentence = ({ name }: Pick<Error, 'name'>): string =>
  SENTENCES.get(name) ?? 'The device could not use its passkey. Try again, or take another way.';

async function asked(ask: () => Promise<object>): Promise<PasskeyAnswer> {
  try {
    return { ok: true, answer: JSON.stringify(await ask()) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ok: false, message: passkeySentence(error) };
  }
}

const hasChallenge = (value: unknown): value is { readonly challenge: string } =>
  typeof value === 'object' && value !== null && 'challenge' in value && typeof value.challenge === 'string';
const isRequest = (value: unknown): value is PublicKeyCredentialRequestOptionsJSON => hasChallenge(value);
const isCreation = (value: unknown): value is PublicKeyCredentialCreationOptionsJSON => hasChallenge(value) && 'user' in value;

const UNREADABLE: PasskeyAnswer = { ok: false, message: 'The server asked for no passkey. Load the page anew.' };

/** Has a device make a passkey; `begin` gets from the server what to ask for. */
export async function makePasskey(
  begin: () => Promise<{ readonly options: string } | { readonly message: string }>,
): Promise<PasskeyAnswer> {
  const message = obstacle();
  if (message !== undefined) return { ok: false, message };
  const begun = await begin();
  if ('message' in begun) return { ok: false, message: begun.message };
  const optionsJSON: unknown = JSON.parse(begun.options);
  return isCreation(optionsJSON) ? await asked(() => startRegistration({ optionsJSON })) : UNREADABLE;
}

/** Has a passkey prove who somebody is, as this door asks for it. */
export async function showPasskey(door: '/login/passkey' | '/confirm/passkey'): Promise<PasskeyAnswer> {
  const message = obstacle();
  if (message !== undefined) return { ok: false, message };
  const answer = await throughDoor(door, {});
  if (!answer.ok) return answer;
  const { options: optionsJSON } = answer.fields;
  return isRequest(optionsJSON) ? await asked(() => startAuthentication({ optionsJSON })) : UNREADABLE;
}
