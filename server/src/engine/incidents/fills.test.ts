import { afterEach, describe, expect, test } from 'vitest';
import type { SliceWish } from '@tidemark/compute/types';
import { price, quantity } from '../../money/fixed.ts';
import { riskContext } from '../risk-context.ts';
import type { StrategyRunner } from '../session/strategy-runners.ts';
import { openDesk } from '../test/desk.ts';
import { becomes, booksAgree, closeExchangeWorlds, openExchangeWorld } from '../test/exchange-world.ts';
import type { ExchangeWorld } from '../test/exchange-world.ts';
import { FLIPPER, PLAIN_TARGET } from '../test/session-world.ts';

afterEach(closeExchangeWorlds);

const MARKET = { type: 'market', timeInForce: 'day' } as const;

const booked = async (world: ExchangeWorld): Promise<readonly string[]> =>
  (await world.entries('FillBooked')).map(
    ({ payload }) => (payload as { readonly fill: { readonly executionId: string } }).fill.executionId,
  );

const held = ({ session }: ExchangeWorld): bigint => session.state().positions.get('AAA')?.quantity ?? 0n;

/** The stream has told of an execution of the order so many times. */
const heard = async (world: ExchangeWorld, times: number): Promise<void> =>
  becomes(async () => {
    const updates = (await world.entries('OrderUpdated')).filter(({ payload }) => 'execution' in (payload as { update: object }).update);
    expect(updates.length).toBeGreaterThanOrEqual(times);
  });

/** The stream is cut and comes back, and what it may have missed has been asked for. */
async function connectedAnew(world: ExchangeWorld): Promise<void> {
  await world.simulator.steer('streams', { action: 'close' });
  await becomes(async () => expect(await world.entries('BrokerConnected')).toHaveLength(2));
  await becomes(() => expect(world.session.state().reconciled).toBe(true));
}

/** A tenth of each step's volume trades: 25 shares. So that an order fills in parts, and could be filled beyond what has traded. */
const IN_PARTS = { mode: 'realistic', switches: { routingDelay: false } } as const;

const critical = ({ session }: ExchangeWorld): readonly string[] =>
  [...session.state().alerts.values()].flatMap(({ id, severity }) => (severity === 'critical' ? [id] : []));

test('nautilus 3493: a fill that was inferred, then the real one by the stream, then by the list: booked once', async () => {
  const world = await openExchangeWorld({ exchange: IN_PARTS });
  await world.ticket('inferred', { quantity: quantity('60'), limitPrice: price('99') });
  await becomes(() => expect(world.order('inferred').state).toBe('working'));
  await world.arm({ kind: 'stale-reads', path: '/v2/account/activities' }, { kind: 'delay-events', ms: 500 });
  await world.step();
  await becomes(() => expect(world.order('inferred').filledQuantity).toBe(quantity('25')));
  expect(await booked(world)).toEqual([expect.stringMatching(/^synthetic:/)]);
  await heard(world, 1);
  await world.simulator.disarm();
  await connectedAnew(world);
  await booksAgree(world);
  // The real one takes the place of the inferred one, whose booking is taken back.
  expect(await booked(world)).toEqual([expect.stringMatching(/^synthetic:/), expect.not.stringMatching(/^synthetic:/)]);
  expect(await world.entries('FillUndone')).toHaveLength(1);
  expect(held(world)).toBe(quantity('25'));
  expect(critical(world)).toEqual([]);
});

test('Lean.Brokerages.Alpaca 41, 44, 61: one execution comes three times, again after that, and by the list under another id: booked once', async () => {
  const world = await openExchangeWorld({ exchange: IN_PARTS });
  await world.arm({ kind: 'triple-events', rate: 1 }, { kind: 'replay-events', window: 3, rate: 1 });
  await world.ticket('tripled', { quantity: quantity('60'), limitPrice: price('99') });
  await becomes(() => expect(world.order('tripled').state).toBe('working'));
  await world.step();
  await heard(world, 3);
  await world.simulator.steer('streams', { action: 'replay', count: 20 });
  await heard(world, 4);
  await connectedAnew(world);
  await booksAgree(world);
  expect(await booked(world)).toHaveLength(1);
  expect(held(world)).toBe(quantity('25'));
  expect(critical(world)).toEqual([]);
});

