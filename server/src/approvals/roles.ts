/** What people may do, from least to most: each role may do what the ones before it may. */
export const ROLES = ['viewer', 'trader', 'risk_officer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_NAMES: Record<Role, string> = { viewer: 'viewer', trader: 'trader', risk_officer: 'risk officer', admin: 'admin' };

/** What each role is for, in one sentence. */
export const ROLE_MEANINGS: Record<Role, string> = {
  viewer: 'Sees everything, changes nothing.',
  trader: 'Runs strategies and backtests, places and cancels orders, lowers limits, and stops trading.',
  risk_officer: 'Also proposes and approves what lets more risk through: raised limits, releases, strategies that go live.',
  admin: 'Also invites people, gives and takes roles, and sets up alert channels.',
};

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

export const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** The role that may do less: what a key may do is bounded by its owner. */
export const lesser = (left: Role, right: Role): Role => (atLeast(left, right) ? right : left);

/** A log-in counts as fresh for this long: afterwards what is dangerous asks for the password again. */
export const FRESH_MS = 15 * 60_000;
