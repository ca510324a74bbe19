import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { byId, eventsOf, idOf, post, rest } from './case.ts';
import type { ConformanceCase, SimulatedWorld } from './case.ts';
import { AUTH, LISTEN, wireTo } from './wire.ts';
import type { Wire } from './wire.ts';

async function listenBare({ simulator }: SimulatedWorld): Promise<Wire> {
  const wire = await wireTo(simulator.tradeStreamUrl);
  wire.send(AUTH);
  wire.send(LISTEN);
  await wire.frames.until((frames) => frames.length >= 2, 'the stream to listen');
  return wire;
}

/** What the stream tells of a market order that fills at once, with one fault armed. */
async function filledUnder(world: SimulatedWorld, fault: Readonly<Record<string, unknown>>, count: number) {
  await world.simulator.step();
  const listening = await world.listen();
  await world.simulator.arm(fault);
  const order = await post(world);
  const updates = await listening.until((all) => all.length >= count, `${count} updates`);
  listening.close();
  return { order, updates, events: eventsOf(updates, idOf(order)) };
}

const hazards: readonly ConformanceCase[] = [
  {
    group: 3,
    name: 'a market order while the market is open',
    expects: 'pending_new without an execution id, new, fill with price, quantity and position',
    on: 'simulator',
    run: async (world) => {
      const { updates, events } = await filledUnder(world, { kind: 'clock-skew', ms: 0 }, 3);
      assert.deepEqual(events, ['pending_new', 'new', 'fill']);
      assert.equal(updates[0]?.execution_id, null);
      assert.deepEqual([updates[2]?.qty, updates[2]?.position_qty], ['1', '1']);
    },
  },
  {
    group: 3,
    name: 'fills that arrive before the answer to POST',
    expects: 'the fill is heard while the request is still waiting',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const listening = await world.listen();
      await world.simulator.arm({ kind: 'slow-answer', method: 'POST', ms: 150 });
      let answered = false;
      const posted = (async () => {
        await post(world);
        answered = true;
      })();
      await listening.until((all) => all.some(({ event }) => event === 'fill'), 'the fill');
      assert.equal(answered, false);
      await posted;
      listening.close();
    },
  },
  {
    group: 3,
    name: 'duplicate events',
    expects: 'the second fill has the execution id of the first',
    on: 'simulator',
    run: async (world) => {
      const { updates, events } = await filledUnder(world, { kind: 'duplicate-events', count: 3 }, 6);
      assert.deepEqual(events, ['pending_new', 'pending_new', 'new', 'new', 'fill', 'fill']);
      assert.equal(updates[4]?.execution_id, updates[5]?.execution_id);
    },
  },
  {
    group: 3,
    name: 'events three times',
    expects: 'as logged in production: one execution id, three messages',
    on: 'simulator',
    run: async (world) => {
      const { updates } = await filledUnder(world, { kind: 'triple-events', count: 3 }, 9);
      assert.equal(new Set(updates.slice(6).map((update) => update.execution_id)).size, 1);
    },
  },
  {
    group: 3,
    name: '`new` after `fill`',
    expects: 'the replayed event comes late; REST says filled',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      await world.simulator.step();
      const order = await post(world);
      await listening.until((all) => all.length >= 3, 'the fill');
      await world.simulator.steer('streams', { action: 'replay', count: 2 });
      const updates = await listening.until((all) => all.length >= 5, 'the replay');
      assert.deepEqual(eventsOf(updates, idOf(order)).slice(2), ['fill', 'new', 'fill']);
      assert.equal((await byId(world, idOf(order))).status, 'filled');
      listening.close();
    },
  },
  {
    group: 3,
    name: 'a fill that is never delivered',
    expects: 'REST shows the order filled, and the list of activities has the execution',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const listening = await world.listen();
      await world.simulator.arm({ kind: 'drop-events', count: 3 });
      const order = await post(world);
      const after = await rest(world);
      await listening.until((all) => eventsOf(all, idOf(after)).includes('new'), 'the next order');
      assert.deepEqual(eventsOf(listening.updates, idOf(order)), []);
      assert.equal((await byId(world, idOf(order))).filledQty, '1');
      const fills = await world.alpaca.trading.accountActivities.getAccountActivities({ activityTypes: ['FILL'] });
      assert.equal(fills.length, 1);
      listening.close();
    },
  },
  {
    group: 3,
    name: 'events out of order',
    expects: 'fill, new, pending_new',
    on: 'simulator',
    run: async (world) => {
      const { events } = await filledUnder(world, { kind: 'reorder-events', window: 3, ms: 2000 }, 3);
      assert.deepEqual(events, ['fill', 'new', 'pending_new']);
    },
  },
  {
    group: 3,
    name: 'events that are late',
    expects: 'REST knows of the fill before the stream tells it',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const listening = await world.listen();
      await world.simulator.arm({ kind: 'delay-events', count: 3, ms: 150 });
      const order = await post(world);
      assert.equal((await byId(world, idOf(order))).status, 'filled');
      assert.deepEqual(listening.updates, []);
      await listening.until((all) => all.length >= 3, 'the late events');
      listening.close();
    },
  },
  {
    group: 3,
    name: 'an event that nobody knows',
    expects: 'is passed on by the client, and the others still come',
    on: 'simulator',
    run: async (world) => {
      const { events } = await filledUnder(world, { kind: 'unknown-event' }, 4);
      assert.deepEqual(events, ['an_event_of_tomorrow', 'pending_new', 'new', 'fill']);
    },
  },
  {
    group: 3,
    name: 'a share of all events is lost',
    expects: 'the report says how many; the rest arrives',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      await world.simulator.arm({ kind: 'drop-events', rate: 0.5 });
      for (let count = 0; count < 20; count++) await rest(world);
      await world.simulator.disarm();
      const last = await rest(world);
      await listening.until((all) => eventsOf(all, idOf(last)).length > 0, 'the event after');
      const { 'drop-events': dropped = 0 } = await world.simulator.fired();
      assert.ok(dropped > 3 && dropped < 17, `${dropped} of 20 were dropped`);
      assert.equal(listening.updates.length, 21 - dropped);
      listening.close();
    },
  },
];

