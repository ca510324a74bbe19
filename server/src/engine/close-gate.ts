import { requestCancel } from './cancel.ts';
import { supersede } from './recommending.ts';
import { change, openOrders } from './turn.ts';
import type { Turn } from './turn.ts';

/** Nothing that waits may still be sent, and every open order is cancelled: those in flight as soon as the broker acknowledges them. */
export function closeGate(turn: Turn): void {
  change(turn, { heldIntents: new Map(), deferredTargets: new Map(), deferredOrders: new Map() });
  supersede(turn, 'Trading was stopped.', () => true);
  for (const order of openOrders(turn.state)) requestCancel(turn, order);
}
