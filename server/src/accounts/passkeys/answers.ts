import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { z } from 'zod';

const LENGTH_MAX = 16_384;
const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(LENGTH_MAX);
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const credential = { id: base64url, rawId: base64url, type: z.literal('public-key') } as const;
const SHOWN = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});
const MADE = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    // Newer browsers may name others: they are hints, and those that nobody knows are left out.
    transports: z.array(z.string().max(40)).max(20).optional(),
  }),
});

function parsed<T>(text: string, shape: z.ZodType<T>): T | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The challenge that the browser says was signed; `undefined` where it says nothing. */
function challengeIn(clientData: string): string | undefined {
  try {
    const { challenge }: { readonly challenge?: unknown } = decodeClientDataJSON(clientData);
    return typeof challenge === 'string' && challenge.length <= 200 ? challenge : undefined;
  } catch (error) {
    // What is no JSON says nothing; neither does `null`.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

interface Answer<T> {
  readonly challenge: string;
  readonly response: T;
}

/** What a browser says after a passkey has signed, as JSON; `undefined` where it is none. */
export function parseShown(text: string): Answer<AuthenticationResponseJSON> | undefined {
  const answer = parsed(text, SHOWN);
  const challenge = answer === undefined ? undefined : challengeIn(answer.response.clientDataJSON);
  if (answer === undefined || challenge === undefined) return undefined;
  const { userHandle, ...response } = answer.response;
  const known = userHandle === null || userHandle === undefined ? response : { ...response, userHandle };
  return { challenge, response: { ...answer, response: known, clientExtensionResults: {} } };
}

/** What a browser says after it has made a passkey, as JSON; `undefined` where it is none. */
export function parseMade(text: string): Answer<RegistrationResponseJSON> | undefined {
  const answer = parsed(text, MADE);
  const challenge = answer === undefined ? undefined : challengeIn(answer.response.clientDataJSON);
  if (answer === undefined || challenge === undefined) return undefined;
  const transports = TRANSPORTS.filter((known) => answer.response.transports?.includes(known));
  return { challenge, response: { ...answer, response: { ...answer.response, transports }, clientExtensionResults: {} } };
}
