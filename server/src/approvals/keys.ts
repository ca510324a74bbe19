import type { Role } from './roles.ts';

/** What a key may be for: it does no more than both its role and its scopes allow. `trade` holds `propose` and `stop`. */
export const SCOPES = ['read', 'research', 'propose', 'stop', 'trade'] as const;
export type Scope = (typeof SCOPES)[number];

/** A service does what its author wrote; an agent decides by itself, and so is never the person who approves. */
export const KEY_KINDS = ['service', 'agent'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** How many days a key works: none works for ever. */
export const KEY_DAYS: Readonly<Record<KeyKind, { readonly usual: number; readonly max: number }>> = {
  service: { usual: 90, max: 365 },
  agent: { usual: 30, max: 90 },
};

/** The most that a key of this kind may be. */
export const KEY_ROLE_MAX: Readonly<Record<KeyKind, Role>> = { service: 'admin', agent: 'trader' };

/** What an agent may be for: whatever it wants to trade a person decides about. */
export const AGENT_SCOPES = SCOPES.filter((scope) => scope !== 'trade');

const isHeld = (scope: Scope, wanted: readonly Scope[]): boolean =>
  scope === 'read' || wanted.includes(scope) || ((scope === 'propose' || scope === 'stop') && wanted.includes('trade'));

/** Reading is part of every key: what changes something answers with it. In the order of the list, each once. An agent is left what an agent may. */
export const scopesOf = (kind: KeyKind, wanted: readonly Scope[]): readonly Scope[] =>
  (kind === 'agent' ? AGENT_SCOPES : SCOPES).filter((scope) => isHeld(scope, wanted));

export const scopesIn = (kind: KeyKind, text: string): readonly Scope[] =>
  scopesOf(
    kind,
    SCOPES.filter((scope) => text.split(',').includes(scope)),
  );
