import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asking } from '../../accounts/passkeys/challenge-service.ts';
import type { Shown } from '../../accounts/passkeys/checking-service.ts';
import { NO_SITE } from '../../accounts/passkeys/site.ts';
import { hashOf, newSecret } from '../../accounts/session-service.ts';
import { authenticate, browserCookie, browserSecret, sessionCookie, sessionSecret } from './credentials.ts';
import type { Accounts, LogInAnswer, OpenedSession } from './credentials.ts';
import { deviceOf } from './device.ts';
import { isJson } from './guards.ts';
import type { IsOurPage } from './guards.ts';
import { siteOf } from './site.ts';

const BODY_BYTES_MAX = 4_096;
/** A password costs a tenth of a second and 32 MiB to try: so many at once, and no more. */
const TRIES_AT_ONCE_MAX = 4;

type Fields = Readonly<Record<string, string>>;

/** What is behind a door. */
interface Behind {
  readonly accounts: Accounts;
  readonly isOurPage: IsOurPage;
}

interface Reply {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly session?: OpenedSession;
  /** Names the browser from now on, until a passkey has answered. */
  readonly browser?: string;
}

const refused = (status: number, message: string): Reply => ({ status, body: { message } });

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fieldsIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    return entries.every(([, field]) => typeof field === 'string') ? Object.fromEntries(entries) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const answered = (answer: LogInAnswer): Reply =>
  answer.ok
    ? { status: 200, body: {}, session: answer.session }
    : { status: 403, body: { message: answer.problem, ...(answer.wants === undefined ? {} : { wants: answer.wants }) } };

/** What a passkey is said to have signed here; under a name that no passkey can have, nobody was asked. */
function shownIn({ headers }: IncomingMessage, { passkey }: Fields, isOurPage: IsOurPage, asked: Omit<Asking, 'site'>): Shown | undefined {
  const site = siteOf(headers, isOurPage);
  return passkey === undefined || site === undefined ? undefined : { answer: passkey, asked: { ...asked, site } };
}

/** By the cookie that came with the question. */
const shownInBrowser = (request: IncomingMessage, fields: Fields, isOurPage: IsOurPage): Shown | undefined =>
  shownIn(request, fields, isOurPage, { purpose: 'logging in', boundTo: hashOf(browserSecret(request.headers) ?? '') });

async function askForLogIn(request: IncomingMessage, _fields: Fields, { accounts, isOurPage }: Behind): Promise<Reply> {
  const site = siteOf(request.headers, isOurPage);
  if (site === undefined) return refused(403, NO_SITE);
  const browser = browserSecret(request.headers) ?? newSecret();
  return { status: 200, body: { options: await accounts.askForLogIn(site, browser, deviceOf(request)) }, browser };
}

async function askForConfirmation({ headers }: IncomingMessage, _fields: Fields, { accounts, isOurPage }: Behind): Promise<Reply> {
  const by = await authenticate(headers, accounts);
  if (by?.by !== 'session') return refused(401, 'Log in first.');
  const site = siteOf(headers, isOurPage);
  if (site === undefined) return refused(403, NO_SITE);
  const options = await accounts.askForConfirmation(site, by);
  return options === undefined ? refused(403, `You have no passkey for ${site.rpId}.`) : { status: 200, body: { options } };
}

async function confirm(request: IncomingMessage, fields: Fields, { accounts, isOurPage }: Behind): Promise<Reply> {
  const by = await authenticate(request.headers, accounts);
  if (by === undefined) return refused(401, 'Log in first.');
  const secret = sessionSecret(request.headers);
  if (by.by !== 'session' || secret === undefined) return refused(403, 'An API key confirms nothing: this is for people.');
  const { password = '', code = '' } = fields;
  const passkey = shownIn(request, fields, isOurPage, { purpose: 'confirming', boundTo: by.proof });
  return answered(await accounts.confirm(by, secret, { password, code, passkey }));
}

async function invited({ token = '' }: Fields, { accounts }: Behind): Promise<Reply> {
  const person = token.length > 200 ? undefined : await accounts.invited(token);
  return person === undefined
    ? refused(404, 'This invitation has been used, has expired or was never given. Ask whoever invited you for a new one.')
    : { status: 200, body: { name: person.name, role: person.role } };
}

type Door = (request: IncomingMessage, fields: Fields, behind: Behind) => Promise<Reply>;

/** What a page that has no session may ask for, and the confirmation of one that has. */
const DOORS: Readonly<Record<string, Door>> = {
  '/login': async (request, fields, { accounts, isOurPage }) => {
    const { name = '', password = '', code = '' } = fields;
    return answered(await accounts.logIn({ name, password, code, passkey: shownInBrowser(request, fields, isOurPage) }, deviceOf(request)));
  },
  '/login/passkey': askForLogIn,
  '/invitation': (_request, fields, behind) => invited(fields, behind),
  '/join': async (request, fields, { accounts, isOurPage }) => {
    const { token = '', password = '', code = '' } = fields;
    return answered(await accounts.join({ token, password, code, passkey: shownInBrowser(request, fields, isOurPage) }, deviceOf(request)));
  },
  '/confirm': confirm,
  '/confirm/passkey': askForConfirmation,
};

export const isLogInDoor = (path: string): boolean => Object.hasOwn(DOORS, path);

let triesUnderWay = 0;

async function replyTo(request: IncomingMessage, path: string, behind: Behind): Promise<Reply> {
  const door = DOORS[path];
  if (door === undefined) throw new Error(`Invariant: ${path} is a door`);
  if (!behind.isOurPage(request.headers)) return refused(403, 'This request comes from another site, or does not say where it comes from.');
  if (!isJson(request.headers)) return refused(415, 'Send application/json.');
  const fields = fieldsIn((await readText(request)) ?? '');
  if (fields === undefined) return refused(400, 'Send one JSON object whose fields are texts, of at most 4 KiB.');
  if (triesUnderWay >= TRIES_AT_ONCE_MAX) return refused(429, 'Too many log-ins at once: try again in a second.');
  triesUnderWay += 1;
  try {
    return await door(request, fields, behind);
  } finally {
    triesUnderWay -= 1;
  }
}

/** Log-in by password or passkey, joining by invitation, and confirming a session: JSON in, a cookie or one sentence out. */
export async function logInDoor(request: IncomingMessage, response: ServerResponse, path: string, behind: Behind): Promise<void> {
  const { status, body, session, browser } = await replyTo(request, path, behind);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(session === undefined ? {} : { 'Set-Cookie': sessionCookie(request.headers, session) }),
    ...(browser === undefined ? {} : { 'Set-Cookie': browserCookie(request.headers, browser) }),
  });
  response.end(JSON.stringify(body ?? {}));
}
