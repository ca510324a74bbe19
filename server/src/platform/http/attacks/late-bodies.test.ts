import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAttackedServer } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer();
});
afterAll(() => attacked.close());

const OWNER = { personId: 'owner', name: 'owner', role: 'admin' } as const;
const CHANGE = JSON.stringify({
  query: 'mutation { engageKillSwitch(input: { action: FREEZE, reason: "by a late body" }) { __typename } }',
});

interface Late {
  /** Sends the rest, and answers with what came of it. */
  finish(): Promise<{ readonly status: number; readonly body: string }>;
}

/** Head and half of the body; resolves once the server has looked at who sends them. */
async function begin(headers: Readonly<Record<string, string>>, body = CHANGE): Promise<Late> {
  const { port } = new URL(attacked.server.url);
  const sent: ClientRequest = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/graphql', agent: false, headers });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  const half = Math.floor(body.length / 2);
  sent.write(body.slice(0, half));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return {
    finish: async () => {
      sent.end(body.slice(half));
      const [response] = await answered;
      let said = '';
      for await (const chunk of response) said += String(chunk);
      attacked.said.push(said);
      return { status: response.statusCode ?? 0, body: said };
    },
  };
}

const json = (headers: Readonly<Record<string, string>>): Record<string, string> => ({ 'content-type': 'application/json', ...headers });

async function newKey(): Promise<{ readonly id: string; readonly headers: Record<string, string> }> {
  const { keys } = attacked.api.opened.capabilities;
  const { id, secret } = await keys.create(OWNER, 'late', 'trader', { kind: 'service', scopes: ['read', 'trade'], days: 1 });
  return { id, headers: json({ authorization: `Bearer ${secret}` }) };
}

async function newSession(): Promise<{ readonly cookie: string; readonly headers: Record<string, string> }> {
  const answer = await attacked.send('GET', `/login?token=${await attacked.api.loginToken()}`);
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  return { cookie, headers: json({ cookie, origin: attacked.server.url }) };
}

describe('a right that ends while the body comes', () => {
  test.each([
    [
      'a key that is revoked',
      async () => {
        const { id, headers } = await newKey();
        return { headers, end: async () => void (await attacked.api.opened.capabilities.keys.revoke(id)) };
      },
    ],
    [
      'a key that is paused',
      async () => {
        const { id, headers } = await newKey();
        return { headers, end: async () => void (await attacked.api.opened.capabilities.keys.pause(id)) };
      },
    ],
    [
      'a key that expires',
      async () => {
        const { id, headers } = await newKey();
        const { db } = attacked.api.database;
        const expires_at = new Date(Date.now() - 1_000);
        return { headers, end: async () => void (await db.updateTable('api_keys').set({ expires_at }).where('id', '=', id).execute()) };
      },
    ],
    [
      'a session that is logged out',
      async () => {
        const { headers } = await newSession();
        return { headers, end: async () => void (await attacked.send('POST', '/logout', headers)) };
      },
    ],
  ])('%s: the operation is refused, and nothing is done', async (_name, open) => {
    const { headers, end } = await open();
    const before = attacked.api.world.session.state().tradingState;
    const late = await begin(headers);
    await end();
    attacked.called.length = 0;
    const { status, body } = await late.finish();
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(attacked.called).toEqual([]);
    expect(attacked.api.world.session.state().tradingState).toBe(before);
  });
});

describe('a right that stands', () => {
  const READ = JSON.stringify({ query: '{ controls { tradingState } }' });

  test('a slow body is answered', async () => {
    const { headers } = await newKey();
    const late = await begin(headers, READ);
    expect(await late.finish()).toMatchObject({ status: 200, body: expect.stringContaining('tradingState') as string });
  });

  test('a cookie that was replaced while the body came ends no session', async () => {
    const { headers, cookie } = await newSession();
    const late = await begin(headers, READ);
    const { db } = attacked.api.database;
    const { accounts } = attacked.api.opened;
    const secret = cookie.slice(cookie.indexOf('=') + 1);
    await db
      .updateTable('sessions')
      .set({ rotated_at: new Date(Date.now() - 2 * 3_600_000) })
      .where('revoked_at', 'is', null)
      .execute();
    const renewed = await accounts.renew(secret);
    // The old one opens nothing any more, and would end the session if it came.
    await db
      .updateTable('sessions')
      .set({ previous_until: new Date(Date.now() - 1_000) })
      .where('revoked_at', 'is', null)
      .execute();
    expect((await late.finish()).status).toBe(200);
    expect(await accounts.bySession(renewed?.secret ?? '')).toBeDefined();
  });
});

test('afterwards the process is healthy, and has told no secret', () => attacked.expectHealthy());
