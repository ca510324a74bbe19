/** What is done to somebody's log-in, sessions, second factors and keys: each is told in the journal, without anything that is secret. */
export const ACCESS_ACTS = {
  LoggedIn: { says: 'logged in', severity: undefined },
  LogInLocked: { says: 'was locked out after wrong passwords or codes', severity: 'warning' },
  SessionEnded: { says: 'has one session fewer', severity: undefined },
  SessionStolen: { says: 'had a session whose replaced secret came again: it was ended', severity: 'warning' },
  SessionsEnded: { says: 'was logged out everywhere', severity: 'info' },
  InvitedAgain: { says: 'was given a new link to join', severity: 'info' },
  PasswordSet: { says: 'has a new password', severity: 'info' },
  SecondFactorAdded: { says: 'has a second factor', severity: 'info' },
  SecondFactorRemoved: { says: 'has no second factor any more', severity: 'warning' },
  SecondFactorReset: { says: 'had the second factor reset', severity: 'warning' },
  RecoveryCodesMade: { says: 'has new recovery codes', severity: 'info' },
  RecoveryCodeUsed: { says: 'used a recovery code', severity: 'warning' },
  PasskeyAdded: { says: 'has a new passkey', severity: 'info' },
  PasskeyRenamed: { says: 'gave a passkey another name', severity: undefined },
  PasskeyRefused: { says: 'was refused with a passkey whose counter went back: there may be a copy of it', severity: 'warning' },
  PasskeyRemoved: { says: 'has a passkey fewer', severity: 'warning' },
  KeyMade: { says: 'has a new key for a program', severity: 'info' },
  KeyRevoked: { says: 'has a key for a program fewer', severity: 'info' },
  KeyPaused: { says: 'has a key for a program that was paused', severity: 'info' },
  KeyResumed: { says: 'has a key for a program that goes on', severity: 'info' },
  AgentMade: { says: 'has a new agent', severity: 'info' },
  AgentPaused: { says: 'has an agent that was paused', severity: undefined },
  AgentChangeProposed: { says: 'has an agent that proposes a change', severity: 'warning' },
  AgentChangeApproved: { says: 'has an agent whose proposed change was approved', severity: 'info' },
  AgentChangeFailed: { says: 'has an agent whose approved change could not be made', severity: 'info' },
  AgentChangeRejected: { says: 'has an agent whose proposed change was rejected', severity: undefined },
  AgentChangeWithdrawn: { says: 'has an agent whose proposed change was withdrawn', severity: undefined },
  AgentResumed: { says: 'has an agent that goes on', severity: undefined },
} as const satisfies Readonly<Record<string, { readonly says: string; readonly severity: 'info' | 'warning' | undefined }>>;

export type AccessAct = keyof typeof ACCESS_ACTS;

/** Whose access it is about, and what was done; `subject` names the means, the key or the device. */
export interface Access {
  readonly person: { readonly id: string; readonly name: string };
  readonly act: AccessAct;
  readonly subject?: string;
}

export function accessSentence({ person, act, subject }: Access): string {
  return `${person.name} ${ACCESS_ACTS[act].says}${subject === undefined ? '' : `: ${subject}`}.`;
}
