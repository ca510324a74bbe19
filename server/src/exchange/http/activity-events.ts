import type { ServerResponse } from 'node:http';
import type { AccountState } from '../core/state.ts';
import type { Execution } from '../core/types.ts';
import type { VenueHost } from '../host.ts';
import { assetId, chargeEventJson, entryEventJson, eventIdOf, tradeEventJson } from '../wire.ts';
import { timeIn } from './query.ts';
import { badQuery } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

/** A reader that has not taken so much loses what comes, and is told how much. */
const UNREAD_BYTES_MAX = 1_048_576;

interface Told {
  readonly id: string;
  readonly sequence: number;
  readonly at: number;
  readonly json: unknown;
}

/** Where a reader wants to begin and to end. Without a beginning it hears only what comes. */
interface Window {
  readonly replays: boolean;
  readonly begins: (event: Told) => boolean;
  readonly ends: (event: Told) => boolean;
  readonly bounded: boolean;
}

function windowOf(query: URLSearchParams): Window | string {
  const get = (name: string): string | undefined => query.get(name) ?? undefined;
  const [since, until, sinceId, untilId] = [get('since'), get('until'), get('since_id'), get('until_id')];
  if ((since ?? until) !== undefined && (sinceId ?? untilId) !== undefined) return 'since and until exclude since_id and until_id';
  if ((until !== undefined && since === undefined) || (untilId !== undefined && sinceId === undefined))
    return 'until requires since, and until_id requires since_id';
  try {
    const [from, to] = [since, until].map((text) => (text === undefined ? undefined : timeIn(text)));
    return {
      replays: since !== undefined || sinceId !== undefined,
      begins: ({ at, id }) => (from === undefined || at >= from) && (sinceId === undefined || id >= sinceId),
      ends: ({ at, id }) => (to !== undefined && at > to) || (untilId !== undefined && id > untilId),
      bounded: until !== undefined || untilId !== undefined,
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid time';
  }
}

/** What happened in an account's book after a sequence number, oldest first: trades with their busts and corrections, and the rest. */
function toldAfter(account: AccountState, sequence: number): readonly Told[] {
  const order = (fill: Execution) => account.orders.get(fill.orderId);
  const told = (row: { readonly sequence: number; readonly at: number }, json: unknown): Told => ({
    id: eventIdOf(row),
    sequence: row.sequence,
    at: row.at,
    json,
  });
  return [
    ...account.executions
      .filter((row) => row.sequence > sequence)
      .map((row) => told(row, tradeEventJson(row, order(row), assetId(row.symbol)))),
    ...account.charges.filter((row) => row.sequence > sequence).map((row) => told(row, chargeEventJson(row))),
    ...account.entries.filter((row) => row.sequence > sequence).map((row) => told(row, entryEventJson(row))),
  ].sort((left, right) => left.sequence - right.sequence);
}

/** One reader: writes what its account's book gets, and counts what it was too slow for. */
class Reader {
  readonly #response: ServerResponse;
  readonly #window: Window;
  #sequence: number;
  #dropped = 0;

  constructor(response: ServerResponse, window: Window, sequence: number) {
    this.#response = response;
    this.#window = window;
    this.#sequence = sequence;
  }

  /** False when the window has ended. */
  tell(account: AccountState): boolean {
    for (const event of toldAfter(account, this.#sequence)) {
      this.#sequence = event.sequence;
      if (this.#window.ends(event)) return false;
      if (this.#window.begins(event)) this.#write(event);
    }
    return true;
  }

  #write(event: Told): void {
    if (this.#response.writableLength > UNREAD_BYTES_MAX) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) this.#response.write(`: you are reading too slowly, dropped ${this.#dropped} messages\n\n`);
    this.#dropped = 0;
    this.#response.write(`id: ${event.id}\ndata: ${JSON.stringify(event.json)}\n\n`);
  }
}

function stream(host: VenueHost, accountId: string, window: Window): (response: ServerResponse) => void {
  return (response) => {
    const account = host.venue.core.account(accountId);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
    response.write(': welcome\n\n');
    const reader = new Reader(response, window, window.replays ? 0 : host.venue.core.state.executionCount);
    const tell = (): void => {
      if (!reader.tell(account)) response.end();
    };
    tell();
    if (window.bounded) return void response.end();
    const stop = host.listen({ onEvents: tell, onStep: tell });
    response.on('close', stop);
  };
}

function events({ host, accountId, query }: Call): Reply {
  const window = windowOf(query);
  return typeof window === 'string' ? badQuery(window) : { status: 200, stream: stream(host, accountId, window) };
}

export const activityEventRoutes: readonly Route[] = [{ method: 'GET', path: /^\/v2beta1\/events\/activities$/, handler: events }];
