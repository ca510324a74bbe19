import type { NoteSurprise } from './surprises.ts';
import { KNOWN_EVENTS, KNOWN_FIELDS, KNOWN_STATUSES } from './known-words.ts';
import type { KnownObject } from './known-words.ts';

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that later code does without, and whose absence people should know of. */
const MISSED: Readonly<Record<KnownObject, readonly string[]>> = {
  order: ['type', 'time_in_force', 'updated_at', 'filled_qty'],
  'trade update': [],
  account: ['account_blocked', 'trading_blocked', 'trade_suspended_by_user', 'shorting_enabled'],
  position: ['side'],
};

/** Passes a message of the broker on as it is, and notes what in it is new, or gone. */
export function inspected<T>(kind: KnownObject, value: T, note: NoteSurprise): T {
  if (!isFields(value)) return value;
  for (const name of Object.keys(value)) if (!KNOWN_FIELDS[kind].has(name)) note({ kind: 'field', what: `${kind}.${name}` });
  for (const name of MISSED[kind]) if (!(name in value)) note({ kind: 'absent', what: `${kind}.${name}` });
  const { status, event } = value as Readonly<Record<string, unknown>>;
  if (kind === 'order' && typeof status === 'string' && !KNOWN_STATUSES.has(status)) note({ kind: 'status', what: status });
  if (kind === 'trade update' && typeof event === 'string' && !KNOWN_EVENTS.has(event)) note({ kind: 'event', what: event });
  return value;
}
