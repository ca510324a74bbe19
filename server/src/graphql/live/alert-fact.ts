import type { Fact } from '../../engine/effects.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { AlertReads, AlertRecord } from '../../alerts/graphql.ts';

type Raised = Extract<Fact, { kind: 'AlertRaised' }>;
type Closed = Extract<Fact, { kind: 'AlertClosed' }>;

/** The alert that a journal entry raised or closed, as it was right after that entry. */
export async function alertOf({ type, kind, payload, seq }: JournalEntry, alerts: AlertReads): Promise<AlertRecord | undefined> {
  if (type !== 'fact') return undefined;
  if (kind === 'AlertRaised') return { ...(payload as Raised).alert, seq };
  if (kind !== 'AlertClosed') return undefined;
  const { alertId, at, by, note } = payload as Closed;
  const alert = await alerts.byId(alertId);
  return alert === undefined ? undefined : { ...alert, acknowledgedAt: at, acknowledgedBy: by, note };
}