describe('Lean.Brokerages.Alpaca 28: the fill of an accepted order never comes by the stream', () => {
  test.each([
    { name: 'the stream is mute', fault: { kind: 'mute-stream' } },
    { name: 'the one message is lost', fault: { kind: 'drop-events', count: 1 } },
  ])('$name: the list of open orders and a look-up find it out', async ({ fault }) => {
    const world = await openExchangeWorld();
    await world.ticket('silent', { limitPrice: price('99') });
    await becomes(() => expect(world.order('silent').state).toBe('working'));
    await world.arm(fault);
    await world.step();
    await becomes(() => expect(world.order('silent').state).toBe('filled'));
    expect(await world.entries('OrderUpdated')).not.toContainEqual(
      expect.objectContaining({
        payload: expect.objectContaining({ update: expect.objectContaining({ event: 'fill' }) as unknown }) as unknown,
      }),
    );
    expect(held(world)).toBe(quantity('10'));
    await booksAgree(world);
  });
});

describe('Lean 4550: an order is rejected, and nobody hears of it', () => {
  test('by the answer: the order ends, its reservation with it, people hear of it, and the next order is taken', async () => {
    const world = await openExchangeWorld();
    await world.ticket('too-much', { ...MARKET, quantity: quantity('1000000') });
    await becomes(() => expect(world.order('too-much')).toMatchObject({ state: 'rejected', filledQuantity: 0n }));
    expect(world.order('too-much').rejection).toContain('insufficient buying power');
    expect(world.session.state().alerts.get('OrderRejected-too-much')?.severity).toBe('warning');
    expect(riskContext(world.session.state()).openOrders).toEqual([]);
    await world.ticket('next', MARKET);
    await becomes(() => expect(world.order('next').state).toBe('filled'));
    await booksAgree(world);
  });

  test('by the stream, after it was accepted: the same', () => {
    const desk = openDesk();
    desk.ticket('late');
    desk.says('late', { event: 'new' }, { event: 'rejected', at: 10 });
    expect(desk.order('late').state).toBe('rejected');
    expect(riskContext(desk.state).openOrders).toEqual([]);
  });
});

describe('Lean 9588: a field vanished from the broker’s JSON', () => {
  test('from the answer to an order: it is in doubt, not refused, and is found by its id', async () => {
    const world = await openExchangeWorld();
    await world.arm({ kind: 'missing-fields', fields: ['symbol'], method: 'POST', path: '/v2/orders' }, { kind: 'mute-stream' });
    await world.ticket('unread', MARKET);
    await becomes(() => expect(world.order('unread').state).toBe('filled'));
    await becomes(async () => expect(await world.entries('OrderOutcomeUnknown')).toHaveLength(1));
    expect(await world.entries('OrderRejected')).toEqual([]);
    expect(world.posts()).toBe(1);
    await booksAgree(world);
  });

  test('what an order has filled, everywhere: the list of executions tells it, and people hear of the lack', async () => {
    const world = await openExchangeWorld({ armed: [{ kind: 'missing-fields', fields: ['filled_qty'], path: '/v2/orders', rate: 1 }] });
    await becomes(() => expect(world.session.state().reconciled).toBe(true));
    await world.arm({ kind: 'mute-stream' });
    await world.ticket('untold', MARKET);
    await becomes(() => expect(world.order('untold').filledQuantity).toBe(quantity('10')));
    expect(world.session.state().alerts.has('FieldGone-order.filled_qty')).toBe(true);
    expect(await booked(world)).toHaveLength(1);
    await world.simulator.disarm();
    await booksAgree(world);
  });

  test.each([
    { fields: ['cash'], path: '/v2/account' },
    { fields: ['buying_power'], path: '/v2/account' },
    { fields: ['qty'], path: '/v2/positions' },
    { fields: ['symbol'], path: '/v2/positions' },
    { fields: ['filled_qty'], path: '/v2/orders' },
  ])('$fields of $path: what cannot be read is not taken for nothing', async ({ fields, path }) => {
    const world = await openExchangeWorld();
    await world.ticket('held', MARKET);
    await world.ticket('rests');
    await becomes(() => expect(world.order('held').state).toBe('filled'));
    await becomes(() => expect(world.order('rests').state).toBe('working'));
    await booksAgree(world);
    const { buyingPower } = await world.broker.account();
    await becomes(() => expect(world.session.state().account?.buyingPower).toBe(buyingPower));
    const { cash } = world.session.state();
    await world.arm({ kind: 'missing-fields', fields, method: 'GET', path, rate: 1 });
    const from = world.requests.length;
    const asked = (): number => world.requests.slice(from).filter((each) => each.path.startsWith(path)).length;
    await becomes(() => expect(asked()).toBeGreaterThan(6));
    expect(world.session.state()).toMatchObject({ cash, tradingState: 'ACTIVE', differences: new Map() });
    expect(world.session.state().account?.buyingPower).toBe(buyingPower);
    expect(held(world)).toBe(quantity('10'));
    expect(world.order('rests').state).toBe('working');
    await world.simulator.disarm();
    await booksAgree(world);
  });
});

