import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FactKind } from '../../engine/effects.ts';
import { worthOf } from '../../instruments/worth.ts';
import { format, money } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { subtract } from '../../money/money.ts';
import { applyExecution } from '../../positions/average-cost.ts';
import type { Position } from '../../positions/position.ts';
import type { JournalEntry } from '../journal.ts';
import { ledgerAuditor } from './ledger.ts';

const CALL = 'ALDR240315C00100000';
let executions = 0;

const AT = instantFromMs(1_700_000_000_000);

/** Entries of events, each with what followed, as far as the ledger looks at them. */
function entriesOf(batches: readonly (readonly [event: object, ...facts: object[]])[]): readonly JournalEntry[] {
  let seq = 0;
  return batches.flatMap((batch) =>
    batch.map((payload, index): JournalEntry => {
      seq += 1;
      const type = index === 0 ? 'event' : 'fact';
      return { seq, type, kind: '', at: AT, actor: 'engine', cause: undefined, writtenAtMs: AT, hash: '', previousHash: '', payload };
    }),
  );
}

const reconciled = (cash: string, activities?: 'read') => ({ kind: 'Reconciled', at: AT, account: { cash: money(cash) }, activities });
const marked = (cash: string) => ({ kind: 'EquityMarked', point: { cash: money(cash) } });
const difference = (brokers: string) => ({ kind: 'DifferenceFound', what: 'cash', ours: '0', brokers, at: AT });
const moved = (amount: string) => ({ kind: 'CashMoved', amount: money(amount) });
const filled = (side: 'buy' | 'sell', quantity: string, price: string, symbol = CALL, fee = '0') => ({
  kind: 'FillBooked',
  fill: { executionId: `e${(executions += 1)}`, symbol, side, quantity: money(quantity), price: money(price), fee: money(fee) },
});
const held = (quantity: string, average: string, realized = '0', symbol = CALL, fees = '0') => ({
  kind: 'PositionChanged',
  position: { symbol, quantity: money(quantity), averagePrice: money(average), realizedPnl: money(realized), fees: money(fees) },
});
const closed = (realized: string) => ({ kind: 'PositionClosed', symbol: CALL, realizedPnl: money(realized) });
const bars = { kind: 'BarsClosed', at: AT };
const released = { kind: 'KillSwitchReleased', at: AT };

/** Kinds of which none moves cash or units by itself. */
const BYSTANDERS = [
  'DayBalanced',
  'LimitUseRecorded',
  'BrakePut',
  'BrakeLifted',
  'ProposalChanged',
  'StrategyPromoted',
  'TradesRestated',
  'AlertRaised',
] satisfies readonly FactKind[];

function problemsIn(batches: readonly (readonly [object, ...object[]])[]): readonly string[] {
  const auditor = ledgerAuditor();
  void auditor.take(entriesOf(batches));
  return auditor.finish().problems.map(({ problem }) => problem);
}

describe('cash in a ledger that is kept anew', () => {
  test.each<{ name: string; batches: readonly (readonly [object, ...object[]])[]; problems: readonly string[] }>([
    {
      name: 'a difference that is told only stands until a person accepts it',
      batches: [
        [reconciled('100', 'read')],
        [reconciled('99', 'read'), difference('99')],
        [bars, marked('100')],
        [released, difference('99')],
        [bars, marked('99')],
      ],
      problems: [],
    },
    {
      name: 'a broker that lists no activities is believed',
      batches: [[reconciled('100')], [reconciled('99'), difference('99')], [bars, marked('99')]],
      problems: [],
    },
    {
      name: 'cash that moved without a mark is there at the next one',
      batches: [[reconciled('100', 'read')], [reconciled('105', 'read'), moved('5')], [bars, marked('105')]],
      problems: [],
    },
    {
      name: 'an accepted difference that the books do not show is found',
      batches: [[reconciled('100', 'read')], [released, difference('99')], [bars, marked('100')]],
      problems: ['cash is written as 100, and the fills make 99'],
    },
    {
      name: 'cash that moved otherwise than it is told is found',
      batches: [[reconciled('100', 'read')], [reconciled('105', 'read'), moved('5'), marked('106')]],
      problems: ['cash is written as 106, and the fills make 105'],
    },
    {
      name: 'after what moves no cash, cash is still what the fills make',
      batches: [
        [reconciled('100', 'read')],
        ...BYSTANDERS.map((kind): readonly [object, object] => [bars, { kind }]),
        [bars, marked('1000000')],
      ],
      problems: ['cash is written as 1000000, and the fills make 100'],
    },
    {
      name: 'what a kind of another version has moved is taken as it stands, once',
      batches: [[reconciled('100', 'read')], [bars, { kind: 'SomethingOfLater' }], [bars, marked('90')], [bars, marked('80')]],
      problems: ['cash is written as 80, and the fills make 90'],
    },
  ])('$name', ({ batches, problems }) => expect(problemsIn(batches)).toEqual(problems));
});

