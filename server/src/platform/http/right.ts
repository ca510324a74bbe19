import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerSecret } from './credentials.ts';
import type { Accounts, Authenticated } from './credentials.ts';
import type { EventStreams } from './event-streams.ts';

/** What a request over HTTP was let in by, and whether that still stands. */
export interface Right {
  /** Before its operation runs: the body may have come long after the head, by which it was let in. */
  stands(): Promise<boolean>;
  /** Before its answer stays open: from here on the answer ends with the right. */
  holds(): Promise<boolean>;
}

/** Not by the cookie's secret: while the body came another request may have replaced it, and a secret that was replaced ends the session. */
function lookAgain({ headers }: IncomingMessage, { by, proof }: Authenticated, accounts: Accounts): Promise<Authenticated | undefined> {
  const key = bearerSecret(headers);
  return by === 'session' || key === undefined ? accounts.byProof(proof) : accounts.byApiKey(key);
}

/** To be called as soon as it is known who asks. */
export function rightOf(
  request: IncomingMessage,
  response: ServerResponse,
  authenticated: Authenticated,
  { accounts, streams }: { readonly accounts: Accounts; readonly streams: EventStreams },
): Right {
  // As of nearly every request: nothing has to be looked up twice for it.
  const wasWhole = request.complete;
  const standsNow = async (): Promise<boolean> =>
    (await lookAgain(request, authenticated, accounts))?.principal.role === authenticated.principal.role;
  return {
    stands: async () => wasWhole || (await standsNow()),
    holds: async () => {
      streams.watch(response, authenticated);
      // What ended while it was being checked has ended no answer that it did not know of.
      return await standsNow();
    },
  };
}
