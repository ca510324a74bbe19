import type { KeyKind, KeyScope } from '@tidemark/schema/documents';

export const KEY_SCOPES: readonly { readonly value: KeyScope; readonly name: string; readonly meaning: string }[] = [
  { value: 'READ', name: 'Read', meaning: 'all that can be seen' },
  { value: 'RESEARCH', name: 'Research', meaning: 'backtests, sweeps, trainings, drafts' },
  { value: 'PROPOSE', name: 'Propose', meaning: 'orders and versions that a person decides about' },
  { value: 'STOP', name: 'Stop', meaning: 'pauses, tighter limits, the kill switch' },
  { value: 'TRADE', name: 'Trade', meaning: 'orders, strategies, limits, the kill switch' },
];

export const KEY_KINDS: readonly { readonly value: KeyKind; readonly name: string; readonly meaning: string }[] = [
  { value: 'SERVICE', name: 'Service', meaning: 'A program that does what its author wrote.' },
  { value: 'AGENT', name: 'Agent', meaning: 'It decides by itself: it proposes and stops, a person approves.' },
];

/** For how many days a key can be made, the usual one first. */
export const KEY_DAYS: Readonly<Record<KeyKind, readonly number[]>> = { SERVICE: [90, 7, 30, 365], AGENT: [30, 1, 7, 90] };

export const scopeNames = (scopes: readonly KeyScope[]): string =>
  KEY_SCOPES.filter(({ value }) => scopes.includes(value))
    .map(({ name }) => name.toLowerCase())
    .join(', ');