/** Answers its bars with these exposures, one after the other. */
function scripted(exposures: readonly number[]): StrategyRunner {
  let bars = 0;
  return {
    onBars: async () => {
      const amount = exposures[bars];
      bars += 1;
      const wish: SliceWish | undefined = amount === undefined ? undefined : { ...PLAIN_TARGET, amount, reason: `bar ${bars}` };
      return await Promise.resolve(wish === undefined ? [] : [wish]);
    },
    close: async () => await Promise.resolve(),
  };
}

describe('freqtrade 11461: an order fills while it is being cancelled, and the same is bought again', () => {
  test.each([
    { name: 'for more', second: 1, ends: '10' },
    { name: 'for less', second: 0.2, ends: '2' },
    { name: 'for nothing', second: 0, ends: '0' },
  ])('$name: what it has filled counts', async ({ second, ends }) => {
    const openRunner = async () => await Promise.resolve(scripted([0.5, second]));
    const world = await openExchangeWorld({ session: { openRunner }, closed: true });
    const { now: at } = world.session.state();
    await world.session.command({ kind: 'StrategyCreated', at, by: 'user:ada', config: { ...FLIPPER, symbols: ['AAA'] } });
    await world.session.command({ kind: 'StrategyEnabled', at, by: 'user:ada', strategyId: FLIPPER.id });
    const bar = async (day: number): Promise<void> => {
      const bars = { symbol: 'AAA', timeframe: '1Day', open: 100, high: 100, low: 100, close: 100, volume: 1 } as const;
      await world.session.onBars([{ ...bars, startAt: (at - (9 - day) * 86_400_000) as typeof at }], (at + day) as typeof at);
    };
    await bar(0);
    await becomes(async () => expect(await world.theirs()).toMatchObject([{ qty: '5', status: 'accepted' }]));
    await world.arm({ kind: 'slow-request', method: 'DELETE', ms: 400, rate: 1 });
    await bar(1);
    await becomes(() => expect([...world.session.state().orders.values()].map(({ state }) => state)).toEqual(['pending_cancel']));
    await world.step();
    await becomes(() => expect(held(world)).toBe(quantity(ends)));
    await booksAgree(world);
    const fills = (await world.theirs()).map(({ filled_qty: filled }) => filled);
    expect(fills).toEqual(['5', ends === '10' ? '5' : String(5 - Number(ends))]);
    const cancels = (): readonly unknown[] => world.requests.flatMap(({ method, status }) => (method === 'DELETE' ? [status] : []));
    await becomes(() => expect(cancels()).toContain(422));
    expect(cancels()).not.toContain(204);
  });
});
