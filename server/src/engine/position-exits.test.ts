import { describe, expect, test } from 'vitest';
import { format, price, quantity, ratio } from '../money/fixed.ts';
import type { Position } from '../positions/position.ts';
import type { Wish } from '../strategies/strategy.ts';
import { availableOf, exitsOf, moneyAtRisk } from './position-exits.ts';
import { NOON, openDesk, requestReplace } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { BRACKET, entered, family, filledHead, guarded, legSays, pair } from './test/family-desk.ts';

const DAY_MS = 86_400_000;
const ENTRY = `s1-${NOON + DAY_MS}-ALDR-1`;
const wish = (change: Pick<Wish, 'kind' | 'amount'> & Partial<Wish>): Wish => ({
  symbol: 'ALDR',
  measure: 'units',
  orderNumber: 1,
  reason: 'test',
  ...change,
});

/** The strategy holds ten at 100. */
function holding(entry: Parameters<typeof wish>[0]): Desk {
  const desk = openDesk();
  desk.wish(1, 100, wish(entry));
  desk.says(ENTRY, { event: 'fill', filled: '10', execution: ['10', '100', 'e'], at: 10 });
  return desk;
}

function positionOf(desk: Desk): Position {
  const position = desk.state.positions.get('ALDR');
  if (position === undefined) throw new Error('nothing is held');
  return position;
}

/** Stops and targets as "price × units", "?" where only the broker knows, with what follows the market and what is watched here marked. */
function told(desk: Desk): { readonly stops: string[]; readonly targets: string[]; readonly risk: string; readonly available: string } {
  const position = positionOf(desk);
  const exits = exitsOf(position, desk.state);
  const word = ({ price: at, quantity: size, trails, orderId }: (typeof exits.stops)[number]): string =>
    `${at === undefined ? '?' : format(at)} × ${format(size)}${trails ? ' trails' : ''}${orderId === undefined ? ' here' : ''}`;
  const { amount, basis } = moneyAtRisk(position, exits, desk.state);
  return {
    stops: exits.stops.map(word),
    targets: exits.targets.map(word),
    risk: `${amount === undefined ? 'none' : format(amount)}: ${basis}`,
    available: format(availableOf(position, desk.state)),
  };
}

const TO_STOP = 'from the mark to the stop, without gaps and fees';
const sells = (desk: Desk, id: string, size: string, change: Parameters<Desk['ticket']>[1]): void =>
  desk.ticket(id, { side: 'sell', quantity: quantity(size), reduceOnly: true, ...change });
/** A stop order has no limit price, and a ticket of a desk has one. */
const stopAt = (at: string) => ({ type: 'stop' as const, stopPrice: price(at), limitPrice: undefined as never });
const buys = (desk: Desk, id: string, size: string, change: Parameters<Desk['ticket']>[1]): void =>
  desk.ticket(id, { side: 'buy', quantity: quantity(size), reduceOnly: true, ...change });

