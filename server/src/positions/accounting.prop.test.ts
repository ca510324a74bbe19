import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, toNumber } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { notional, sum } from '../money/money.ts';
import { applyExecution } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import { heldIn, matchLots } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Position, Trade } from './position.ts';
import { bookIntoLedgers, heldByAll, holdingOf } from './sub-ledgers.ts';
import type { SubLedgers } from './sub-ledgers.ts';

const execution = (size: number, cents: number, fee: number, at: number): SignedExecution => ({
  symbol: 'XYZ',
  quantity: quantity(String(size)),
  price: price((cents / 100).toString()),
  fee: money((fee / 1000).toString()),
  at: instantFromMs(at),
});

const executions = fc
  .array(
    fc.tuple(
      fc.integer({ min: -200, max: 200 }).filter((size) => size !== 0),
      fc.integer({ min: 1, max: 50_000 }),
      fc.nat(5000),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) => rows.map(([size, cents, fee], at) => execution(size, cents, fee, at)));

/** An average is rounded at 1e-9 at each execution, and counts for every share held by then. */
const close = (left: Money, right: Decimal, allowed: number): void =>
  expect(new Decimal(format(left)).minus(right).abs().lessThanOrEqualTo(allowed)).toBe(true);

describe('average cost', () => {
  test.each([
    { name: 'opens', rows: [[100, 1000]], held: '100', average: '10', realized: '0' },
    {
      name: 'adds at the average',
      rows: [
        [100, 1000],
        [100, 1200],
      ],
      held: '200',
      average: '11',
      realized: '0',
    },
    {
      name: 'reduces against it',
      rows: [
        [100, 1000],
        [-40, 1500],
      ],
      held: '60',
      average: '10',
      realized: '200',
    },
    {
      name: 'closes',
      rows: [
        [100, 1000],
        [-100, 900],
      ],
      held: '0',
      average: '10',
      realized: '-100',
    },
    {
      name: 'crosses zero',
      rows: [
        [100, 1000],
        [-150, 1100],
      ],
      held: '-50',
      average: '11',
      realized: '100',
    },
    {
      name: 'a short gains when it falls',
      rows: [
        [-100, 1000],
        [60, 800],
      ],
      held: '-40',
      average: '10',
      realized: '120',
    },
  ])('$name', ({ rows, held, average, realized }) => {
    let position: Position | undefined;
    for (const [at, [size = 0, cents = 0]] of rows.entries()) position = applyExecution(position, execution(size, cents, 0, at));
    expect(position).toMatchObject({ quantity: quantity(held), averagePrice: price(average), realizedPnl: money(realized) });
  });

  test('realised and open P&L are what cash and value say, whatever the order', () => {
    fc.assert(
      fc.property(executions, fc.integer({ min: 1, max: 50_000 }), (rows, markCents) => {
        let position: Position | undefined;
        let cash = new Decimal(0);
        for (const row of rows) {
          position = applyExecution(position, row);
          cash = cash.minus(new Decimal(format(row.quantity)).times(format(row.price)));
        }
        if (position === undefined) throw new Error('there are executions');
        const mark = price((markCents / 100).toString());
        const open = notional(position.quantity, mark) - notional(position.quantity, position.averagePrice);
        const total = cash.plus(new Decimal(format(position.quantity)).times(format(mark)));
        const shares = rows.reduce((most, row) => most + Math.abs(toNumber(row.quantity)), 0);
        close((position.realizedPnl + open) as Money, total, rows.length * shares * 1e-9);
        expect(position.fees).toBe(sum(rows.map(({ fee }) => fee)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('round trips, first in first out', () => {
  test('units, P&L and fees are conserved', () => {
    fc.assert(
      fc.property(executions, (rows) => {
        let lots: readonly Lot[] = [];
        const trades: Trade[] = [];
        for (const [index, row] of rows.entries()) {
          const matched = matchLots(lots, row, `e${index}`, undefined);
          lots = matched.lots;
          trades.push(...matched.trades);
        }
        expect(heldIn(lots)).toBe(sum(rows.map((row) => row.quantity)));
        expect(new Set(trades.map(({ id }) => id)).size).toBe(trades.length);
        expect((sum(trades.map(({ fees }) => fees)) + sum(lots.map(({ fee }) => fee))) as Money).toBe(sum(rows.map(({ fee }) => fee)));
        const flow = rows.reduce((cash, row) => cash - notional(row.quantity, row.price), 0n);
        const cost = lots.reduce((total, lot) => total + notional(lot.quantity, lot.price), 0n);
        expect(sum(trades.map(({ grossPnl }) => grossPnl))).toBe(flow + cost);
        expect(lots.every((lot) => lot.quantity > 0n) || lots.every((lot) => lot.quantity < 0n)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('owners of a position', () => {
  test('sum to it; a strategy’s fills move only its own part', () => {
    const owned = fc.tuple(executions, fc.array(fc.constantFrom('a', 'b', undefined), { minLength: 40, maxLength: 40 }));
    fc.assert(
      fc.property(owned, ([rows, owners]) => {
        let ledgers: SubLedgers = new Map();
        for (const [index, row] of rows.entries()) {
          const owner = owners[index];
          const other = owner === 'a' ? 'b' : 'a';
          const before = holdingOf(ledgers, other, 'XYZ');
          ledgers = bookIntoLedgers(ledgers, row, `e${index}`, owner).ledgers;
          if (owner !== undefined) expect(holdingOf(ledgers, other, 'XYZ')).toBe(before);
        }
        expect(heldByAll(ledgers, 'XYZ')).toBe(sum(rows.map((row): Quantity => row.quantity)));
      }),
      { numRuns: 500 },
    );
  });

  test('a person’s sale closes the account’s own units first, then the strategies’ in order of their ids', () => {
    let ledgers: SubLedgers = new Map();
    for (const [owner, size] of [
      ['b', 10],
      ['a', 10],
      [undefined, 5],
    ] as const)
      ledgers = bookIntoLedgers(ledgers, execution(size, 100, 0, 0), String(owner), owner).ledgers;
    const sold = bookIntoLedgers(ledgers, execution(-18, 200, 0, 1), 'sale', undefined);
    expect(['', 'a', 'b'].map((owner) => format(holdingOf(sold.ledgers, owner, 'XYZ')))).toEqual(['0', '0', '7']);
    expect(sold.trades.map(({ strategyId, quantity: size }) => [strategyId, format(size)])).toEqual([
      [undefined, '5'],
      ['a', '10'],
      ['b', '3'],
    ]);
  });
});
