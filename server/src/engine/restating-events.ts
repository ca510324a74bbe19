import { format } from '../money/fixed.ts';
import type { Order } from '../orders/order.ts';
import { bookExecution, findOrder, fromList, settle } from './broker-events.ts';
import type { EventOf } from './events.ts';
import { bookedNamed, undoExecution } from './restating.ts';
import { change, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Remember that an execution counts no more, under every name it has. */
function voidExecution(turn: Turn, names: readonly string[], by: string | undefined): void {
  for (const name of names) {
    const entry = by === undefined ? { at: turn.state.now } : { at: turn.state.now, by };
    change(turn, { voided: withEntry(turn.state.voided, name, entry) });
  }
}

function tell(
  turn: Turn,
  code: 'ExecutionBusted' | 'ExecutionCorrected',
  previousId: string,
  order: Order | undefined,
  detail: string,
): void {
  const of = order === undefined ? 'an order that is not ours' : order.intent.symbol;
  const title = code === 'ExecutionBusted' ? `The broker took an execution of ${of} back` : `The broker corrected an execution of ${of}`;
  raise(turn, code, previousId, 'critical', title, detail);
}

/**
 * An execution is taken back. Where it was booked, everything that followed from it is worked out anew; where it was never heard of, it is remembered,
 * so that its fill is not booked when it comes late.
 */
export function executionBusted(turn: Turn, event: EventOf<'ExecutionBusted'>): void {
  const { previousId, brokerOrderId } = event;
  if (turn.state.voided.has(previousId)) return;
  const order = findOrder(turn.state, { brokerOrderId });
  const booked = order === undefined ? undefined : bookedNamed(turn, order, previousId);
  voidExecution(
    turn,
    booked === undefined ? [previousId] : [booked.executionId, ...(booked.alias === undefined ? [] : [booked.alias])],
    undefined,
  );
  const what = booked === undefined ? 'It had not been booked.' : `${format(booked.quantity)} at ${format(booked.price)} counts no more.`;
  tell(turn, 'ExecutionBusted', previousId, order, `${order?.id ?? brokerOrderId}: execution ${previousId}. ${what}`);
  if (order !== undefined && booked !== undefined) undoExecution(turn, order, booked, undefined);
}

/** An execution is put right: the corrected one stands in its place. Where the first was never heard of, the corrected one alone is booked. */
export function executionCorrected(turn: Turn, event: EventOf<'ExecutionCorrected'>): void {
  const { previousId, execution } = event;
  if (turn.state.voided.has(previousId)) return;
  const order = findOrder(turn.state, execution);
  const booked = order === undefined ? undefined : bookedNamed(turn, order, previousId);
  const names = booked === undefined ? [previousId] : [booked.executionId, ...(booked.alias === undefined ? [] : [booked.alias])];
  voidExecution(turn, names, execution.executionId);
  const now = `${format(execution.quantity)} at ${format(execution.price)}`;
  const was = booked === undefined ? 'had not been booked' : `was ${format(booked.quantity)} at ${format(booked.price)}`;
  tell(
    turn,
    'ExecutionCorrected',
    previousId,
    order,
    `${order?.id ?? execution.brokerOrderId}: execution ${previousId} ${was}; it is ${now}.`,
  );
  if (order === undefined) return;
  if (booked === undefined) settle(turn, order, bookExecution(turn, order, fromList(execution)), undefined, 'correction');
  else undoExecution(turn, order, booked, fromList(execution));
}
