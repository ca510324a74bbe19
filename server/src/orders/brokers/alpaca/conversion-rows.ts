import type { Money, Quantity } from '../../../money/fixed.ts';
import { add, ZERO_MONEY, ZERO_QUANTITY } from '../../../money/money.ts';
import type { BrokerActivity, UnitsMoved } from '../../broker.ts';

/** The broker's types of activity that make units of one symbol units of another, or money: mergers, new names, reorganisations, spin-offs, adjusted contracts. */
export const CONVERSIONS: ReadonlySet<string> = new Set(['MA', 'NC', 'REORG', 'SPIN', 'OPCA']);

/** Types in which units can end in cash alone, and the words for mergers that bring units too: without them the row of those is still to come. */
const PAYS_CASH: ReadonlySet<string> = new Set(['MA', 'REORG']);
const BRINGS_UNITS: ReadonlySet<unknown> = new Set(['SMA', 'SCMA']);

/** One row, read by itself, and what it says of the conversion that it is part of. */
export interface GroupedRow {
  readonly activity: BrokerActivity;
  readonly type: string;
  readonly subType: unknown;
}

const unitsIn = ({ activity }: GroupedRow): UnitsMoved | undefined =>
  activity.kind === 'other-units' ? { symbol: activity.symbol, quantity: activity.quantity } : undefined;

/** What moved of each symbol: a broker may write a row for each lot. */
function movedUnits(rows: readonly GroupedRow[]): readonly UnitsMoved[] {
  const moved = new Map<string, Quantity>();
  for (const unit of rows.flatMap((row) => unitsIn(row) ?? []))
    moved.set(unit.symbol, add(moved.get(unit.symbol) ?? ZERO_QUANTITY, unit.quantity));
  return [...moved].flatMap(([symbol, quantity]) => (quantity === 0n ? [] : [{ symbol, quantity }]));
}

const paidIn = (rows: readonly GroupedRow[]): Money => rows.reduce((total, { activity }) => add(total, activity.amount), ZERO_MONEY);

/** The one activity that rows of units make together; `undefined` where they make none, or not yet. */
function madeOf(rows: readonly GroupedRow[], all: readonly GroupedRow[]): BrokerActivity | undefined {
  const [first] = rows;
  const [one, two, ...more] = movedUnits(rows);
  if (first === undefined || one === undefined || more.length > 0) return undefined;
  const { id, at, date, words } = first.activity;
  const told = { id, at, date, words };
  if (first.type === 'SPIN') return two === undefined ? { ...told, ...one, kind: 'spin-off', amount: paidIn(rows) } : undefined;
  if (two !== undefined) {
    const isExchange = one.quantity > 0n !== two.quantity > 0n;
    return isExchange ? { ...told, kind: 'conversion', legs: [one, two], amount: paidIn(rows) } : undefined;
  }
  const amount = paidIn(all);
  const isPaid = amount !== 0n && amount > 0n !== one.quantity > 0n;
  if (!PAYS_CASH.has(first.type) || !isPaid || rows.some(({ subType }) => BRINGS_UNITS.has(subType))) return undefined;
  return { ...told, ...one, kind: 'redemption', amount };
}

/**
 * What rows of one conversion tell together. It has the id of its first row of units, once all of them have come: until then each is told under an id of its own as units
 * that nothing explains. Cash for fractions that is written apart stays cash.
 */
export function conversionsOf(group: readonly GroupedRow[]): readonly BrokerActivity[] {
  const rows = group.filter((row) => unitsIn(row) !== undefined);
  const cash = group.filter((row) => unitsIn(row) === undefined).map(({ activity }) => activity);
  const made = madeOf(rows, group);
  if (made === undefined) return [...rows.map(({ activity }) => ({ ...activity, id: `${activity.id}:alone` })), ...cash];
  return made.kind === 'redemption' ? [made] : [made, ...cash];
}