describe('exits, money at risk and what is available', () => {
  test.each<{ readonly name: string; readonly set: () => Desk; readonly is: ReturnType<typeof told> }>([
    {
      name: 'a long without a stop: its whole value',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        return desk;
      },
      is: { stops: [], targets: [], risk: '1000: the whole value: there is no stop', available: '10' },
    },
    {
      name: 'a long with a stop: the distance, and nothing is left to close',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        sells(desk, 's', '10', stopAt('92'));
        return desk;
      },
      is: { stops: ['92 × 10'], targets: [], risk: `80: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'a stop for a part of it: the whole value of the rest',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        sells(desk, 's', '4', stopAt('92'));
        return desk;
      },
      is: {
        stops: ['92 × 4'],
        targets: [],
        risk: '632: 4 of 10 units from the mark to the stop, the whole value of the rest',
        available: '6',
      },
    },
    {
      name: 'two stops: the nearer one closes first',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        sells(desk, 'far', '6', stopAt('80'));
        sells(desk, 'near', '4', stopAt('95'));
        return desk;
      },
      is: { stops: ['95 × 4', '80 × 6'], targets: [], risk: `140: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'a stop that the mark has fallen through loses nothing more',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        sells(desk, 's', '10', stopAt('95'));
        desk.mark('94');
        return desk;
      },
      is: { stops: ['95 × 10'], targets: [], risk: `0: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'a short without a stop has no bound',
      set: () => {
        const desk = openDesk();
        desk.hold('-10');
        return desk;
      },
      is: { stops: [], targets: [], risk: 'none: a short without a stop has no bound', available: '10' },
    },
    {
      name: 'a short with a stop above and a target below',
      set: () => {
        const desk = openDesk();
        desk.hold('-10');
        buys(desk, 's', '6', stopAt('104'));
        buys(desk, 't', '4', { limitPrice: price('90') });
        return desk;
      },
      is: {
        stops: ['104 × 6'],
        targets: ['90 × 4'],
        risk: 'none: 4 of 10 units short have no stop, and so no bound',
        available: '0',
      },
    },
    {
      name: 'a short that a stop covers',
      set: () => {
        const desk = openDesk();
        desk.hold('-10');
        buys(desk, 's', '10', stopAt('104'));
        return desk;
      },
      is: { stops: ['104 × 10'], targets: [], risk: `40: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'a stop that the broker moves: at most its trail',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        sells(desk, 's', '10', { type: 'trailing_stop', trail: price('3'), limitPrice: undefined as never });
        return desk;
      },
      is: {
        stops: ['? × 10 trails'],
        targets: [],
        risk: `30: ${TO_STOP}, at most the trail where the broker moves it`,
        available: '0',
      },
    },
    {
      name: 'a trail that is a share of the price',
      set: () => {
        const desk = openDesk();
        desk.hold('-10');
        buys(desk, 's', '10', { type: 'trailing_stop', trailRatio: ratio('0.05'), limitPrice: undefined as never });
        return desk;
      },
      is: {
        stops: ['? × 10 trails'],
        targets: [],
        risk: `50: ${TO_STOP}, at most the trail where the broker moves it`,
        available: '0',
      },
    },
    {
      name: 'a bracket whose entry has not filled guards nothing',
      set: () => {
        const desk = openDesk();
        desk.hold('10');
        desk.ticket('b1', BRACKET);
        return desk;
      },
      is: { stops: [], targets: [], risk: '1000: the whole value: there is no stop', available: '10' },
    },
    {
      name: 'a bracket whose entry has filled: both exits, counted once',
      set: () => entered(),
      is: { stops: ['90 × 10'], targets: ['110 × 10'], risk: `100: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'of which the target has filled in part: what is left of both',
      set: () => {
        const desk = entered();
        legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e2'], at: 20 });
        desk.mark('100');
        return desk;
      },
      is: { stops: ['90 × 6'], targets: ['110 × 6'], risk: `60: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'a pair that was placed by itself',
      set: () => {
        const desk = guarded();
        desk.give(pair(desk, { event: 'new', at: 2 }, { event: 'held', at: 2 }));
        return desk;
      },
      is: { stops: ['90 × 12'], targets: ['110 × 12'], risk: `120: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'an exit that is to take another’s place is none until it has it',
      set: () => {
        const desk = entered();
        requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'tp2', replaces: 'b1-tp', limitPrice: price('108') });
        return desk;
      },
      is: { stops: ['90 × 10'], targets: ['110 × 10'], risk: `100: ${TO_STOP}`, available: '0' },
    },
    {
      name: 'and the other is none once it has it',
      set: () => {
        const desk = entered();
        requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'tp2', replaces: 'b1-tp', limitPrice: price('108') });
        desk.says('tp2', { event: 'new', status: 'new', at: 30 });
        return desk;
      },
      is: { stops: ['90 × 10'], targets: ['108 × 10'], risk: `100: ${TO_STOP}`, available: '0' },
    },
  ])('$name', ({ set, is }) => {
    expect(told(set())).toEqual(is);
  });

  test('without a mark nothing is said of money', () => {
    const desk = entered();
    const state = { ...desk.state, marks: new Map() };
    const position = positionOf(desk);
    const exits = exitsOf(position, state);
    expect(exits.stops.map(({ price: at, distance }) => [at, distance])).toEqual([[price('90'), undefined]]);
    expect(moneyAtRisk(position, exits, state)).toEqual({ amount: undefined, ratio: undefined, basis: 'no price seen yet' });
  });

  test('the share of equity is rounded up', () => {
    const desk = entered(openDesk());
    const { ratio: part } = moneyAtRisk(positionOf(desk), exitsOf(positionOf(desk), desk.state), desk.state);
    expect(part).toBe(ratio('0.001'));
  });

  test('a stop that the broker refused is watched here, and is gone in a state in which nothing is sent', () => {
    const desk = holding({ kind: 'target', amount: 10, stopLoss: 95 });
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: `${ENTRY}-exit-1`, code: '403', message: 'no' });
    expect(told(desk)).toEqual({
      stops: ['95 × 10 here'],
      targets: [],
      risk: `50: ${TO_STOP}; a stop is watched here, not at the broker`,
      available: '10',
    });
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'test' });
    expect(told(desk)).toMatchObject({ stops: [], risk: '1000: the whole value: there is no stop' });
  });

  test('a stop of a strategy that is moved here follows, and stands where it was until the new one is in its place', () => {
    const desk = holding({ kind: 'target', amount: 10 });
    desk.wish(2, 100, wish({ kind: 'trailing', amount: -10, trailFraction: 0.1, orderNumber: 7 }));
    const first = `s1-${NOON + 2 * DAY_MS}-ALDR-order-7`;
    desk.says(first, { event: 'new', at: 20 });
    expect(told(desk)).toMatchObject({ stops: ['90 × 10 trails'], risk: `100: ${TO_STOP}` });
    desk.wish(3, 110);
    expect(told(desk)).toMatchObject({ stops: ['90 × 10 trails'], risk: `200: ${TO_STOP}` });
    desk.says(`${first}-trail-1`, { event: 'new', status: 'new', at: 30 });
    expect(told(desk)).toMatchObject({ stops: ['99 × 10 trails'], risk: `110: ${TO_STOP}` });
  });

  test('is about the symbol’s own orders alone', () => {
    const desk = entered();
    desk.give(family(desk, filledHead, { event: 'new', at: 40 }, { event: 'held', at: 40 }));
    expect(exitsOf({ ...positionOf(desk), symbol: 'OAKR' }, desk.state)).toEqual({ stops: [], targets: [] });
  });
});
