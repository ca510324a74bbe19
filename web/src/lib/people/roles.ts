import type { Role } from '@tidemark/schema/documents';

export const ROLES: readonly { readonly value: Role; readonly name: string; readonly meaning: string }[] = [
  { value: 'VIEWER', name: 'Viewer', meaning: 'Sees everything, changes nothing.' },
  { value: 'TRADER', name: 'Trader', meaning: 'Trades, lowers limits, stops trading, proposes.' },
  { value: 'RISK_OFFICER', name: 'Risk officer', meaning: 'Also approves what others propose.' },
  { value: 'ADMIN', name: 'Admin', meaning: 'Also invites people and gives roles.' },
];

export const roleName = (role: Role): string => ROLES.find(({ value }) => value === role)?.name ?? role;

const RANK: Record<Role, number> = { VIEWER: 0, TRADER: 1, RISK_OFFICER: 2, ADMIN: 3 };
export const atLeast = (role: Role | undefined, least: Role): boolean => role !== undefined && RANK[role] >= RANK[least];
