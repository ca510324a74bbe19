import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

/** The audits know nothing of keys. */
const withKey: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${api.apiKey}`);
  return await fetch(input, { ...init, headers });
};

/** What a server may do, and this one does not: a form of another site could send the first, and operations come by POST alone. */
const LEFT_OUT: ReadonlySet<string> = new Set(['5A70', 'D6D5', '6A70']);

describe('GraphQL over HTTP, as the audits of its specification ask', () => {
  test.each(serverAudits({ url: () => `${api.server.url}/graphql`, fetchFn: withKey }))('$id $name', async (audit) => {
    const result = await audit.fn();
    const wanted = LEFT_OUT.has(audit.id) && audit.name.startsWith('MAY') ? 'notice' : 'ok';
    expect([result.status, result.status === 'error' ? result.reason : '']).toEqual([wanted, '']);
  });
});
