import { format, money } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { abs, add, subtract, ZERO_MONEY } from '../money/money.ts';
import { isStricter } from '../risk/trading-state.ts';
import { acceptCash, totals } from './activities.ts';
import type { EventOf } from './events.ts';
import type { EngineState } from './state.ts';
import { change, closeAlert, emit, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

/** Smaller differences of cash are rounding of fees at the broker's side. */
export const CASH_DIFFERENCE_MAX: Money = money('0.01');

/** What nothing explains for this long halts: activities are posted a little after the cash that they moved. */
const STANDS_MS_MAX = 300_000;

const ALERT = 'CashDifference-account';

/**
 * Compare cash with the broker's. What moved it beside fills was told before as activities. A difference that is seen twice is a finding: it is told, entries are
 * denied, and only a person accepts the broker's figure. `filling`: positions differ as well, so that a fill is on its way.
 */
export function compareCash(turn: Turn, { account, activities }: EventOf<'Reconciled'>, filling: boolean): void {
  const difference = subtract(account.cash, turn.state.cash);
  if (abs(difference) <= CASH_DIFFERENCE_MAX || filling) {
    noDifference(turn, filling ? difference : ZERO_MONEY);
    return;
  }
  if (difference !== turn.state.cashDifference) {
    change(turn, { cashDifference: difference, cashDifferenceAt: turn.state.cashDifferenceAt ?? turn.state.now });
    return;
  }
  if (activities === undefined) takeOver(turn, difference, account.cash);
  else find(turn, difference, account.cash);
}

/** While positions differ nobody knows what of the cash is a fill's: it is kept for whoever accepts the broker's view. */
function noDifference(turn: Turn, kept: Money): void {
  change(turn, { cashDifference: kept, cashDifferenceAt: undefined });
  if (kept === 0n) closeAlert(turn, ALERT, 'broker');
}

/** A difference that was seen twice, and told. */
export const isCashFound = ({ alerts }: EngineState): boolean => alerts.has(ALERT);

/** A broker that lists no activities: its cash is believed. */
function takeOver(turn: Turn, difference: Money, brokers: Money): void {
  const ours = format(turn.state.cash);
  acceptCash(turn, difference);
  change(turn, { cashDifference: ZERO_MONEY, cashDifferenceAt: undefined });
  emit(turn, { kind: 'DifferenceFound', what: 'cash', ours, brokers: format(brokers), at: turn.state.now });
  raise(
    turn,
    'CashDifference',
    String(turn.state.now),
    'warning',
    `The broker's cash differs by ${format(difference)}`,
    `Ours ${ours}, the broker's ${format(brokers)}, which is taken over.`,
  );
}

function find(turn: Turn, difference: Money, brokers: Money): void {
  if (isCashFound(turn.state)) return;
  const ours = format(turn.state.cash);
  emit(turn, { kind: 'DifferenceFound', what: 'cash', ours, brokers: format(brokers), at: turn.state.now });
  const detail = `Ours ${ours}, the broker's ${format(brokers)}: no fill and no activity explains it. Entries are off; after five minutes, or at the end of the session, trading halts, and releasing it accepts the broker's figure.`;
  raise(turn, 'CashDifference', 'account', 'critical', `The broker's cash differs by ${format(difference)}`, detail);
}

/** A finding that stands. At the end of a session there is no waiting. */
function haltOver(turn: Turn, difference: Money): void {
  if (!isStricter('HALTED', turn.state.tradingState)) return;
  setTradingState(turn, 'HALTED', `cash differs from the broker's by ${format(difference)}`, 'engine', turn.state.now);
}

/** Time has passed over a finding. */
export function watchCash(turn: Turn): void {
  const { cashDifference, cashDifferenceAt, now } = turn.state;
  if (cashDifferenceAt === undefined || now - cashDifferenceAt < STANDS_MS_MAX || !isCashFound(turn.state)) return;
  haltOver(turn, cashDifference);
}

/** A session has ended that was not compared to the cent yet. While positions differ it cannot be. */
export const wantsBalance = ({ marketOpen, sessionDate, balancedDate, openingCash, differences }: EngineState): boolean =>
  differences.size === 0 && !marketOpen && sessionDate !== undefined && sessionDate !== balancedDate && openingCash !== undefined;

/** After a session: what was compared twice, or was equal, is written down as the day's end; a difference halts at once. */
export function balanceDay(turn: Turn, { account, activities }: EventOf<'Reconciled'>): void {
  const { sessionDate, cash, cashDifference, now } = turn.state;
  if (activities === undefined || sessionDate === undefined || !wantsBalance(turn.state)) return;
  const found = isCashFound(turn.state);
  if (cashDifference !== 0n && !found) return;
  change(turn, { balancedDate: sessionDate });
  emit(turn, { kind: 'DayBalanced', date: sessionDate, cash, brokersCash: account.cash, ...totals(turn.state), at: now });
  if (found) haltOver(turn, cashDifference);
}

/** A person accepts the broker's cash, as it was at the last reconcile. */
export function acceptBrokersCash(turn: Turn): void {
  const { cash, cashDifference, now, account } = turn.state;
  if (cashDifference === 0n || account === undefined) return;
  const brokers = add(cash, cashDifference);
  emit(turn, { kind: 'DifferenceFound', what: 'cash', ours: format(cash), brokers: format(brokers), at: now });
  acceptCash(turn, cashDifference);
  change(turn, { cashDifference: ZERO_MONEY, cashDifferenceAt: undefined });
}
