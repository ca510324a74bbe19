import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../graphql/principal.ts';

/** A principal with what proved it; the key of that proof ends everything that rests on it. */
export interface Authenticated {
  readonly principal: Principal;
  /** Names the session or the API key, without being its secret. */
  readonly proof: string;
  readonly by: 'session' | 'api-key';
  /** Milliseconds since 1970; `undefined` for keys, which end when they are revoked. */
  readonly expiresAtMs: number | undefined;
}

/** What the edge needs of the accounts. Secrets go in, and are kept only as hashes. */
export interface Accounts {
  /** A one-time link's token becomes a session; `undefined` where it is unknown, used or expired. */
  redeemLogin(token: string): Promise<{ readonly secret: string; readonly expiresAtMs: number } | undefined>;
  bySession(secret: string): Promise<Authenticated | undefined>;
  byApiKey(secret: string): Promise<Authenticated | undefined>;
  endSession(secret: string): Promise<void>;
  /** Called with the proof of each session or key that was ended by someone. Returns the way to stop. */
  onEnded(listener: (proof: string) => void): () => void;
}

export const SESSION_COOKIE = 'tidemark_session';
const SECRET = /^[A-Za-z0-9_-]{16,200}$/;

/** The session's secret from the Cookie header. */
export function sessionSecret({ cookie }: IncomingHttpHeaders): string | undefined {
  for (const part of cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== undefined && SECRET.test(value)) return value;
  }
  return undefined;
}

/** The API key from `Authorization: Bearer …`. */
export function bearerSecret({ authorization }: IncomingHttpHeaders): string | undefined {
  const [scheme, value] = authorization?.split(' ', 2) ?? [];
  return scheme?.toLowerCase() === 'bearer' && value !== undefined && SECRET.test(value) ? value : undefined;
}

/** Who sends this request: an API key counts before a cookie. */
export async function authenticate(headers: IncomingHttpHeaders, accounts: Accounts): Promise<Authenticated | undefined> {
  const key = bearerSecret(headers);
  if (key !== undefined) return accounts.byApiKey(key);
  if (headers.authorization !== undefined) return undefined;
  const secret = sessionSecret(headers);
  return secret === undefined ? undefined : accounts.bySession(secret);
}

export const sessionCookie = (secret: string, maxAgeSeconds: number): string =>
  `${SESSION_COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
export const endedCookie = sessionCookie('', 0);
