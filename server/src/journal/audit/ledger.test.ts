import { describe, expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { money } from '../../money/fixed.ts';
import type { JournalEntry } from '../journal.ts';
import { ledgerAuditor } from './ledger.ts';

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
const bars = { kind: 'BarsClosed', at: AT };
const released = { kind: 'KillSwitchReleased', at: AT };

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
  ])('$name', ({ batches, problems }) => {
    const auditor = ledgerAuditor();
    void auditor.take(entriesOf(batches));
    expect(auditor.finish().problems.map(({ problem }) => problem)).toEqual(problems);
  });
});
