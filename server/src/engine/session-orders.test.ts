import type { Slice, SliceWish } from '@tidemark/compute/types';
import { afterEach, expect, test } from 'vitest';
import { encode } from '../journal/codec.ts';
import { price, quantity } from '../money/fixed.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { initialState } from './initial-state.ts';
import { assertState } from './invariants.ts';
import { plainState } from './plain-state.ts';
import { recover } from './session/recover.ts';
import type { StrategyRunner } from './session/fed-module.ts';
import { ALDER, ENGINE, FLIPPER, openWorld, PLAIN_TARGET, quiet } from './test/session-world.ts';
import type { World } from './test/session-world.ts';

const ORDER: SliceWish = { ...PLAIN_TARGET, kind: 'limit', measure: 'units', amount: 5, reason: 'a dollar below' };

/** Buys five a dollar below the close while it holds none; renews its order each day. */
function bidder(seen: Slice[]): StrategyRunner {
  let number = 0;
  return {
    onBars: async (slice) => {
      await Promise.resolve();
      seen.push(slice);
      const [bar] = slice.bars;
      if (bar === undefined || slice.positions[0] !== 0) return [];
      number += 1;
      const order = { ...ORDER, limit: bar.close - 1, orderId: number };
      return (slice.working?.[0] ?? 0) > 0 ? [{ ...PLAIN_TARGET, kind: 'cancel', amount: 0, reason: 'renewed' }, order] : [order];
    },
    close: async () => await Promise.resolve(),
  };
}

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function biddingWorld(seen: Slice[]): Promise<World> {
  const opened = await openWorld({ openRunner: async () => await Promise.resolve(bidder(seen)) });
  world = opened;
  const { now: at } = opened.session.state();
  await opened.session.command({ kind: 'InstrumentListed', at, instrument: ALDER });
  await opened.session.command({ kind: 'StrategyCreated', at, by: 'user:test', config: FLIPPER });
  await opened.session.command({ kind: 'StrategyEnabled', at, by: 'user:test', strategyId: FLIPPER.id });
  await quiet(opened);
  return opened;
}

const open = ({ broker }: World): number => broker.core.account('core').open.size;

test('a strategy renews its resting order over a restart, one at a time, until it fills', async () => {
  const seen: Slice[] = [];
  const each = await biddingWorld(seen);
  await each.day(100, 100);
  expect(open(each)).toBe(1);
  await each.day(100, 100);
  expect(open(each)).toBe(1);
  await each.restart();
  await quiet(each);
  await each.day(100, 101);
  expect(open(each)).toBe(1);
  await each.day(98, 98);
  expect(open(each)).toBe(0);

  const state = each.session.state();
  // The first one is of a session so long ago that the engine has forgotten it.
  expect([...state.orders.values()].map(({ state: reached, intent: { limitPrice } }) => [reached, limitPrice])).toEqual([
    ['canceled', price('99')],
    ['filled', price('100')],
  ]);
  expect(state.positions.get('ALDR')?.quantity).toBe(quantity('5'));
  expect(state.strategies.get('flipper')?.state).toBe('paper');
  const last = seen.at(-1);
  expect([last?.positions, last?.entryPrices, last?.working]).toEqual([[5], [98], [0]]);
  expect(each.reports).toEqual([]);
  assertState(state);
  const recovered = await recover(each.journal, initialState(ENGINE, UNLIMITED), encode);
  expect(recovered.problem).toBeUndefined();
  expect(encode(plainState(recovered.state))).toBe(encode(plainState(state)));
});

test('a fill at the very close, heard of before, during or after the decision, leaves no second order', async () => {
  const each = await biddingWorld([]);
  await each.day(100, 100);
  await each.day(100, 97);
  expect(open(each)).toBe(0);
  expect(each.session.state().positions.get('ALDR')?.quantity).toBe(quantity('5'));
  expect(each.reports).toEqual([]);
});
