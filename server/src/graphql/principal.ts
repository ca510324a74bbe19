import type { KeyKind, Scope } from '../approvals/keys.ts';
import type { Role } from '../approvals/roles.ts';

/** Who asks. Every field needs one. */
export interface Principal {
  /** Stable: written to the journal as {@link actorOf} says. A key has an id of its own: who did it is the program. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'api-key';
  /** The person, or the key's owner: nobody approves what came from themselves by another door. */
  readonly personId: string;
  /** What they may do. */
  readonly role: Role;
  /** Of a key: what it is for, and whose decisions it carries out. */
  readonly key: { readonly kind: KeyKind; readonly scopes: readonly Scope[] } | undefined;
  /** The session or key that this rests on. */
  readonly proof: string;
}

/** How the journal names a principal: a program that decides by itself is no user. */
export const actorOf = ({ id, key }: Pick<Principal, 'id' | 'key'>): string => (key?.kind === 'agent' ? `agent:${id}` : `user:${id}`);
