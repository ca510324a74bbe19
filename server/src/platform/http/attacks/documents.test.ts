import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedSocket, subscribe } from '../../../graphql/test/socket.ts';
import { openAttackedServer } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';
import { DOCUMENT_ATTACKS } from './test/document-attacks.ts';

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer();
});
afterAll(() => attacked.close());

/** A page's size is looked at by the field that it is for: nothing behind it is asked. */
describe('a document that asks for too much is refused before any resolver', () => {
  test.each(DOCUMENT_ATTACKS)('$name', async ({ query, variables }) => {
    attacked.called.length = 0;
    const { body, status } = await attacked.post(query, variables);
    const answer = JSON.parse(body) as { readonly data?: unknown; readonly errors?: readonly { readonly message: string }[] };
    expect(answer.errors?.length).toBeGreaterThan(0);
    expect(answer.data ?? null).toBeNull();
    expect([200, 400]).toContain(status);
    expect(body.length).toBeLessThan(20_000 + query.length);
    expect(attacked.called).toEqual([]);
  });

  test('over WebSocket as over HTTP', async () => {
    const { api, server, called, said } = attacked;
    const opened = await acceptedSocket({ server, apiKey: api.apiKey });
    called.length = 0;
    for (const { name, query, variables } of DOCUMENT_ATTACKS) {
      if (query.length > 100_000) continue;
      opened.send(subscribe(name, query, variables));
      const answer = await opened.frame(({ id }) => id === name);
      expect([name, JSON.stringify(answer)]).toEqual([name, expect.stringMatching(/"(?:message|errors)"/)]);
      expect(JSON.stringify(answer)).not.toMatch(/"data":\{/);
    }
    expect(called).toEqual([]);
    said.push(...opened.frames.map((frame) => JSON.stringify(frame)));
    opened.socket.close();
    await opened.closed;
  });
});

/** A parsed document is kept, and its comments with it. */
test.each([
  ['before it', (comments: string) => `${comments}{ __typename }`],
  ['in it', (comments: string) => `{ ${comments} __typename }`],
  ['behind it', (comments: string) => `{ __typename }\n${comments}`],
])('comments %s count as tokens', async (_name, withComments) => {
  const [most, more] = await Promise.all([2_997, 2_998].map((count) => attacked.post(withComments('#\n'.repeat(count)))));
  expect(JSON.parse(most?.body ?? '')).toEqual({ data: { __typename: 'Query' } });
  expect(JSON.parse(more?.body ?? '')).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
});

test('what the server itself needs is answered all the same', async () => {
  const { getIntrospectionQuery } = await import('graphql');
  for (const query of [getIntrospectionQuery(), `{ ${'... on Query { '.repeat(20)}controls { tradingState }${' }'.repeat(20)} }`])
    expect((JSON.parse((await attacked.post(query)).body) as { errors?: unknown }).errors).toBeUndefined();
});

test('afterwards the process is healthy, and has told no secret', () => attacked.expectHealthy());
