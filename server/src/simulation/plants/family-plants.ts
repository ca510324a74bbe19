import type { Plant } from './plant.ts';

/** Bugs in orders that hang together, take one another's place, or follow the price. */
export const FAMILY_PLANTS: readonly Plant[] = [
  {
    name: 'two-successors',
    what: 'an order that is being replaced is replaced a second time',
    edits: [
      {
        file: 'engine/replacing.ts',
        find: "  if (old.state !== 'working' && old.state !== 'partially_filled')",
        replace: "  if (old.state !== 'working' && old.state !== 'partially_filled' && old.state !== 'pending_replace')",
      },
      {
        file: 'engine/replacing.ts',
        find: "  if (openSuccessor(state, old.id) !== undefined) return 'Another order is about to take its place.';\n",
        replace: '',
      },
    ],
  },
  {
    name: 'failed-replace-ends-the-old',
    what: 'an order whose replace came to nothing is taken for replaced',
    edits: [
      {
        file: 'engine/replacing.ts',
        find: "  const standing: Order = old.state === 'pending_replace' ? { ...old, state, updatedAt: turn.state.now } : old;",
        replace:
          "  const standing: Order = old.state === 'pending_replace' ? { ...old, state: 'replaced', updatedAt: turn.state.now, closedAt: turn.state.now } : old;",
      },
    ],
  },
  {
    name: 'exits-reserve-nothing',
    what: 'the exits of a family close nothing in the eyes of the gate, so that others may close the same',
    edits: [
      {
        file: 'engine/risk-context.ts',
        find: '    const waits = leg !== undefined && isWaiting(state, order);',
        replace: '    const waits = leg !== undefined && headOf(state, order) !== undefined;',
      },
    ],
  },
  {
    name: 'exits-alone-are-strangers',
    what: 'an exit that the broker lists alone, while the answer to its order is in doubt, is cancelled as a stranger’s',
    edits: [
      {
        file: 'engine/reconcile.ts',
        find: '      if (headAwaiting(turn.state, order) !== undefined) continue;\n',
        replace: '      if (headAwaiting(turn.state, order) !== undefined && turn.state.now < 0) continue;\n',
      },
    ],
  },
  {
    name: 'exits-of-the-dead-live-on',
    what: 'the exits of an order that never came to life are left open',
    edits: [
      {
        file: 'engine/order-ended.ts',
        find: '    endLegs(turn, order);\n',
        replace: "    if (order.state === 'canceled') endLegs(turn, order);\n",
      },
    ],
  },
  {
    name: 'exits-are-one-size',
    what: 'an exit that the other has made smaller fills no more than it then asks for',
    edits: [
      {
        file: 'engine/families.ts',
        find: '  if (quantity <= order.intent.quantity || quantity > sizeOf([...others, order])) return order;',
        replace: '  if (quantity <= order.intent.quantity || quantity > sizeOf([...others, order]) || others.length > 0) return order;',
      },
    ],
  },
  {
    name: 'trailing-loosens',
    what: 'a stop that follows the price follows it both ways',
    edits: [
      {
        file: 'engine/protections.ts',
        find: '    if (long ? best <= trail.best : best >= trail.best) continue;\n',
        replace: '',
      },
      {
        file: 'engine/trailing-orders.ts',
        find: '    const best = buys ? Math.min(trailing.best, bar.low) : Math.max(trailing.best, bar.high);',
        replace: '    const best = buys ? bar.low : bar.high;',
      },
    ],
  },
  {
    name: 'replaces-are-no-requests',
    what: 'the rate of orders does not count those that take another one’s place',
    edits: [
      {
        file: 'engine/replacing.ts',
        find: '  change(turn, { activity });\n',
        replace: '  if (activity.requests.length > 999) change(turn, { activity });\n',
      },
    ],
  },
  {
    name: 'lost-replace-is-forgotten',
    what: 'an exit that was to take another’s place, and whose answer is lost, is never asked about',
    edits: [
      {
        file: 'engine/session/order-resolver.ts',
        find: 'if (order === undefined || (!isKnownByOurId(order.intent) && order.brokerOrderId === undefined)) return;',
        replace: 'if (order === undefined || (order.intent.leg !== undefined && order.brokerOrderId === undefined)) return;',
      },
    ],
  },
];