/** Options are quoted for one share, and a contract is of a hundred. */
describe('options in a ledger that is kept anew', () => {
  test.each<{ name: string; batches: readonly (readonly [object, ...object[]])[]; problems: readonly string[] }>([
    {
      name: 'contracts cost a hundred times their price',
      batches: [
        [reconciled('1000', 'read')],
        [bars, filled('buy', '2', '1.5', CALL, '0.03'), held('2', '1.5', '0', CALL, '0.03'), marked('699.97')],
      ],
      problems: [],
    },
    {
      name: 'what is added is averaged in at the price of a share',
      batches: [
        [reconciled('1000', 'read')],
        [bars, filled('buy', '1', '1'), held('1', '1'), marked('900')],
        [bars, filled('buy', '2', '1.3'), held('3', '1.2'), marked('640')],
      ],
      problems: [],
    },
    {
      name: 'what is taken away realises a hundredfold, and beyond zero it begins anew',
      batches: [
        [reconciled('1000', 'read')],
        [bars, filled('buy', '3', '1.2'), held('3', '1.2'), marked('640')],
        [bars, filled('sell', '1', '1.5'), held('2', '1.2', '30'), marked('790')],
        [bars, filled('sell', '4', '1.1'), held('-2', '1.1', '10'), marked('1230')],
        [bars, filled('buy', '2', '1.05'), closed('20'), marked('1020')],
      ],
      problems: [],
    },
    {
      name: 'one that is booked as a share is found, in cash and in profit',
      batches: [
        [reconciled('1000', 'read')],
        [bars, filled('buy', '2', '1.5'), held('2', '1.5'), marked('997')],
        [bars, filled('sell', '1', '1.7'), held('1', '1.5', '0.2')],
      ],
      problems: ['cash is written as 997, and the fills make 700', `the realised P&L of ${CALL} is written as 0.2, and its fills make 20`],
    },
    {
      name: 'a share with a long name is no option',
      batches: [
        [reconciled('1000', 'read')],
        [bars, filled('buy', '2', '1.5', 'ALDRALDRALDRALDR'), held('2', '1.5', '0', 'ALDRALDRALDRALDR'), marked('997')],
      ],
      problems: [],
    },
  ])('$name', ({ batches, problems }) => expect(problemsIn(batches)).toEqual(problems));

  test('the books that the engine keeps of options are ours, to the last place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.integer({ min: 1, max: 99_999 })), { maxLength: 12 }),
        (told) => {
          let position: Position | undefined;
          let cash = money('100000');
          const batches: [object, ...object[]][] = [[reconciled('100000', 'read')]];
          for (const [size, buys, cents] of told) {
            const at = (BigInt(cents) * 10_000_000n) as Price;
            const signed = (BigInt(buys ? size : -size) * 1_000_000_000n) as Quantity;
            const execution = { symbol: CALL, quantity: signed, price: at, fee: money('0.65'), at: AT };
            const after = applyExecution(position, execution);
            cash = subtract(subtract(cash, worthOf(CALL, signed, at)), execution.fee);
            position = after.quantity === 0n ? undefined : after;
            batches.push([
              bars,
              filled(buys ? 'buy' : 'sell', String(size), format(at), CALL, '0.65'),
              position === undefined ? closed(format(after.realizedPnl)) : { kind: 'PositionChanged', position },
              marked(format(cash)),
            ]);
          }
          expect(problemsIn(batches)).toEqual([]);
        },
      ),
    );
  });
});
