import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A process of the product under test. */
export interface Running {
  readonly url: string;
  /** What it printed so far, both streams. */
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code (`null` when a signal ended it). */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

const READY_MS = 90_000;

async function untilReady(child: ChildProcess, ready: RegExp, output: () => string): Promise<string> {
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in ${READY_MS / 1000} s:\n${output()}`)), READY_MS);
    lines.on('line', (line) => {
      const url = ready.exec(line)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready:\n${output()}`));
    });
  });
}

const A_URL = /http:\/\/127\.0\.0\.1:\d+\S*/;

/** What a test that has failed did not stop ends with the process that ran it. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts `tidemark ARGS` and waits until it prints a URL, or whatever else says that it is ready. */
export async function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}, ready = A_URL): Promise<Running> {
  const child = spawn(process.execPath, [join(root, 'server/src/cli.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let text = '';
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await untilReady(child, ready, () => text);
  return {
    url,
    output: () => text,
    stop: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `tidemark ARGS` to its end. */
export async function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [join(root, 'server/src/cli.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.err.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(chunks.out).toString(), err: Buffer.concat(chunks.err).toString() };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tidemark-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Asks until the answer is there, or fails with what was seen last. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 30_000): Promise<T> {
  const endAt = Date.now() + withinMs;
  let problem = 'no answer';
  while (Date.now() < endAt) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s (${problem})`);
}

/** GraphQL over HTTP with the owner's session, got from the log-in link. */
export interface Api {
  query<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  readonly cookie: string;
}

export async function logIn(loginUrl: string): Promise<Api> {
  const response = await fetch(loginUrl, { redirect: 'manual' });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`the log-in link answered ${response.status} without a cookie`);
  return apiWith(new URL(loginUrl).origin, cookie);
}

/** The API at an origin with the cookie of a session. */
export function apiWith(origin: string, cookie: string): Api {
  return {
    cookie,
    async query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
      const answer = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin },
        body: JSON.stringify({ query: document, variables }),
      });
      const body = (await answer.json()) as { data?: T; errors?: { message: string }[] };
      if (body.errors !== undefined || body.data === undefined)
        throw new Error(`GraphQL (${answer.status}): ${JSON.stringify(body.errors)}`);
      return body.data;
    },
  };
}

export const PASSWORD = 'correct horse battery staple';

/** A second person, invited by the first, who has chosen a password and is logged in: what lets more risk through takes two. */
export async function secondPerson(first: Api, origin: string, name = 'Second', role = 'RISK_OFFICER'): Promise<Api> {
  const { invitePerson } = await first.query<{ invitePerson: { path: string } }>(
    `mutation($name: String!, $role: Role!) { invitePerson(name: $name, role: $role) { ... on InvitationPayload { path } } }`,
    { name, role },
  );
  const response = await fetch(`${origin}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: invitePerson.path.replace('/join#', ''), password: PASSWORD }),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`joining answered ${response.status} without a cookie: ${await response.text()}`);
  return apiWith(origin, cookie);
}

/** Approves everything that waits; how many there were. */
export async function approveAll(by: Api): Promise<number> {
  const { proposals } = await by.query<{ proposals: { edges: { node: { id: string; hash: string } }[] } }>(
    '{ proposals(first: 50, open: true) { edges { node { id hash } } } }',
  );
  for (const { node } of proposals.edges) {
    const { approveChange } = await by.query<{ approveChange: { __typename: string; message?: string } }>(
      'mutation($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }',
      { ...node },
    );
    if (approveChange.__typename !== 'ProposalPayload') throw new Error(`not approved: ${approveChange.message ?? ''}`);
  }
  return proposals.edges.length;
}
