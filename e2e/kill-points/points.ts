import { JOURNAL_FILE_POINTS, JOURNAL_TABLE_POINTS } from './journal-points.ts';
import type { Edit } from '../../server/src/simulation/plants/plant.ts';
import { after, before, instead } from './point.ts';
import type { KillPoint } from './point.ts';

const ACTIONS = 'engine/session/order-actions.ts';
const LANES = 'market-data/providers/request-lanes.ts';
const LOOP = 'engine/session/loop.ts';
const RECONCILER = 'engine/session/reconciler.ts';
const TELLS_FILL = "event.kind === 'OrderUpdated' && event.update.execution !== undefined";
const IS_KILL = "event.kind === 'KillSwitchEngaged'";
const PUBLISH = '    publish(event, done, passedMs());';
const WRITE = '    const written = journal.append(';
const SUBMIT = '      const outcome = await untilSent(order, to);';
const CANCEL = '    const outcome = await broker.cancel(brokerOrderId);';
const COMPARED = '    const text = canonical({ account, positions, openOrders: listed, ours: loop().state().cash });';
/** The answer to each of the next orders is lost, and the stream tells nothing. */
const IN_DOUBT = [{ kind: 'reset-after', method: 'POST', path: '/v2/orders', count: 4 }, { kind: 'mute-stream' }];

const WIRE_POINTS: readonly KillPoint[] = [
  { name: 'an order is on record, and not yet sent', phase: 'trading', edits: [before(ACTIONS, SUBMIT)] },
  {
    name: 'an order is leaving',
    phase: 'trading',
    edits: [
      {
        file: LANES,
        find: '      const response = await send(url, { ...init, signal });',
        replace:
          "      const sending = send(url, { ...init, signal }); if (lane === 'order') setImmediate(() => { if (globalThis.tidemarkDies()) process.kill(process.pid, 'SIGKILL'); }); const response = await sending;",
      },
    ],
  },
  {
    name: 'an order is taken, and its answer not yet read',
    phase: 'trading',
    edits: [before(LANES, '      const body = await response.arrayBuffer();', "lane === 'order'")],
  },
  {
    name: 'the answer to an order is read, and not yet on record',
    phase: 'trading',
    edits: [before(ACTIONS, "      latencies.record('submit-to-answer', background.nowMs() - startedAt);")],
  },
  {
    name: 'the answer to an order is on record, and not yet known',
    phase: 'trading',
    edits: [before(LOOP, PUBLISH, "event.kind === 'OrderAcknowledged'")],
  },
  { name: 'a fill is told, and not yet on record', phase: 'trading', edits: [before(LOOP, WRITE, TELLS_FILL)] },
  { name: 'a fill is on record, and not yet known', phase: 'trading', edits: [before(LOOP, PUBLISH, TELLS_FILL)] },
  { name: 'a cancel is not yet sent', phase: 'trading', edits: [before(ACTIONS, CANCEL)] },
  { name: 'a cancel is answered', phase: 'trading', edits: [after(ACTIONS, CANCEL)] },
  { name: 'an outcome has become unknown', phase: 'trading', edits: [after(ACTIONS, "    case 'unknown':")], faults: IN_DOUBT },
  {
    name: 'an order in doubt is found, and not yet on record',
    phase: 'trading',
    edits: [before('engine/session/order-resolver.ts', "    await loop().dispatch({ kind: 'OrderAcknowledged'")],
    faults: IN_DOUBT,
  },
  { name: 'the account is compared, and nothing of it on record', phase: 'trading', edits: [before(RECONCILER, COMPARED)], pass: 2 },
  {
    name: 'a projection is half written',
    phase: 'trading',
    edits: [before('journal/projector.ts', '  await projectPositions(trx, changes.positions);')],
    pass: 3,
  },
  {
    name: 'a projection is written, and its progress is not',
    phase: 'trading',
    edits: [before('journal/projector.ts', '  await store.saveProgress(trx, last);')],
    pass: 4,
  },
  {
    name: 'an anchor is written, and not yet on the disk',
    phase: 'trading',
    edits: [
      { file: 'journal/anchor-writer.ts', find: 'const EVERY_ENTRIES = 1_000;', replace: 'const EVERY_ENTRIES = 10;' },
      before('journal/anchors.ts', '    await file.datasync();'),
    ],
  },
];

