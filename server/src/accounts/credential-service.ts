import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { KeyKind, Scope } from '../approvals/keys.ts';
import type { Role } from '../approvals/roles.ts';
import type { Instant } from '../money/instant.ts';
import { selectPerson } from './people-store.ts';
import type { AccountTables } from './store.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** Who a session or a key stands for. */
export interface Credential {
  /** The session's or the key's id. */
  readonly id: string;
  readonly person: Person;
  /** The key's name; the person's for sessions. */
  readonly name: string;
  readonly kind: 'person' | 'api-key';
  /** What it may do: of a key, what both it and its person may. */
  readonly role: Role;
  /** Of a key: what it is for, and whose decisions it carries out. */
  readonly key: { readonly kind: KeyKind; readonly scopes: readonly Scope[] } | undefined;
  /** When it ends by itself. */
  readonly expiresAt: Instant | undefined;
  /** When the person last proved who they are; a key never does. */
  readonly confirmedAt: Instant | undefined;
}

export const newId = (): string => randomBytes(12).toString('hex');

/** `undefined` where nobody of that id is here any more. */
export async function personOf(db: Kysely<AccountTables>, id: string): Promise<Person | undefined> {
  const row = await selectPerson(db, id);
  return row === undefined ? undefined : { id: row.id, name: row.name, role: row.role };
}
