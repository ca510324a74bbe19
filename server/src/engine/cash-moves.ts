import type { Money } from '../money/fixed.ts';
import { add } from '../money/money.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { withMoney } from '../positions/owner-results.ts';
import type { OwnerResult, OwnerShare } from '../positions/owner-results.ts';
import { transferredHighWaterMark } from '../risk/trading-state.ts';
import { markEquity } from './equity.ts';
import { markStrategiesOf } from './strategy-watch.ts';
import { change, emit } from './turn.ts';
import type { Turn } from './turn.ts';

const FIELD: Readonly<Record<BrokerActivity['kind'], keyof OwnerResult>> = {
  dividend: 'income',
  interest: 'income',
  'other-cash': 'income',
  split: 'income',
  'option-end': 'income',
  'option-delivery': 'income',
  'other-units': 'income',
  conversion: 'income',
  redemption: 'income',
  'spin-off': 'income',
  fee: 'charges',
  transfer: 'transfers',
};

/** Cash that moved, and what the broker said of it. */
export type ToldCash = Pick<BrokerActivity, 'amount' | 'words' | 'at'> & {
  readonly kind: BrokerActivity['kind'];
  readonly symbol?: string;
};

/** Cash moves, and every owner's part of it; deposits and withdrawals move the marks that losses are measured from. */
export function moveCash(
  turn: Turn,
  activityId: string,
  { kind, amount, symbol, words, at }: ToldCash,
  parts: readonly OwnerShare[],
): void {
  const { cash, cashAdjustments } = turn.state;
  const results = parts.reduce((all, part) => withMoney(all, part.owner, FIELD[kind], part.amount), turn.state.results);
  change(turn, { cash: add(cash, amount), cashAdjustments: add(cashAdjustments, amount), results });
  if (kind === 'transfer') shiftMarks(turn, amount);
  const of = symbol === undefined ? {} : { symbol };
  emit(turn, { kind: 'CashMoved', activityId, what: kind, amount, parts, ...of, words, at });
  markEquity(turn, false);
  if (symbol !== undefined) markStrategiesOf(turn, new Set([symbol]), false);
}

function shiftMarks(turn: Turn, amount: Money): void {
  const { highWaterMark, sessionStartEquity, closingEquity } = turn.state;
  change(turn, {
    ...(highWaterMark === undefined ? {} : { highWaterMark: transferredHighWaterMark(highWaterMark, amount) }),
    ...(sessionStartEquity === undefined ? {} : { sessionStartEquity: add(sessionStartEquity, amount) }),
    ...(closingEquity === undefined ? {} : { closingEquity: add(closingEquity, amount) }),
  });
}
