import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Broker } from '../../orders/broker.ts';
import { ACTIVITY_LOOKBACK_MS } from '../activities.ts';
import type { EventOf } from '../events.ts';
import type { EngineState } from '../state.ts';
import type { Loop } from './loop.ts';

/** From when the broker may have told something that we have not heard: the newest comparison was after all that it had told before. */
const unheardSince = ({ reconciledAt, now }: EngineState): Instant =>
  instantFromMs(Math.max(0, (reconciledAt ?? now) - ACTIVITY_LOOKBACK_MS));

/** Second thoughts of older executions cannot be booked: they are as old as the books. */
const amendedSince = (state: EngineState): Instant => instantFromMs(Math.max(unheardSince(state), state.previousSessionOpenedAt ?? 0));

/** Executions that were taken back or put right, in the order in which the broker told them. What is known already is not told again. */
async function tellAmendments(broker: Broker, loop: Loop): Promise<void> {
  if (broker.amendments === undefined || loop.state().openingCash === undefined) return;
  for (const amendment of await broker.amendments(amendedSince(loop.state()))) {
    const { previousId, at } = amendment;
    if (loop.state().voided.has(previousId)) continue;
    if (amendment.kind === 'bust') await loop.dispatch({ kind: 'ExecutionBusted', at, previousId, brokerOrderId: amendment.brokerOrderId });
    else await loop.dispatch({ kind: 'ExecutionCorrected', at, previousId, execution: amendment.execution });
  }
}

/**
 * Tells the engine what moved the account beside orders, each once whatever the number of times it is read: what was heard is in its state, and so in the
 * journal. Gives what the comparison that follows may say of it.
 */
export async function tellMovements(broker: Broker, loop: Loop): Promise<Pick<EventOf<'Reconciled'>, 'activities'>> {
  await tellAmendments(broker, loop);
  if (broker.activities === undefined) return {};
  for (const activity of await broker.activities(unheardSince(loop.state()))) {
    if (loop.state().activities.has(activity.id)) continue;
    await loop.dispatch({ kind: 'ActivityReported', at: activity.at, activity });
  }
  return { activities: 'read' };
}
