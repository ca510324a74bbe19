import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Which of the messages about one alert it is: 0 at once, then how often somebody has been told before.
  `alter table alert_deliveries add column step integer not null default 0 check (step >= 0)`,
  `alter table alert_deliveries add column alert_id text`,
  // Held by quiet hours, or waits whether somebody acknowledges: withdrawn once the alert is over.
  `alter table alert_deliveries add column held boolean not null default false`,
  // When it was to go out first: from there on a channel that takes nothing is late.
  `alter table alert_deliveries add column due_at timestamptz`,
  `update alert_deliveries set due_at = queued_at`,
  `alter table alert_deliveries alter column due_at set not null`,
  `alter table alert_deliveries drop constraint alert_deliveries_pkey`,
  `alter table alert_deliveries add primary key (seq, channel, step)`,
  `alter table alert_deliveries drop constraint alert_deliveries_state_check`,
  `alter table alert_deliveries add constraint alert_deliveries_state_check check (state in ('waiting', 'sent', 'given-up', 'withdrawn', 'repeated'))`,
  'create index alert_deliveries_alert on alert_deliveries (alert_id, channel, queued_at)',
  // What a person wrote who acknowledged it.
  `alter table alerts add column closed_note text`,
];

/** Alerts escalate, wait for the morning and are told once; whoever acknowledges one may say why. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