const transport: readonly ConformanceCase[] = [
  {
    group: 7,
    name: 'a stream that is cut and comes back',
    expects: 'nothing is replayed: what happened meanwhile is missed, and REST has it',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const first = await listenBare(world);
      await world.simulator.steer('streams', { action: 'close' });
      await first.closed;
      const order = await post(world);
      const second = await listenBare(world);
      await rest(world);
      await second.frames.until((frames) => frames.length >= 4, 'updates of the next order');
      assert.ok(second.frames.items.every(({ text }) => !text.includes(idOf(order))));
      assert.equal((await byId(world, idOf(order))).status, 'filled');
      second.close();
    },
  },
  {
    group: 7,
    name: 'the byte 0x01',
    expects: 'stands alone between frames that are sound',
    on: 'simulator',
    run: async (world) => {
      const wire = await listenBare(world);
      await world.simulator.steer('streams', { action: 'heartbeat' });
      await wire.frames.until((frames) => frames.length >= 3, 'the byte');
      assert.deepEqual(wire.frames.items[2], { binary: true, text: '\u0001' });
      await rest(world);
      await wire.frames.until((frames) => frames.length >= 4, 'an update after the byte');
      wire.close();
    },
  },
  {
    group: 7,
    name: 'frames in binary and in text',
    expects: 'JSON in either',
    on: 'simulator',
    run: async (world) => {
      const wire = await listenBare(world);
      await rest(world);
      await world.simulator.arm({ kind: 'flip-frames' });
      await rest(world);
      const [one, other] = (await wire.frames.until((frames) => frames.length >= 4, 'two updates')).slice(2);
      assert.deepEqual([one?.binary, other?.binary], [true, false]);
      for (const frame of [one, other]) assert.match(JSON.stringify(JSON.parse(frame?.text ?? '')), /trade_updates/);
      wire.close();
    },
  },
  {
    group: 7,
    name: 'an internal error of the stream',
    expects: 'is told, then the stream is closed',
    on: 'simulator',
    run: async (world) => {
      const wire = await listenBare(world);
      await world.simulator.arm({ kind: 'error-then-close' });
      await rest(world);
      assert.equal(await wire.closed, 1011);
      assert.match(wire.frames.items.at(-1)?.text ?? '', /internal server error/);
    },
  },
  {
    group: 7,
    name: 'a mute stream',
    expects: 'the connection stays, nothing comes until it speaks again',
    on: 'simulator',
    run: async (world) => {
      const wire = await listenBare(world);
      await world.simulator.arm({ kind: 'mute-stream' });
      await rest(world);
      await sleep(50);
      assert.equal(wire.frames.items.length, 2);
      await world.simulator.disarm();
      await rest(world);
      await wire.frames.until((frames) => frames.length >= 3, 'an update');
      wire.close();
    },
  },
  {
    group: 7,
    name: 'an upgrade that is refused with 429',
    expects: 'twice, then the stream opens',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.arm({ kind: 'refuse-upgrade', path: '/stream', count: 2 });
      for (let count = 0; count < 2; count++) await assert.rejects(wireTo(world.simulator.tradeStreamUrl), /429/);
      (await listenBare(world)).close();
    },
  },
  {
    group: 7,
    name: 'keys that the stream does not take',
    expects: 'unauthorized, then closed',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.arm({ kind: 'stream-unauthorized' });
      const stream = world.alpaca.trading.stream({ url: world.simulator.tradeStreamUrl, reconnect: false });
      stream.connect();
      assert.equal(await stream.waitForAuthentication(5000), false);
    },
  },
  {
    group: 7,
    name: 'authentication that is never answered',
    expects: 'silence: a client needs a deadline of its own',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.arm({ kind: 'auth-silence' });
      const wire = await wireTo(world.simulator.tradeStreamUrl);
      wire.send(AUTH);
      await sleep(50);
      assert.deepEqual(wire.frames.items, []);
      wire.close();
    },
  },
];

export const streamCases: readonly ConformanceCase[] = [...hazards, ...transport];
