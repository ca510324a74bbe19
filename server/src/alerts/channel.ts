import type { Alert, AlertSeverity } from '../engine/effects.ts';
import { BREAKER_CODES } from '../risk/limits.ts';

/** webhook, slack and email are those of the environment; a file of rules names others. */
export type ChannelName = string;

/** An alert on its way out, with the journal entry that raised it: the same number never means another alert. */
export interface OutgoingAlert extends Alert {
  readonly seq: number;
  readonly mode: 'simulated' | 'paper' | 'live';
  /** 0 the first time; more where nobody has acknowledged it since. */
  readonly step: number;
}

/** The same for each try of one message, and for no other: receivers count it once. */
export const deliveryId = ({ seq, step }: Pick<OutgoingAlert, 'seq' | 'step'>): string => (step === 0 ? String(seq) : `${seq}.${step}`);

/** A way to people who do not look at the dashboard. */
export interface AlertChannel {
  readonly name: ChannelName;
  /** Where to, for people, without anything secret. */
  readonly target: string;
  /** How many alerts one message can carry. */
  readonly groupMax: number;
  /**
   * Resolves when the other side has taken them, with what was wrong all the same: some of several did not take them. As the message of {@link NotDelivered} it
   * holds nothing secret. Rejects with that where nobody did, and gives up by itself after a while.
   */
  readonly deliver: (alerts: readonly OutgoingAlert[], signal: AbortSignal) => Promise<string | undefined>;
  readonly close: () => void;
}

/** An alert was not taken. The message holds no address with keys in it, no password and no answer of the other side. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
}

const RANK: Record<AlertSeverity, number> = { info: 0, warning: 1, critical: 2 };

/** Whatever the least severity is: trading was stopped or held back, or the record cannot be trusted. */
const ALWAYS: ReadonlySet<string> = new Set([
  'KillSwitch',
  'StrategyKill',
  'FlattenWaits',
  'StateUnreadable',
  'OrderRate',
  'RepeatedExecution',
  'AlertingStuck',
  ...BREAKER_CODES,
]);

export const isWanted = ({ code, severity }: Pick<Alert, 'code' | 'severity'>, least: AlertSeverity): boolean =>
  ALWAYS.has(code) || RANK[severity] >= RANK[least];

/** Waits for no morning and for no other alert, and cannot be switched off. */
export const isUrgent = (alert: Pick<Alert, 'code' | 'severity'>): boolean => isWanted(alert, 'critical');

const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 600_000;
/** Nobody mends an outage by news that is a week old. */
export const GIVE_UP_MS = 7 * 86_400_000;

/** How long to wait after so many failures: a second, doubling to ten minutes. */
export const waitAfter = (failures: number): number => Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