const STARTING_POINTS: readonly KillPoint[] = [
  { name: 'the journal is being read', phase: 'starting', edits: [before('engine/session/recover.ts', '    replay.take(entries);')] },
  {
    name: 'the state is recovered, and nobody told',
    phase: 'starting',
    edits: [before('engine/session.ts', '  await announceStart(loop, recovered);')],
  },
  { name: 'the start is on record', phase: 'starting', edits: [after('engine/session.ts', '  await announceStart(loop, recovered);')] },
  {
    name: 'the tables are about to catch up',
    phase: 'starting',
    edits: [before('journal/projector.ts', '  let applied = await catchUp(db, journal, await checkedProgress(db, journal));')],
  },
  { name: 'the first comparison after the start', phase: 'starting', edits: [before(RECONCILER, COMPARED)] },
  {
    name: 'a module is rebuilt',
    phase: 'starting',
    edits: [before('engine/session/strategy-runners.ts', '        await feedMissed(module);')],
  },
];

const KILLING_POINTS: readonly KillPoint[] = [
  { name: 'the kill switch is pulled, and not yet on record', phase: 'killing', edits: [before(LOOP, WRITE, IS_KILL)] },
  { name: 'the kill switch is on record, and nothing cancelled', phase: 'killing', edits: [before(LOOP, PUBLISH, IS_KILL)] },
  { name: 'the kill switch has cancelled the first of three', phase: 'killing', edits: [after(ACTIONS, CANCEL)] },
  { name: 'the kill switch sends the last of three cancels', phase: 'killing', edits: [before(ACTIONS, CANCEL)], pass: 3 },
  {
    name: 'the kill switch closes a position, and the order is not yet sent',
    phase: 'killing',
    edits: [before(ACTIONS, SUBMIT, "order.intent.origin.kind === 'flatten'")],
    flatten: true,
  },
];

const STOPPING_POINTS: readonly KillPoint[] = [
  {
    name: 'a stop in good order has just begun',
    phase: 'stopping',
    edits: [before('engine/session.ts', '      await stopListening?.();')],
  },
  { name: 'a stop in good order is nearly done', phase: 'stopping', edits: [after('engine/session.ts', '      await loop.drain();')] },
];

const COMMON: readonly KillPoint[] = [...WIRE_POINTS, ...STARTING_POINTS, ...STOPPING_POINTS, ...KILLING_POINTS];

/** What is killed where, in order: each life of the server begins with what the kill before it has left. */
export const KILL_POINTS: Readonly<Record<'embedded' | 'postgres', readonly KillPoint[]>> = {
  embedded: [...JOURNAL_FILE_POINTS, ...COMMON],
  postgres: [...JOURNAL_TABLE_POINTS, ...COMMON],
};

/** The exchange of the test is near: an order that it does not know after a second is not on its way any more. */
export const IMPATIENT: readonly Edit[] = [
  instead('engine/session/timing.ts', '  notFoundAfterMs: 20_000,', '  notFoundAfterMs: 1_000,'),
  instead('engine/session/timing.ts', '  reconcileEveryMs: 5_000,', '  reconcileEveryMs: 1_000,'),
];

/** A life that is to end otherwise has no point. */
const NONE: KillPoint = { name: '', phase: 'stopping', edits: [] };

export function pointNamed(name: string): KillPoint {
  const found = [NONE, ...KILL_POINTS.embedded, ...KILL_POINTS.postgres].find((point) => point.name === name);
  if (found === undefined) throw new Error(`There is no kill point "${name}"`);
  return found;
}
