import type { Plant } from './plant.ts';

/** Bugs in books, gate, stop and record. */
export const BOOK_PLANTS: readonly Plant[] = [
  {
    name: 'float-cash',
    what: 'cash is reckoned in floating point',
    edits: [
      {
        file: 'engine/booking.ts',
        find: 'const flow = negate(add(paid, execution.fee));',
        replace:
          'const flow = BigInt(Math.round(-(Number(execution.quantity) / 1e9) * (Number(execution.price) / 1e9) * 1.0000000001 * 1e9)) as Money;',
      },
    ],
  },
  {
    name: 'average-after-flip',
    what: 'the average price of a position is kept when it turns',
    edits: [
      {
        file: 'positions/average-cost.ts',
        find: 'averagePrice: crossed ? execution.price : held.averagePrice,',
        replace: 'averagePrice: held.averagePrice + (crossed ? 0n : 1n) as typeof held.averagePrice,',
      },
    ],
  },
  {
    name: 'one-position-too-many',
    what: 'a cap lets one unit more through: > where >= belongs',
    edits: [{ file: 'risk/controls/open-positions.ts', find: 'after.count <= limit', replace: 'after.count - 1 <= limit' }],
  },
  {
    name: 'reservation-dropped-on-time-out',
    what: 'an order of unknown outcome reserves nothing',
    edits: [
      {
        file: 'engine/risk-context.ts',
        find: '  const open = [...state.orders.values()].filter(isOpen);\n  const successors',
        replace:
          "  const open = [...state.orders.values()].filter((order) => isOpen(order) && order.state !== 'unknown');\n  const successors",
      },
    ],
  },
  {
    name: 'fail-open-equity',
    what: 'equity counts as known without a connection or a reconcile',
    edits: [
      {
        file: 'engine/risk-context.ts',
        find: 'const trusted = state.reconciled && state.brokerConnected && state.account?.tradable === true;',
        replace: 'const trusted = state.account !== undefined;',
      },
    ],
  },
  {
    name: 'exit-blocked',
    what: 'exits are denied while entries are off',
    edits: [
      {
        file: 'risk/controls/trading-state.ts',
        find: '  if (!isEntry) return [];',
        replace: "  if (!isEntry && allowed !== 'exits') return [];",
      },
    ],
  },
  {
    name: 'stale-price-passes',
    what: 'the age of a price is not looked at',
    edits: [
      {
        file: 'risk/controls/stale-data.ts',
        find: '  if (markAgeMs <= limit) return [];',
        replace: '  if (markAgeMs <= limit * 1_000) return [];',
      },
    ],
  },
  {
    name: 'throttle-counts-accepted-only',
    what: 'the rate of orders counts only those that were let through',
    edits: [
      {
        file: 'risk/controls/order-rate.ts',
        find: 'within(request.at, now, ms) && counts(request)',
        replace: 'within(request.at, now, ms) && request.approved && counts(request)',
      },
    ],
  },
  {
    name: 'breaker-sees-closed-trades-only',
    what: 'equity leaves out what open positions are worth now',
    edits: [
      {
        file: 'engine/equity.ts',
        find: '  const equity = add(state.cash, net);',
        replace: '  const equity = add(state.cash, subtract(net, unrealized));',
      },
    ],
  },
  {
    name: 'high-water-mark-falls',
    what: 'the high-water mark follows equity down at the close of a bar',
    edits: [
      {
        file: 'engine/equity.ts',
        find: 'const highWaterMark = atBar && equity > known ? equity : known;',
        replace: 'const highWaterMark = atBar ? equity : known;',
      },
      {
        file: 'engine/equity.ts',
        find: 'point.highWaterMark > turn.state.highWaterMark;',
        replace: 'point.highWaterMark !== turn.state.highWaterMark;',
      },
    ],
  },
  {
    name: 'kill-not-persisted',
    what: 'the kill switch is not written down',
    edits: [
      {
        file: 'engine/session/loop.ts',
        find: 'journal.append(entriesOf(event, done.state, done.effects))',
        replace:
          "journal.append(event.kind === 'KillSwitchEngaged' ? entriesOf({ kind: 'ClockTicked', at: event.at }, done.state, []) : entriesOf(event, done.state, done.effects))",
      },
    ],
  },
  {
    name: 'released-by-restart',
    what: 'a restart lets trading go on',
    edits: [
      {
        file: 'engine/session/recover.ts',
        find: '  return { state, events, lives, problem:',
        replace: "  Object.assign(state, { tradingState: 'ACTIVE' });\n  return { state, events, lives, problem:",
      },
    ],
  },
  {
    name: 'failed-fetch-is-flat',
    what: 'positions that could not be fetched are taken for none',
    edits: [
      {
        file: 'engine/session/reconciler.ts',
        find: 'broker.positions(), broker.openOrders()',
        replace: 'broker.positions().catch(() => []), broker.openOrders()',
      },
    ],
  },
  {
    name: 'overdue-for-ever',
    what: 'after an overdue reconcile the broker counts as gone until its stream reconnects',
    edits: [
      {
        file: 'engine/session/reconciler.ts',
        find: "      if (isStreaming()) await loop().dispatch({ kind: 'BrokerConnected', at: loop().state().now });\n",
        replace: '',
      },
    ],
  },
  {
    name: 'unordered-replay',
    what: 'recovery takes the entries of a page in another order',
    edits: [{ file: 'engine/session/recover.ts', find: '    replay.take(entries);', replace: '    replay.take([...entries].reverse());' }],
  },
  {
    name: 'audit-gap',
    what: 'alerts are not written down',
    edits: [
      {
        file: 'engine/journal-entries.ts',
        find: '  const rest = effects.map(',
        replace: "  const rest = effects.filter(({ kind }) => kind !== 'AlertRaised').map(",
      },
    ],
  },
  {
    name: 'acknowledged-before-durable',
    what: 'an append is acknowledged before it is durable',
    edits: [
      {
        file: 'journal/writer.ts',
        find: '    const entries = group.flatMap((batch) => batch.entries);',
        replace:
          '    const entries = group.flatMap((batch) => batch.entries);\n    for (const batch of group) batch.resolve(batch.entries.map(({ entry }) => entry));',
      },
    ],
  },
  {
    name: 'unchained-hash',
    what: 'an entry’s hash leaves out the entry before',
    edits: [
      {
        file: 'journal/chain.ts',
        find: '  return { entry: { ...fields, hash: hashOf(previous.hash, text)',
        replace: "  return { entry: { ...fields, hash: hashOf('', text)",
      },
    ],
  },
  {
    name: 'session-by-utc',
    what: 'the hours of the session are taken in UTC instead of New York',
    edits: [{ file: 'instruments/calendar.ts', find: "const ZONE = 'America/New_York';", replace: "const ZONE = 'UTC';" }],
  },
  {
    name: 'cursor-off-by-one',
    what: 'a live reader goes on one entry too far',
    edits: [{ file: 'graphql/live/facts.ts', find: '      at = last.seq;', replace: '      at = last.seq + 1;' }],
  },
  {
    name: 'notify-is-the-delivery',
    what: 'a live reader relies on being woken for each entry',
    edits: [
      { file: 'graphql/live/facts.ts', find: 'await wake.next(() => source.head().seq > at);', replace: 'await wake.next(() => false);' },
      {
        file: 'graphql/live/facts.ts',
        find: '      const behind = source.head().seq - at;',
        replace: '      const behind = source.head().seq - at; if (behind > 0) await wake.next(() => false);',
      },
    ],
  },
  {
    name: 'count-outlives-process',
    what: 'what is written down follows from a count that no new process begins anew',
    edits: [
      { file: 'journal/writer.ts', find: 'const GROUP_BATCHES_MAX = 256;', replace: 'const GROUP_BATCHES_MAX = 256; let written = 0;' },
      {
        file: 'journal/writer.ts',
        find: 'chainBatch(chained, batch, nowMs());',
        replace: 'chainBatch(chained, batch, nowMs() + ((written += 1) % 1_000));',
      },
    ],
  },
];
