import type { Plant } from './plant.ts';

const ACTIONS = 'engine/session/order-actions.ts';
const SUBMIT = 'const outcome = await untilSent(order, to);';

/** Bugs on the way of orders to the broker and of its words back. */
export const ORDER_PLANTS: readonly Plant[] = [
  {
    name: 'blind-retry',
    what: 'an order whose answer is lost is sent again',
    edits: [
      {
        file: ACTIONS,
        find: SUBMIT,
        replace: "let outcome = await untilSent(order, to); if (outcome.kind === 'unknown') outcome = await untilSent(order, to);",
      },
    ],
  },
  {
    name: 'new-id-on-retry',
    what: 'an order whose answer is lost is sent again under another id',
    edits: [
      {
        file: ACTIONS,
        find: SUBMIT,
        replace:
          "let outcome = await untilSent(order, to); if (outcome.kind === 'unknown') outcome = await broker.submit({ intent: { ...order.intent, id: `${order.intent.id}-again` }, decision: order.decision } as never);",
      },
      { file: 'simulation/door.ts', find: '  assertApproved(order);\n', replace: '' },
    ],
  },
  {
    name: 'stale-approval-reused',
    what: 'the approval of an earlier order of the symbol is used for the next',
    edits: [
      {
        file: ACTIONS,
        find: SUBMIT,
        replace: 'const outcome = await broker.submit(lastOf.get(order.intent.symbol) ?? order); lastOf.set(order.intent.symbol, order);',
      },
      {
        file: ACTIONS,
        find: '  const underWay = new Set<string>();',
        replace: '  const underWay = new Set<string>(); const lastOf = new Map<string, ApprovedOrder>();',
      },
    ],
  },
  {
    name: 'sent-before-durable',
    what: 'actions are carried out before their record is durable',
    edits: [
      {
        file: 'engine/session/loop.ts',
        find: '    const written = journal.append(',
        replace:
          '    for (const effect of done.effects) if (isAction(effect)) carryOut(effect, event, 0);\n    const written = journal.append(',
      },
      {
        file: 'engine/session/loop.ts',
        find: '    for (const effect of done.effects) if (isAction(effect)) carryOut(effect, event, ageMs);\n    for (const listener',
        replace: '    for (const listener',
      },
    ],
  },
  {
    name: 'time-out-is-rejection',
    what: 'a time-out is taken for a rejection',
    edits: [
      {
        file: ACTIONS,
        find: "return { kind: 'OrderOutcomeUnknown', at, orderId, message: outcome.message };",
        replace: "return { kind: 'OrderRejected', at, orderId, code: 'timeout', message: outcome.message };",
      },
    ],
  },
  {
    name: 'not-found-at-once',
    what: 'the first 404 after a time-out counts as proof that the order was never taken',
    edits: [{ file: 'engine/session/order-resolver.ts', find: 'askedForMs < timing.notFoundAfterMs', replace: 'askedForMs < 0' }],
  },
  {
    name: 'missing-rejected-event',
    what: 'the broker’s rejection is not taken',
    edits: [
      {
        file: ACTIONS,
        find: "return { kind: 'OrderRejected', at, orderId, code: outcome.code, message: outcome.message, ...requestOf(outcome) };",
        replace: "return { kind: 'ClockTicked', at };",
      },
    ],
  },
  {
    name: 'cancel-is-final',
    what: 'a requested cancel is taken for the end of the order',
    edits: [
      {
        file: 'engine/cancel.ts',
        find: "setOrder(turn, { ...order, state: 'pending_cancel', updatedAt: turn.state.now });",
        replace: "setOrder(turn, { ...order, state: 'canceled', updatedAt: turn.state.now });",
      },
    ],
  },
  {
    name: 'kill-misses-in-flight',
    what: 'the kill switch forgets orders that the broker has not acknowledged yet',
    edits: [
      {
        file: 'engine/cancel.ts',
        find: '  for (const member of wanted) track(turn, member.id, { cancelWanted: true });',
        replace: '  for (const member of wanted) if (member.brokerOrderId !== undefined) track(turn, member.id, { cancelWanted: true });',
      },
    ],
  },
  {
    name: 'late-fill-dropped',
    what: 'a fill after the end of its order is not booked',
    edits: [
      {
        file: 'engine/broker-events.ts',
        find: "  if (recognition !== 'new') return order;",
        replace: "  if (recognition !== 'new' || !isOpen(order)) return order;",
      },
    ],
  },
  {
    name: 'orphan-left-alone',
    what: 'an order that is not ours is reported, and not cancelled',
    edits: [
      {
        file: 'engine/reconcile.ts',
        find: "      emit(turn, { kind: 'CancelOrder', orderId: order.clientOrderId, brokerOrderId: order.brokerOrderId });\n",
        replace: '',
      },
    ],
  },
  {
    name: 'no-execution-dedupe',
    what: 'an execution that is told twice is booked twice',
    edits: [
      {
        file: 'engine/recognition.ts',
        find: "  if (executions.some((booked) => isNamed(booked, execution))) return 'known';",
        replace: "  if (executions.length > 99) return isNamed(executions[0] as never, execution) ? 'known' : 'new';",
      },
    ],
  },
  {
    name: 'dedupe-by-order',
    what: 'an order’s second execution is taken for its first',
    edits: [
      {
        file: 'engine/recognition.ts',
        find: "  if (executions.some((booked) => isNamed(booked, execution))) return 'known';",
        replace: "  if (executions.some((booked) => isNamed(booked, execution) || !booked.nameOnly)) return 'known';",
      },
    ],
  },
  {
    name: 'inferred-fill-and-the-real-one',
    what: 'an execution that a lookup has shown already is booked again when it is told',
    edits: [
      {
        file: 'engine/recognition.ts',
        find: "  if (placed && cumulative <= accountedUpTo) return syntheticQuantity >= quantity ? 'synthetic' : 'accounted';\n",
        replace: '',
      },
    ],
  },
  {
    name: 'partial-fill-ignored',
    what: 'partial fills are not booked, nor asked for',
    edits: [
      {
        file: 'engine/broker-events.ts',
        find: 'const order = update.execution === undefined ? adopted',
        replace: "const order = update.execution === undefined || update.event === 'partial_fill' ? adopted",
      },
      {
        file: 'engine/broker-events.ts',
        find: '  if (lookup && averagePrice !== undefined &&',
        replace: "  if (lookup && averagePrice !== undefined && status === 'filled' &&",
      },
      {
        file: 'engine/session/reconciler.ts',
        find: '    if (isBooked(loop.state(), execution) && !vague.has(execution.brokerOrderId)) continue;',
        replace: '    if (isBooked(loop.state(), execution) || execution.quantity > 0n) continue;',
      },
    ],
  },
  {
    name: 'snapshot-overwrites-stream',
    what: 'an older answer of REST overwrites what the stream has told since',
    edits: [
      {
        file: 'engine/broker-events.ts',
        find: '  const word = eventOfStatus(status);',
        replace: '  if (lookup) order = { ...order, filledQuantity };\n  const word = eventOfStatus(status);',
      },
    ],
  },
];
