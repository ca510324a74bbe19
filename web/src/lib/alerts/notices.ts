import type { AlertPartsFragment, AlertSeverity, Mode } from '@tidemark/schema/documents';

/** The least severity that this browser tells of while no one looks; `off`: of none. */
export type Least = 'off' | AlertSeverity;

/** What the system shows: plain text, whatever an alert quotes. One of the same tag takes the place of the one before. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}

const RANK: Record<AlertSeverity, number> = { INFO: 0, WARNING: 1, CRITICAL: 2 };
const WORDS: Record<AlertSeverity, string> = { INFO: 'Info', WARNING: 'Warning', CRITICAL: 'Critical' };
/** More at once become one: a system that shows thirty is looked at no more. */
const SINGLY_MAX = 3;
const BODY_MAX = 240;

/** The newest alert that is known, as its journal entry. */
export const newestSeq = (alerts: readonly AlertPartsFragment[]): number => Math.max(0, ...alerts.map(({ seq }) => seq));

/** What is to be shown of alerts raised after `seen` that nobody has acknowledged, the oldest first. */
export function noticesOf(alerts: readonly AlertPartsFragment[], seen: number, least: Least, mode: Mode): readonly Notice[] {
  if (least === 'off') return [];
  const fresh = alerts
    .filter((alert) => alert.seq > seen && alert.acknowledgedAt === null && RANK[alert.severity] >= RANK[least])
    .sort((a, b) => a.seq - b.seq);
  const gravest = fresh.toSorted((a, b) => RANK[b.severity] - RANK[a.severity])[0];
  if (gravest === undefined) return [];
  const headed = ({ severity, title }: AlertPartsFragment): string => `${mode} · ${WORDS[severity]}: ${title}`;
  if (fresh.length > SINGLY_MAX)
    return [
      { title: `${mode} · ${fresh.length} alerts`, body: `The gravest: ${gravest.title}`.slice(0, BODY_MAX), tag: 'tidemark-alerts' },
    ];
  return fresh.map((alert) => ({ title: headed(alert), body: alert.detail.slice(0, BODY_MAX), tag: `tidemark-${alert.id}` }));
}
