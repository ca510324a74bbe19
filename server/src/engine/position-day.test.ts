import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionOn } from '../instruments/calendar.ts';
import { format, money, price, priceFromNumber, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { subtract, sum } from '../money/money.ts';
import { previousCloseAt, symbolDayPnl, tradedSince } from './position-day.ts';
import { ALDER, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const DAYS = ['2024-03-04', '2024-03-05'] as const;

function hours(date: string): { readonly openAt: Instant; readonly closeAt: Instant } {
  const session = sessionOn(date);
  if (session === undefined) throw new Error(`no session on ${date}`);
  return session;
}

const [FIRST, SECOND] = DAYS.map(hours) as [ReturnType<typeof hours>, ReturnType<typeof hours>];
const after = (at: Instant, ms: number): Instant => instantFromMs(at + ms);

/** One execution of an order of its own, at an instant. */
function trade(desk: Desk, id: string, size: string, at: string, when: Instant, symbol = 'ALDR', fee = '0'): void {
  const [side, units] = size.startsWith('-') ? (['sell', size.slice(1)] as const) : (['buy', size] as const);
  desk.ticket(id, { symbol, side, quantity: quantity(units), limitPrice: price(at) });
  const order = desk.order(id);
  desk.give({
    kind: 'OrderUpdated',
    at: when,
    update: {
      event: 'fill',
      execution: { executionId: `e-${id}`, quantity: quantity(units), price: price(at), at: when, fee: money(fee) },
      order: {
        brokerOrderId: `broker-${id}`,
        clientOrderId: id,
        symbol,
        side,
        type: order.intent.type,
        timeInForce: order.intent.timeInForce,
        quantity: order.intent.quantity,
        filledQuantity: quantity(units),
        averagePrice: price(at),
        status: 'filled',
        updatedAt: when,
      },
    },
  });
}

const marked = (desk: Desk, at: Instant, prices: Readonly<Record<string, number>>): void =>
  desk.give({
    kind: 'Marked',
    at,
    marks: Object.entries(prices).map(([symbol, to]) => ({ symbol, mark: { price: priceFromNumber(to), at, basis: 'trade' } })),
  });

/** Session of the first day over, its closes published, the second one open. */
function nextDay(desk: Desk, closes: Readonly<Record<string, number>>): void {
  marked(desk, after(FIRST.closeAt, -1_000), closes);
  desk.give({ kind: 'SessionClosed', at: FIRST.closeAt, date: DAYS[0] }, { kind: 'SessionOpened', at: SECOND.openAt, date: DAYS[1] });
}

const told = (desk: Desk, close: number | undefined, symbol = 'ALDR'): string => {
  const day = symbolDayPnl(symbol, desk.state, close);
  return 'pnl' in day ? format(day.pnl) : day.because;
};

describe('what a symbol has made since the previous close', () => {
  const noon = after(SECOND.openAt, 9_000_000);
  test.each<{
    readonly name: string;
    readonly trades: readonly (readonly [size: string, at: string])[];
    readonly start?: string;
    readonly mark: number;
    readonly close?: number;
    readonly is: string;
  }>([
    { name: 'held over night, untouched: from the close, not from the entry', start: '10', trades: [], mark: 105, close: 102, is: '30' },
    { name: 'a short held over night', start: '-10', trades: [], mark: 105, close: 102, is: '-30' },
    { name: 'opened today: from its own price, and no close is needed', trades: [['10', '103']], mark: 105, is: '20' },
    { name: 'a part closed today: at its fill', start: '10', trades: [['-4', '106']], mark: 105, close: 102, is: '34' },
    { name: 'closed whole today', start: '10', trades: [['-10', '106']], mark: 105, close: 102, is: '40' },
    { name: 'a short covered in part', start: '-10', trades: [['4', '101']], mark: 105, close: 102, is: '-14' },
    {
      name: 'turned from long to short',
      start: '10',
      trades: [
        ['-10', '104'],
        ['-5', '104'],
      ],
      mark: 105,
      close: 102,
      is: '15',
    },
    { name: 'held over night without a close', start: '10', trades: [], mark: 105, is: 'no close of the previous session' },
  ])('$name', ({ start, trades, mark, close, is }) => {
    const desk = openDesk();
    if (start !== undefined) trade(desk, 'start', start, '100', after(FIRST.openAt, 3_600_000));
    nextDay(desk, { ALDR: close ?? 102 });
    for (const [index, [size, at]] of trades.entries()) trade(desk, `t${index}`, size, at, after(noon, index));
    marked(desk, after(noon, 1_000), { ALDR: mark });
    expect(told(desk, close)).toBe(is);
  });

  test('fees count, and a fill after the close belongs to the next session', () => {
    const desk = openDesk();
    trade(desk, 'a', '10', '100', after(FIRST.openAt, 3_600_000), 'ALDR', '7');
    nextDay(desk, { ALDR: 102 });
    trade(desk, 'b', '5', '103', noon, 'ALDR', '1.5');
    trade(desk, 'c', '1', '101', after(FIRST.closeAt, 3_600_000), 'ALDR');
    marked(desk, after(noon, 1_000), { ALDR: 105 });
    expect(told(desk, 102)).toBe(format(money('42.5')));
    expect(tradedSince(desk.state, FIRST.closeAt)).toEqual(['ALDR']);
    expect(tradedSince(desk.state, after(noon, 1))).toEqual([]);
  });

  test('what is not known is said, with the reason', () => {
    const desk = openDesk();
    trade(desk, 'a', '10', '100', after(FIRST.openAt, 3_600_000));
    nextDay(desk, { ALDR: 102 });
    expect(told({ ...desk, state: { ...desk.state, marks: new Map() } }, 102)).toBe('no price seen yet');
    expect(told({ ...desk, state: { ...desk.state, sessionDate: undefined } }, 102)).toBe('no session yet');
    expect(previousCloseAt({ ...desk.state, sessionDate: '1993-01-01' })).toBeUndefined();
    const positions = new Map([...desk.state.positions].map(([symbol, held]) => [symbol, { ...held, quantity: quantity('11') }]));
    expect(told({ ...desk, state: { ...desk.state, positions } }, 102)).toBe('the books do not tell all that led to it');
  });

  test('what the account held when it was first seen has no close of ours', () => {
    const desk = openDesk();
    const held = { symbol: 'ALDR', quantity: quantity('10'), averagePrice: price('90') };
    const at = after(FIRST.openAt, 3_600_000);
    const position = { ...held, realizedPnl: 0n as Money, fees: 0n as Money, openedAt: at, updatedAt: at };
    const state = {
      ...desk.state,
      positions: new Map([['ALDR', position]]),
      books: new Map([['ALDR', { position, owners: [], entries: [] }]]),
    };
    expect(told({ ...desk, state }, 102)).toBe('its units came into the books after the previous close');
  });
});

test('of all that traded the parts add up to the account’s own day, whatever was done', () => {
  const size = fc.integer({ min: -9, max: 9 }).filter((units) => units !== 0);
  const cents = fc.integer({ min: 5_000, max: 15_000 });
  const fills = fc.array(fc.record({ symbol: fc.constantFrom('ALDR', 'OAKR'), size, cents, fee: fc.integer({ min: 0, max: 99 }) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(fills, fills, cents, cents, cents, cents, (first, second, closeA, closeO, markA, markO) => {
      const desk = openDesk();
      desk.give({ kind: 'InstrumentListed', at: desk.state.now, instrument: { ...ALDER, symbol: 'OAKR' } });
      marked(desk, after(FIRST.openAt, 12_000_000), { ALDR: 100, OAKR: 100 });
      const book = (batch: typeof first, name: string, from: Instant): void => {
        for (const [index, each] of batch.entries())
          trade(
            desk,
            `${name}${index}`,
            String(each.size),
            (each.cents / 100).toFixed(2),
            after(from, 1 + index),
            each.symbol,
            (each.fee / 100).toFixed(2),
          );
      };
      book(first, 'a', after(FIRST.openAt, 13_000_000));
      nextDay(desk, { ALDR: closeA / 100, OAKR: closeO / 100 });
      book(second, 'b', after(SECOND.openAt, 1_000));
      marked(desk, after(SECOND.openAt, 60_000), { ALDR: markA / 100, OAKR: markO / 100 });
      const { equity } = desk.state;
      if (equity === undefined) throw new Error('the account is not marked');
      const days = [symbolDayPnl('ALDR', desk.state, closeA / 100), symbolDayPnl('OAKR', desk.state, closeO / 100)];
      const total = sum(days.map((day) => ('pnl' in day ? day.pnl : (0n as Money))));
      expect(days.filter((day) => 'because' in day)).toEqual([]);
      expect(format(total)).toBe(format(subtract(equity.equity, equity.sessionStartEquity)));
    }),
    { numRuns: 60 },
  );
});
