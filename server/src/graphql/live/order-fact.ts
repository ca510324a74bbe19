import type { Fact } from '../../engine/effects.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { Order } from '../../orders/order.ts';

/** The order that a journal entry changed, if it did. */
export const orderOf = ({ type, kind, payload }: JournalEntry): Order | undefined =>
  type === 'fact' && kind === 'OrderChanged' ? (payload as Extract<Fact, { kind: 'OrderChanged' }>).order : undefined;
