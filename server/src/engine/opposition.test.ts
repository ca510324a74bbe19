import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { holdingOf } from '../positions/sub-ledgers.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { Wished } from '../strategies/strategy.ts';
import { opposing } from './opposition.ts';
import { NOON, openDesk, STRATEGY, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { isOpen } from './turn.ts';

/** Limits that forbid nothing but what the broker forbids too. */
const { unchecked: _unchecked, ...CHECKED } = UNLIMITED;
const OPEN = { ...CHECKED, shortExposureRatioMax: ratio('10') };

function openPair(limits = OPEN): Desk {
  const desk = openDesk(limits);
  const config = { ...STRATEGY, id: 's2', name: 'Two', size: { kind: 'units', units: quantity('7') } } as const;
  desk.give(
    { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config },
    { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's2' },
  );
  return desk;
}

const target = (exposure: number): Wished => ({ symbol: 'ALDR', exposure, reason: 'test' });
const resting = (limit: number, units: number, orderNumber: number): Wished => ({
  symbol: 'ALDR',
  kind: 'limit',
  measure: 'units',
  amount: units,
  limit,
  orderNumber,
  reason: 'test',
});

/** A bar closes at 100, and each strategy answers. */
function bar(desk: Desk, day: number, answers: Readonly<Partial<Record<'s1' | 's2', readonly Wished[]>>>): void {
  const closedAt = instantFromMs(NOON + day * 60_000);
  const row = {
    symbol: 'ALDR',
    timeframe: '1Day',
    startAt: instantFromMs(closedAt - 60_000),
    open: 100,
    high: 100,
    low: 100,
    close: 100,
    volume: 1,
  } as const;
  desk.give({ kind: 'BarsClosed', at: closedAt, timeframe: '1Day', bars: [row] });
  desk.reconcile();
  for (const [strategyId, targets] of Object.entries(answers))
    desk.give({ kind: 'StrategyDecided', at: closedAt, decision: { strategyId, version: 'v1', barAt: closedAt, targets } });
}

const newest = (desk: Desk, owner: string) =>
  [...desk.state.orders.values()].findLast(({ intent }) => intent.origin.kind === 'strategy' && intent.origin.strategyId === owner);

function fills(desk: Desk, orderId: string | undefined, at = '100'): void {
  const order = desk.order(orderId ?? '');
  const size = String(order.intent.quantity / 1_000_000_000n);
  desk.says(order.id, { event: 'new', at: 1 }, { event: 'fill', filled: size, execution: [size, at, `fill-${order.id}`], at: 2 });
}

const held = (desk: Desk, owner: string): number => Number(holdingOf(desk.state.ledgers, owner, 'ALDR') / 1_000_000_000n);
const codes = (desk: Desk): readonly string[] => [...desk.state.alerts.values()].map(({ code }) => code);
const submitted = (desk: Desk): readonly string[] =>
  desk.last.flatMap((effect) => (effect.kind === 'SubmitOrder' ? [effect.order.intent.id] : []));

/** The first strategy is long, and the second one wants to buy lower. */
function exitAgainstEntry(): Desk {
  const desk = openPair();
  bar(desk, 1, { s1: [target(1)] });
  fills(desk, newest(desk, 's1')?.id);
  bar(desk, 2, { s2: [resting(95, 10, 1)] });
  desk.says(newest(desk, 's2')?.id ?? '', { event: 'new', at: 1 });
  bar(desk, 3, { s1: [target(0)] });
  return desk;
}

describe('an exit against another strategy’s resting entry', () => {
  test('the entry makes way; the exit is sent when it has ended', () => {
    const desk = exitAgainstEntry();
    const [entry, exit] = [newest(desk, 's2'), newest(desk, 's1')];
    expect([entry?.state, exit?.state, exit?.sentAt]).toEqual(['pending_cancel', 'approved', undefined]);
    expect(submitted(desk)).toEqual([]);
    expect(codes(desk)).toEqual(expect.arrayContaining(['OrderWaits', 'OrderGaveWay']));
    desk.says(entry?.id ?? '', { event: 'canceled', at: 3 });
    expect(submitted(desk)).toEqual([exit?.id]);
    fills(desk, exit?.id);
    expect(['s1', 's2'].map((owner) => held(desk, owner))).toEqual([0, 0]);
  });

  test('the entry fills first: the exit goes all the same', () => {
    const desk = exitAgainstEntry();
    const [entry, exit] = [newest(desk, 's2'), newest(desk, 's1')];
    desk.says(entry?.id ?? '', { event: 'fill', filled: '10', execution: ['10', '95', 'f'], at: 3 });
    expect(submitted(desk)).toEqual([exit?.id]);
    fills(desk, exit?.id);
    expect(['s1', 's2'].map((owner) => held(desk, owner))).toEqual([0, 10]);
  });

  test('the broker does not know it meanwhile, and is not asked; cancelled, it never leaves', () => {
    const desk = exitAgainstEntry();
    const exit = newest(desk, 's1')?.id ?? '';
    desk.reconcile();
    expect(desk.last.filter((effect) => effect.kind === 'ResolveOrder' && effect.orderId === exit)).toEqual([]);
    desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: exit });
    expect([desk.order(exit).state, desk.state.withheld.size]).toEqual(['canceled', 0]);
    desk.says(newest(desk, 's2')?.id ?? '', { event: 'canceled', at: 3 });
    expect(submitted(desk)).toEqual([]);
  });

  test('the kill switch ends it with everything else', () => {
    const desk = exitAgainstEntry();
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'drill' });
    expect(desk.state.withheld.size).toBe(0);
    expect([...desk.state.orders.values()].filter((order) => isOpen(order) && order.state !== 'pending_cancel')).toEqual([]);
  });

  test('a person’s exit is not trapped either', () => {
    const desk = openPair();
    desk.hold('10');
    bar(desk, 2, { s2: [resting(95, 10, 1)] });
    const entry = newest(desk, 's2')?.id ?? '';
    desk.says(entry, { event: 'new', at: 1 });
    const { limitPrice: _limit, ...market } = ticketIntent('out', {
      side: 'sell',
      type: 'market',
      timeInForce: 'day',
      quantity: quantity('10'),
    });
    desk.give({ kind: 'OrderRequested', at: desk.state.now, by: 'user:ada', intent: { ...market, reduceOnly: true } });
    expect([desk.order('out').state, submitted(desk)]).toEqual(['approved', []]);
    desk.says(entry, { event: 'canceled', at: 3 });
    expect(submitted(desk)).toEqual(['out']);
  });
});

