import type { IncomingHttpHeaders } from 'node:http';
import type { RequestOptions } from '../../accounts/passkey-service.ts';
import { CHALLENGE_MS } from '../../accounts/passkeys/challenge-service.ts';
import type { Site } from '../../accounts/passkeys/site.ts';
import type { Proofs } from '../../accounts/proving-service.ts';
import type { Wants } from '../../accounts/second-factor-service.ts';
import type { Device } from '../../accounts/session-service.ts';
import type { Role } from '../../approvals/roles.ts';
import type { Principal } from '../../graphql/principal.ts';
import { isLoopback } from './guards.ts';

/** A principal with what proved it; the key of that proof ends everything that rests on it. */
export interface Authenticated {
  readonly principal: Principal;
  /** Names the session or the API key, without being its secret. */
  readonly proof: string;
  readonly by: 'session' | 'api-key';
  /** Milliseconds since 1970, where it ends by itself. Use puts it off. */
  readonly expiresAtMs: number | undefined;
  /** The session's secret is old enough to be replaced. */
  readonly renewalDue: boolean;
}

/** A proof that something open rests on, and the role that it was opened with. */
export type Resting = readonly [proof: string, role: Role];

export interface OpenedSession {
  readonly secret: string;
  readonly expiresAtMs: number;
}
export type LogInAnswer =
  | { readonly ok: true; readonly session: OpenedSession }
  /** One sentence, and what else is asked for. */
  | { readonly ok: false; readonly problem: string; readonly wants?: Wants };

/** What the edge needs of the accounts. Secrets go in, and are kept only as hashes. */
export interface Accounts {
  /** A one-time link's token becomes a session; `undefined` where it is unknown, used or expired. */
  redeemLogin(token: string, device: Device): Promise<OpenedSession | undefined>;
  /** Counts as use. */
  bySession(secret: string): Promise<Authenticated | undefined>;
  /** Another secret for the same session; `undefined` where another request has just had one. */
  renew(secret: string): Promise<OpenedSession | undefined>;
  byApiKey(secret: string): Promise<Authenticated | undefined>;
  /** Of an agent that the server itself runs: no secret proves it, so nothing that comes from outside may choose the id. Counts as use. */
  byKeyId(id: string): Promise<Authenticated | undefined>;
  /** What a session stands for now. */
  byProof(proof: string): Promise<Authenticated | undefined>;
  /** Whom an invitation is for, while it can be used. */
  invited(token: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
  /** The invited person chooses a password and is logged in. */
  join(fields: { readonly token: string } & Proofs, device: Device): Promise<LogInAnswer>;
  /** With neither name nor password by the passkey alone. */
  logIn(fields: { readonly name: string } & Proofs, device: Device): Promise<LogInAnswer>;
  /** What a passkey is asked in this browser, which its own secret names. */
  askForLogIn(site: Site, browser: string, device: Device): Promise<RequestOptions>;
  /** As `askForLogIn`, of somebody who is logged in; `undefined` where they have no passkey for this name. */
  askForConfirmation(site: Site, by: Authenticated): Promise<RequestOptions | undefined>;
  /** The person of a session proves again who they are; the session goes on under another secret. */
  confirm(by: Authenticated, secret: string, proofs: Proofs): Promise<LogInAnswer>;
  endSession(secret: string): Promise<void>;
  /** Called with the proof of each session or key that was ended by someone. Returns the way to stop. */
  onEnded(listener: (proof: string) => void): () => void;
  /** What is open, by proof, with the role that it was opened with: looked at again where the end of one may not have been heard. Returns the way to stop. */
  watchOpen(open: () => readonly Resting[]): () => void;
}

/** Browsers take this name only with `Secure`, for the whole host and for no other: no neighbour can set or shadow it. */
export const SESSION_COOKIE = '__Host-tidemark_session';
/** For the browser that keeps no `Secure` cookie of http://127.0.0.1. */
export const PLAIN_COOKIE = 'tidemark_session';
const SECRET = /^[A-Za-z0-9_-]{16,200}$/;

/** A browser that nobody is logged in on: what a passkey was asked there counts there alone. */
const BROWSER_COOKIES = ['__Host-tidemark_passkey', 'tidemark_passkey'] as const;
const SESSION_COOKIES = [SESSION_COOKIE, PLAIN_COOKIE] as const;
type CookieNames = readonly [host: string, plain: string];

/** A secret from the Cookie header. The plain name counts on this machine only: another host could plant it from a neighbouring name. */
function secretIn(headers: IncomingHttpHeaders, [host, plain]: CookieNames): string | undefined {
  const found = new Map<string, string>();
  for (const part of headers.cookie?.split(';') ?? []) {
    const [name = '', value] = part.trim().split('=', 2);
    if (value !== undefined && SECRET.test(value)) found.set(name, value);
  }
  return found.get(host) ?? (isLoopback(headers) ? found.get(plain) : undefined);
}

export const sessionSecret = (headers: IncomingHttpHeaders): string | undefined => secretIn(headers, SESSION_COOKIES);
export const browserSecret = (headers: IncomingHttpHeaders): string | undefined => secretIn(headers, BROWSER_COOKIES);

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

/** Safari holds plain http on loopback for insecure, where the others trust it. */
const isSafari = (agent: string): boolean => /\bSafari\//.test(agent) && !/Chrom|Android|Edg/.test(agent);

const OURS = 'Path=/; HttpOnly; SameSite=Strict';
/** Of a dashboard on another site: the browser keeps the cookie for pages of that site alone, and sends it from nowhere else. */
const PARTITIONED = 'Path=/; HttpOnly; SameSite=None; Partitioned';

/** Whether a page of another site sends this; the browser says so itself, and only our own dashboards come so far. A link from elsewhere has no origin. */
const isFromAnotherSite = (headers: IncomingHttpHeaders): boolean =>
  headers.origin !== undefined && headers['sec-fetch-site'] === 'cross-site';

const hostCookie = (name: string, secret: string, maxAgeSeconds: number, attributes: string): string =>
  `${name}=${secret}; Secure; ${attributes}; Max-Age=${maxAgeSeconds}`;
const plainCookie = (name: string, secret: string, maxAgeSeconds: number): string => `${name}=${secret}; ${OURS}; Max-Age=${maxAgeSeconds}`;

function cookieFor(headers: IncomingHttpHeaders, [host, plain]: CookieNames, secret: string, seconds: number): string {
  const isPlain = isLoopback(headers) && isSafari(headers['user-agent'] ?? '');
  return isPlain ? plainCookie(plain, secret, seconds) : hostCookie(host, secret, seconds, isFromAnotherSite(headers) ? PARTITIONED : OURS);
}

/** The value of `Set-Cookie` for whoever sent the request. */
export function sessionCookie(headers: IncomingHttpHeaders, { secret, expiresAtMs }: OpenedSession): string {
  const seconds = Math.max(0, Math.floor((expiresAtMs - Date.now()) / 1000));
  return cookieFor(headers, SESSION_COOKIES, secret, seconds);
}

/** As {@link sessionCookie}, for a browser that was asked for a passkey. */
export const browserCookie = (headers: IncomingHttpHeaders, secret: string): string =>
  cookieFor(headers, BROWSER_COOKIES, secret, CHALLENGE_MS / 1000);

/** Both names are forgotten: one may be left from an older version. */
export const endedCookies = (headers: IncomingHttpHeaders): readonly string[] => [
  hostCookie(SESSION_COOKIE, '', 0, isFromAnotherSite(headers) ? PARTITIONED : OURS),
  plainCookie(PLAIN_COOKIE, '', 0),
];
