import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceCase, SimulatedWorld } from './case.ts';
import { AUTH, wireTo } from './wire.ts';
import type { Wire } from './wire.ts';

/** The last message of a data stream after authentication, with one fault armed. */
async function dataStreamUnder(world: SimulatedWorld, kind: string): Promise<{ readonly wire: Wire; readonly last: string }> {
  await world.simulator.arm({ kind });
  const wire = await wireTo(world.simulator.dataStreamUrl);
  wire.send(AUTH);
  const frames = await wire.frames.until((all) => all.length >= 2, 'an answer to authentication');
  return { wire, last: frames.at(-1)?.text ?? '' };
}

/** The streams of market data, as the broker speaks on them. */
export const dataStreamCases: readonly ConformanceCase[] = [
  ...(
    [
      ['connection-limit', 406, true],
      ['connection-limit-open', 406, false],
      ['auth-timeout', 404, true],
    ] as const
  ).map(([kind, code, closes]): ConformanceCase => ({
    group: 7,
    name: `the data stream answers authentication with ${code} and ${closes ? 'closes' : 'stays open'}`,
    expects: 'once; the next connection is let in',
    on: 'simulator',
    run: async (world) => {
      const { wire, last } = await dataStreamUnder(world, kind);
      assert.match(last, new RegExp(`"code":${code}`));
      if (closes) await wire.closed;
      else wire.close();
      const again = await dataStreamUnder(world, 'heartbeat');
      assert.match(again.last, /authenticated/);
      again.wire.close();
    },
  })),
  {
    group: 8,
    name: '405 to a batch',
    expects: 'the subscriptions before it stay as they were',
    on: 'simulator',
    run: async (world) => {
      const { wire } = await dataStreamUnder(world, 'heartbeat');
      wire.send({ action: 'subscribe', trades: [world.symbol] });
      await wire.frames.until((all) => all.length >= 3, 'the acknowledgement');
      await world.simulator.arm({ kind: 'symbol-limit' });
      wire.send({ action: 'subscribe', trades: ['BBB'], quotes: ['BBB'] });
      wire.send({ action: 'unsubscribe', bars: ['*'] });
      const [, , , refused, state] = await wire.frames.until((all) => all.length >= 5, 'two answers');
      assert.match(refused?.text ?? '', /"code":405/);
      assert.match(state?.text ?? '', new RegExp(`"trades":\\["${world.symbol}"\\],"quotes":\\[\\]`));
      wire.close();
    },
  },
  {
    group: 8,
    name: 'a new connection',
    expects: 'has no subscriptions: the client keeps what it wants',
    on: 'simulator',
    run: async (world) => {
      const first = await dataStreamUnder(world, 'heartbeat');
      first.wire.send({ action: 'subscribe', trades: ['*'] });
      await first.wire.frames.until((all) => all.length >= 3, 'the acknowledgement');
      await world.simulator.steer('streams', { action: 'close' });
      await first.wire.closed;
      const second = await dataStreamUnder(world, 'heartbeat');
      second.wire.send({ action: 'unsubscribe', trades: [] });
      const frames = await second.wire.frames.until((all) => all.length >= 3, 'the acknowledgement');
      assert.match(frames[2]?.text ?? '', /"trades":\[\]/);
      second.wire.close();
    },
  },
  {
    group: 8,
    name: 'mute and slow data',
    expects: 'no price while mute; 407 and the end for a slow reader',
    on: 'simulator',
    run: async (world) => {
      const { wire } = await dataStreamUnder(world, 'mute-data');
      wire.send({ action: 'subscribe', trades: ['*'] });
      await wire.frames.until((all) => all.length >= 3, 'the acknowledgement');
      await world.simulator.step();
      await sleep(30);
      assert.equal(wire.frames.items.length, 3);
      await world.simulator.disarm();
      await world.simulator.arm({ kind: 'slow-client' });
      await world.simulator.step();
      await wire.closed;
      assert.match(wire.frames.items.at(-1)?.text ?? '', /"code":407/);
    },
  },
];
