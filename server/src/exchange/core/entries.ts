import type { Desk } from './desk.ts';
import { derivedId } from './identity.ts';
import type { AccountState } from './state.ts';
import type { Entry } from './types.ts';

/** Writes a row of an account's list of activities. */
export function enterRow(desk: Desk, account: AccountState, row: Omit<Entry, 'id' | 'sequence'>): void {
  const sequence = ++desk.state.executionCount;
  account.entries.push({ ...row, id: derivedId(desk.options.venueId, 'entry', sequence), sequence });
}
