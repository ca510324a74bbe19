import type { IncomingHttpHeaders } from 'node:http';
import type { Role } from '../../approvals/roles.ts';
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

export interface OpenedSession {
  readonly secret: string;
  readonly expiresAtMs: number;
}
export type LogInAnswer = { readonly ok: true; readonly session: OpenedSession } | { readonly ok: false; readonly problem: string };

/** What the edge needs of the accounts. Secrets go in, and are kept only as hashes. */
export interface Accounts {
  /** A one-time link's token becomes a session; `undefined` where it is unknown, used or expired. */
  redeemLogin(token: string): Promise<OpenedSession | undefined>;
  bySession(secret: string): Promise<Authenticated | undefined>;
  byApiKey(secret: string): Promise<Authenticated | undefined>;
  /** What a session stands for now. */
  byProof(proof: string): Promise<Authenticated | undefined>;
  /** Whom an invitation is for, while it can be used. */
  invited(token: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
  /** The invited person chooses a password and is logged in. */
  join(token: string, password: string): Promise<LogInAnswer>;
  logIn(name: string, password: string): Promise<LogInAnswer>;
  /** The person of a session proves again who they are; one sentence where that failed. */
  confirm(by: Authenticated, password: string): Promise<string | undefined>;
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
