import type { Mode, TradingState } from '@tidemark/schema/documents';
import type { Connection } from '#lib/live/client.ts';

export const MODES: Record<Mode, { readonly name: string; readonly tone: 'paper' | 'live'; readonly text: string }> = {
  SIMULATED: { name: 'SIMULATED', tone: 'paper', text: 'Orders go to our own simulated exchange: no broker, no money.' },
  PAPER: { name: 'PAPER', tone: 'paper', text: 'Orders go to the broker’s paper account: real prices, no real money.' },
  LIVE: { name: 'LIVE', tone: 'live', text: 'Orders go to the broker’s real account: real money.' },
};

export const CONNECTIONS: Record<Connection, { readonly name: string; readonly tone: 'good' | 'waiting' | 'bad'; readonly text: string }> =
  {
    connecting: { name: 'Connecting', tone: 'waiting', text: 'Connecting to the server.' },
    live: { name: 'Live', tone: 'good', text: 'Connected: every change arrives as it happens.' },
    reconnecting: { name: 'Reconnecting', tone: 'waiting', text: 'The connection fell; trying again. Figures may be old.' },
    offline: { name: 'Offline', tone: 'bad', text: 'No connection. Figures are old.' },
    refused: { name: 'Logged out', tone: 'bad', text: 'The server refused the connection: log in again.' },
  };

/** States that only a person can end. */
export function isStopped(state: TradingState | undefined): boolean {
  return state === 'HALTED' || state === 'FROZEN';
}

const REAL_TIME_WITHIN_MS = 5 * 60_000;

/** Whether the venue's clock is ours: a replayed venue has its own. */
export function isRealTime(venueAt: string, receivedAt: number): boolean {
  return Math.abs(Date.parse(venueAt) - receivedAt) < REAL_TIME_WITHIN_MS;
}

/**
 * Milliseconds of the venue's clock now. A venue in real time goes on between messages; a replayed one stands where the
 * last message left it.
 */
export function venueNow(venueAt: string, receivedAt: number, now: number): number {
  const at = Date.parse(venueAt);
  return isRealTime(venueAt, receivedAt) ? at + Math.max(0, now - receivedAt) : at;
}