test('two exits wait, and the first is denied when its way is free: the second is sent once', () => {
  const desk = openPair({ ...OPEN, priceCollarRatioMax: ratio('0.1') });
  bar(desk, 1, { s1: [target(1)] });
  fills(desk, newest(desk, 's1')?.id);
  desk.hold('10');
  bar(desk, 2, { s2: [resting(95, 10, 1)] });
  const entry = newest(desk, 's2')?.id ?? '';
  desk.says(entry, { event: 'new', at: 1 });
  const intent = ticketIntent('out', { side: 'sell', quantity: quantity('10'), limitPrice: price('95'), reduceOnly: true });
  desk.give({ kind: 'OrderRequested', at: desk.state.now, by: 'user:ada', intent });
  bar(desk, 3, { s1: [target(0)] });
  const exit = newest(desk, 's1')?.id;
  expect([...desk.state.withheld.keys()]).toEqual(['out', exit]);
  desk.mark('150');
  desk.says(entry, { event: 'canceled', at: 3 });
  expect(desk.order('out').decision.denials.map(({ code }) => code)).toEqual(['PriceCollar']);
  expect(submitted(desk)).toEqual([exit]);
});

describe('two strategies that want opposite sides', () => {
  test('at once: the later one waits, and then may not open against the other', () => {
    const desk = openPair();
    bar(desk, 1, { s1: [target(1)], s2: [target(-1)] });
    expect(newest(desk, 's2')).toBeUndefined();
    expect(desk.state.deferredTargets.has('s2 ALDR')).toBe(true);
    fills(desk, newest(desk, 's1')?.id);
    expect(newest(desk, 's2')).toBeUndefined();
    expect(codes(desk)).toContain('OppositeHolding');
    expect(held(desk, 's1')).toBe(10);
  });

  test('the first leaves as the second arrives: it waits for that, and opens then', () => {
    const desk = openPair();
    bar(desk, 1, { s1: [target(-1)] });
    fills(desk, newest(desk, 's1')?.id);
    bar(desk, 2, { s1: [target(0)], s2: [target(1)] });
    expect(newest(desk, 's2')).toBeUndefined();
    fills(desk, newest(desk, 's1')?.id);
    expect(submitted(desk)).toEqual([newest(desk, 's2')?.id]);
    fills(desk, newest(desk, 's2')?.id);
    expect(['s1', 's2'].map((owner) => held(desk, owner))).toEqual([0, 7]);
  });

  test('a flip against another owner closes, and opens nothing', () => {
    const desk = openPair();
    bar(desk, 1, { s1: [target(1)], s2: [target(1)] });
    fills(desk, newest(desk, 's1')?.id);
    fills(desk, newest(desk, 's2')?.id);
    expect(['s1', 's2'].map((owner) => held(desk, owner))).toEqual([10, 7]);
    bar(desk, 2, { s2: [target(-1)] });
    fills(desk, newest(desk, 's2')?.id);
    expect(['s1', 's2'].map((owner) => held(desk, owner))).toEqual([10, 0]);
    expect(codes(desk)).toContain('OppositeHolding');
  });

  test('whatever they wish and whatever fills, no two orders at the broker could trade with each other, and nobody holds against another', () => {
    const wishes = fc.option(
      fc.oneof(
        fc.constantFrom(-1, 0, 1).map(target),
        fc
          .record({ limit: fc.integer({ min: 95, max: 105 }), units: fc.integer({ min: -10, max: 10 }).filter((units) => units !== 0) })
          .map(({ limit, units }) => resting(limit, units, 1)),
      ),
      { nil: undefined },
    );
    const round = fc.record({ s1: wishes, s2: wishes, ends: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), (rounds) => {
        const desk = openPair();
        const look = (): void => {
          const sent = [...desk.state.orders.values()].filter((order) => isOpen(order) && !desk.state.withheld.has(order.id));
          for (const order of sent)
            expect(
              opposing(desk.state, order.intent)
                .filter(({ id }) => !desk.state.withheld.has(id))
                .map(({ id }) => `${order.id} meets ${id}`),
            ).toEqual([]);
          expect(held(desk, 's1') * held(desk, 's2')).toBeGreaterThanOrEqual(0);
        };
        const end = (which: number, whole: boolean): void => {
          const open = [...desk.state.orders.values()].filter((order) => isOpen(order) && !desk.state.withheld.has(order.id));
          const order = open[which % Math.max(1, open.length)];
          if (order === undefined) return;
          if (order.state === 'pending_cancel' && !whole) desk.says(order.id, { event: 'canceled', at: 3 });
          else fills(desk, order.id);
          look();
        };
        for (const [index, { s1, s2, ends }] of rounds.entries()) {
          bar(desk, index + 1, {
            ...(s1 === undefined ? {} : { s1: [numbered(s1, index + 1)] }),
            ...(s2 === undefined ? {} : { s2: [numbered(s2, index + 1)] }),
          });
          look();
          for (const [which, whole] of ends) end(which, whole);
        }
        // Everything ends at last, and nothing that was kept back is left.
        for (let left = 60; left > 0 && [...desk.state.orders.values()].some(isOpen); left -= 1) end(0, false);
        expect([desk.state.withheld.size, desk.state.deferredTargets.size]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});

const numbered = (wish: Wished, orderNumber: number): Wished => ('exposure' in wish ? wish : { ...wish, orderNumber });
