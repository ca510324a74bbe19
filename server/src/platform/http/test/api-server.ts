import { openApiWorld } from '../../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../../test-database.ts';
import { createServer } from '../server.ts';

export interface ApiServer {
  readonly api: ApiWorld;
  readonly url: string;
  close(): Promise<void>;
}

/** The API on a port of its own, without a dashboard to serve. */
export async function openApiServer(): Promise<ApiServer> {
  const api = await openApiWorld(openEmbeddedTestDatabase);
  const { capabilities, accounts, reports } = api.opened;
  const server = await createServer({ capabilities, accounts, reports, webBuild: '', port: 0, report: () => undefined });
  return {
    api,
    url: server.url,
    close: async () => {
      await server.close();
      await api.close();
    },
  };
}
