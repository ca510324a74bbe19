/** The API of a running server, as the drill uses it. */
export interface DeskApi {
  query<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
}

/** The server did not answer as it should: what it said, in one sentence. */
export class DeskRefused extends Error {
  override readonly name = 'DeskRefused';
}

const DEADLINE_MS = 10_000;

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Asks by key or by cookie. Throws {@link DeskRefused}. */
export function deskApi(origin: string, credentials: Readonly<Record<string, string>>): DeskApi {
  return {
    query: async <T>(query: string, variables: Record<string, unknown> = {}): Promise<T> => {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...credentials },
        body: JSON.stringify({ query, variables }),
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const { data, errors } = (await response.json()) as Answer<T>;
      if (data === undefined || data === null) throw new DeskRefused(errors?.[0]?.message ?? `the server answered ${response.status}`);
      return data;
    },
  };
}

/** Uses the link up that logs the owner in, once. */
export async function logInBy(loginUrl: string): Promise<DeskApi> {
  const { origin } = new URL(loginUrl);
  const response = await fetch(loginUrl, { redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new DeskRefused(`the log-in link answered ${response.status} without a cookie`);
  return deskApi(origin, { cookie, origin });
}
