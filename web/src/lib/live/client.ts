import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import type { AnyVariables, CombinedError, OperationResult, TypedDocumentNode } from '@urql/core';
import { CloseCode, createClient } from 'graphql-ws';
import type { Client as Socket, SubscribePayload } from 'graphql-ws';
import { isRefusedAs } from './problem.ts';
import { credentials, serverUrl } from './server-url.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'refused';

export interface Wire {
  readonly client: Client;
  close(): void;
}

export interface WireEvents {
  readonly onConnection: (state: Connection) => void;
  /** Anything at all has come: a message, or the answer to a ping. */
  readonly onHeard: () => void;
}

/** An operation by the id under which the server has its text. */
type TrustedPayload = SubscribePayload & { readonly documentId: string };

const PING_MS = 4_000;
/** Close codes that mean: nobody is logged in. */
const REFUSALS: ReadonlySet<number> = new Set([CloseCode.Unauthorized, CloseCode.Forbidden]);
const RETRY_MS = [300, 700, 1_500, 3_000] as const;

/** The newest cursor in an event, wherever its field is called: `{ orders: { cursor: '42' } }`. */
function cursorOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  for (const field of Object.values<unknown>({ ...data })) {
    if (typeof field === 'object' && field !== null && 'cursor' in field && typeof field.cursor === 'string') return field.cursor;
  }
  return undefined;
}

/** Watches one socket and says what state it is in. */
function openSocket({ onConnection, onHeard }: WireEvents): Socket {
  const url = new URL(serverUrl('/graphql'));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let ws: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url: url.href,
    lazy: false,
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (problem) => !(problem instanceof CloseEvent && REFUSALS.has(problem.code)),
    retryWait: (tries) => new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)])),
    onNonLazyError: () => onConnection('offline'),
    on: {
      opened: (socket) => {
        if (socket instanceof WebSocket) ws = socket;
      },
      connected: () => onConnection('live'),
      ping: (received) => {
        if (received) return;
        // A socket that swallows pings is dead, though nobody has closed it.
        silence = setTimeout(() => ws?.close(CloseCode.ConnectionAcknowledgementTimeout, 'No answer to a ping'), PING_MS);
      },
      pong: (received) => {
        if (!received) return;
        clearTimeout(silence);
        onHeard();
      },
      message: onHeard,
      closed: (event) => {
        clearTimeout(silence);
        const refused = event instanceof CloseEvent && REFUSALS.has(event.code);
        onConnection(refused ? 'refused' : 'reconnecting');
      },
    },
  });
}

/**
 * One client for the page: queries and mutations over HTTP, subscriptions over one socket that is opened again whenever it
 * falls. A subscription with an `after` variable is resumed from the last cursor it delivered, so facts are neither lost
 * nor told twice.
 */
export function openWire(events: WireEvents): Wire {
  const socket = openSocket(events);
  const client = new Client({
    url: serverUrl('/graphql'),
    requestPolicy: 'network-only',
    preferGetMethod: false,
    fetchOptions: { credentials: credentials() },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ documentId, variables }) => ({
          subscribe: (sink) => {
            if (documentId === undefined) throw new Error('Invariant: a subscription has a trusted document.');
            // The socket sends this same object again when it reconnects: keeping the cursor in it is what resumes.
            const kept: Record<string, unknown> = { ...variables };
            // The protocol wants a text; the server takes an empty one for none.
            const payload: TrustedPayload = { query: '', documentId, variables: kept };
            const unsubscribe = socket.subscribe(payload, {
              next: (result) => {
                const cursor = cursorOf(result.data);
                if (cursor !== undefined && 'after' in kept) kept['after'] = cursor;
                sink.next({
                  ...(result.data !== undefined && { data: result.data }),
                  ...(result.errors && { errors: [...result.errors] }),
                });
              },
              error: (error) => sink.error(error),
              complete: () => sink.complete(),
            });
            return { unsubscribe };
          },
        }),
      }),
    ],
  });
  return {
    client,
    close: () => {
      void socket.dispose();
    },
  };
}

/** Whether an answer means that nobody is logged in. */
export function isLoggedOut(error: CombinedError | undefined): boolean {
  if (!error) return false;
  const response: unknown = error.response;
  if (typeof response === 'object' && response !== null && 'status' in response && response.status === 401) return true;
  return isRefusedAs(error, 'UNAUTHENTICATED');
}

/** Whether the server asks the person to prove again who they are. */
export const needsConfirming = (error: CombinedError | undefined): boolean => isRefusedAs(error, 'CONFIRM_LOGIN');

/** Whether this page is of another version than the server, which does not know what it asks for. */
export const isOutdated = (error: CombinedError | undefined): boolean => isRefusedAs(error, 'UNKNOWN_DOCUMENT');

/** One sentence for a person about what went wrong, and what to do. */
export function explainError(error: CombinedError): string {
  if (error.networkError) return 'The server did not answer. Check that it is running; this page tries again by itself when it is back.';
  return error.graphQLErrors.map((one) => one.message).join(' ');
}

export type Answer<D> = { readonly ok: true; readonly data: D } | { readonly ok: false; readonly message: string };

/** A result as a value: data, or one sentence. */
export function answerOf<D, V extends AnyVariables>(result: OperationResult<D, V>): Answer<D> {
  if (result.error) return { ok: false, message: explainError(result.error) };
  if (result.data === undefined) return { ok: false, message: 'The server answered without data. Reload the page.' };
  return { ok: true, data: result.data };
}

export type Document<D, V> = TypedDocumentNode<D, V>;
