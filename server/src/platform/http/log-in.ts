import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, sessionCookie } from './credentials.ts';
import type { Accounts, LogInAnswer, OpenedSession } from './credentials.ts';
import { isJson, isSameOrigin } from './guards.ts';

const BODY_BYTES_MAX = 4_096;
/** A password costs a tenth of a second and 32 MiB to try: so many at once, and no more. */
const TRIES_AT_ONCE_MAX = 4;

type Fields = Readonly<Record<string, string>>;

interface Reply {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly session?: OpenedSession;
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
  answer.ok ? { status: 200, body: {}, session: answer.session } : refused(403, answer.problem);

async function confirm(request: IncomingMessage, { password = '' }: Fields, accounts: Accounts): Promise<Reply> {
  const by = await authenticate(request.headers, accounts);
  if (by === undefined) return refused(401, 'Log in first.');
  if (by.by !== 'session') return refused(403, 'An API key confirms nothing: this is for people.');
  const problem = await accounts.confirm(by, password);
  return problem === undefined ? { status: 200, body: {} } : refused(403, problem);
}

async function invited({ token = '' }: Fields, accounts: Accounts): Promise<Reply> {
  const person = token.length > 200 ? undefined : await accounts.invited(token);
  return person === undefined
    ? refused(404, 'This invitation has been used, has expired or was never given. Ask whoever invited you for a new one.')
    : { status: 200, body: { name: person.name, role: person.role } };
}

type Door = (request: IncomingMessage, fields: Fields, accounts: Accounts) => Promise<Reply>;

/** What a page that has no session may ask for, and the confirmation of one that has. */
const DOORS: Readonly<Record<string, Door>> = {
  '/login': async (_request, { name = '', password = '' }, accounts) => answered(await accounts.logIn(name, password)),
  '/invitation': (_request, fields, accounts) => invited(fields, accounts),
  '/join': async (_request, { token = '', password = '' }, accounts) => answered(await accounts.join(token, password)),
  '/confirm': confirm,
};

export const isLogInDoor = (path: string): boolean => Object.hasOwn(DOORS, path);

let triesUnderWay = 0;

async function replyTo(request: IncomingMessage, path: string, accounts: Accounts): Promise<Reply> {
  const door = DOORS[path];
  if (door === undefined) throw new Error(`Invariant: ${path} is a door`);
  if (!isSameOrigin(request.headers)) return refused(403, 'This request comes from another site, or does not say where it comes from.');
  if (!isJson(request.headers)) return refused(415, 'Send application/json.');
  const fields = fieldsIn((await readText(request)) ?? '');
  if (fields === undefined) return refused(400, 'Send one JSON object whose fields are texts, of at most 4 KiB.');
  if (triesUnderWay >= TRIES_AT_ONCE_MAX) return refused(429, 'Too many log-ins at once: try again in a second.');
  triesUnderWay += 1;
  try {
    return await door(request, fields, accounts);
  } finally {
    triesUnderWay -= 1;
  }
}

/** Log-in by password, joining by invitation, and confirming a session: JSON in, a cookie or one sentence out. */
export async function logInDoor(request: IncomingMessage, response: ServerResponse, path: string, accounts: Accounts): Promise<void> {
  const { status, body, session } = await replyTo(request, path, accounts);
  const seconds = session === undefined ? 0 : Math.max(0, Math.floor((session.expiresAtMs - Date.now()) / 1000));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(session === undefined ? {} : { 'Set-Cookie': sessionCookie(session.secret, seconds) }),
  });
  response.end(JSON.stringify(body ?? {}));
}
