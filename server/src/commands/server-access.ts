import { DeskRefused } from './desk-api.ts';
import type { DeskApi } from './desk-api.ts';
import { isSafeUrl } from './safe-url.ts';
import { UsageError } from './usage.ts';
import type { Asker } from './asking.ts';
import type { Terminal } from './usage.ts';

/** Holds the API key by which a command speaks to a running server. */
export const KEY_VARIABLE = 'TIDEMARK_KEY';
export const SERVER_DEFAULT = 'http://127.0.0.1:4000';
const DEADLINE_MS = 10_000;

/** Throws {@link UsageError}. */
export function originOf(text: string): string {
  if (!URL.canParse(text)) throw new UsageError(`--server is "${text}"; it must be like http://127.0.0.1:4000`);
  const url = new URL(text);
  if (!isSafeUrl(url))
    throw new UsageError('--server must begin with https:// outside of this machine: keys and passwords would be readable on the way');
  return url.origin;
}

export interface ServerOptions {
  readonly server: string;
  /** Who logs in, instead of a key. */
  readonly as?: string;
}

/** A running server, and how to leave it. */
export interface ServerAccess {
  readonly api: DeskApi;
  readonly close: () => Promise<void>;
}

interface Door {
  readonly message?: string;
  readonly wants?: string;
}

const send = (origin: string, path: string, body: unknown, cookie = ''): Promise<Response> =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...(cookie === '' ? {} : { cookie }) },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
  });

/** The cookie of a new session, by password and, where the person has a second factor, a code. */
async function cookieBy(origin: string, name: string, asker: Asker): Promise<string> {
  const password = await asker.secret(`Password of ${name}: `);
  let answer = await send(origin, '/login', { name, password });
  let door = (await answer.json()) as Door;
  if (door.wants === 'code') {
    answer = await send(origin, '/login', { name, password, code: await asker.secret('Code of the authenticator app: ') });
    door = (await answer.json()) as Door;
  }
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || cookie === undefined) throw new DeskRefused(door.message ?? `The log-in answered ${answer.status}`);
  return cookie;
}

/** By the key of the environment, or as a person with a session that ends with the command. Throws {@link UsageError} and `DeskRefused`. */
export async function accessServer({ server, as }: ServerOptions, { environment }: Terminal, asker: Asker): Promise<ServerAccess> {
  const origin = originOf(server);
  const { deskApi } = await import('./desk-api.ts');
  if (as === undefined) {
    const key = environment[KEY_VARIABLE];
    if (key === undefined)
      throw new UsageError(`${KEY_VARIABLE} is not set: give the key of a program, or --as with the name by which you log in`);
    return { api: deskApi(origin, { authorization: `Bearer ${key}` }), close: () => Promise.resolve() };
  }
  const cookie = await cookieBy(origin, as, asker);
  return {
    api: deskApi(origin, { cookie, origin }),
    close: async () => void (await send(origin, '/logout', {}, cookie)),
  };
}
