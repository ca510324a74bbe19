import { worthOf } from '../instruments/worth.ts';
import { format } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { subtract, sum, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { BrokerAccount, BrokerPosition } from '../orders/broker.ts';
import { withMoney } from '../positions/owner-results.ts';
import { ACCOUNT_OWNER } from '../positions/sub-ledgers.ts';
import type { Lot } from '../positions/lots.ts';
import type { Position } from '../positions/position.ts';
import type { SymbolBook } from '../positions/symbol-book.ts';
import { isStricter } from '../risk/trading-state.ts';
import { liftBrake } from './brakes.ts';
import { repeatCancel } from './cancel.ts';
import { balanceDay, compareCash } from './cash-reconcile.ts';
import { headAwaiting, isKnownByOurId, legOf, readFamily } from './families.ts';
import { findOrder, orderAcknowledged } from './broker-events.ts';
import { markEquity } from './equity.ts';
import type { EventOf } from './events.ts';
import { isWithinDoubt } from './in-doubt.ts';
import { isWithinSettlement } from './option-settlement.ts';
import type { EngineState, PositionDifference } from './state.ts';
import { change, closeAlert, emit, openOrders, raise, setTradingState, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

function takeAccount(turn: Turn, account: BrokerAccount): void {
  change(turn, { account, accountAt: turn.state.now, spentSinceReport: ZERO_MONEY });
  if (account.tradable) closeAlert(turn, 'AccountBlocked-account', 'broker');
  else
    raise(
      turn,
      'AccountBlocked',
      'account',
      'critical',
      'The broker has blocked the account',
      'Entries are denied until it is active again.',
    );
}

export function accountReported(turn: Turn, event: EventOf<'AccountReported'>): void {
  takeAccount(turn, event.account);
}

export function clockSkewMeasured(turn: Turn, { skewMs }: EventOf<'ClockSkewMeasured'>): void {
  change(turn, { clockSkewMs: skewMs });
}

export function brokerConnected(turn: Turn): void {
  change(turn, { brokerConnected: true });
  closeAlert(turn, 'Disconnected-broker', 'broker');
  emit(turn, { kind: 'Reconcile', because: 'the order stream has connected' });
}

/** Connected, and compared with the broker since: what was off for want of the stream is on again. */
function noteConnection(turn: Turn): void {
  change(turn, { disconnectedAt: undefined });
  closeAlert(turn, 'DisconnectedLong-broker', 'broker');
  liftBrake(turn, { code: 'Disconnected', scope: { kind: 'account' } }, 'engine', 'reconciled over a new connection');
}

/** Without the stream fills may be missed: entries are denied until a reconcile over a new connection. */
export function brokerDisconnected(turn: Turn, event: EventOf<'BrokerDisconnected'>): void {
  change(turn, { brokerConnected: false, reconciled: false, disconnectedAt: turn.state.disconnectedAt ?? turn.state.now });
  raise(turn, 'Disconnected', 'broker', 'warning', 'The broker is not connected', event.reason);
}

/** The first sight of the account: what it holds is taken over as the account's own. */
function takeOpening(turn: Turn, account: BrokerAccount, held: readonly BrokerPosition[]): void {
  const positions = new Map<string, Position>();
  const lots = new Map<string, readonly Lot[]>();
  const books = new Map<string, SymbolBook>();
  const at = turn.state.now;
  for (const { symbol, quantity, averagePrice } of held) {
    const position: Position = { symbol, quantity, averagePrice, realizedPnl: ZERO_MONEY, fees: ZERO_MONEY, openedAt: at, updatedAt: at };
    positions.set(symbol, position);
    const lot = { quantity, price: averagePrice, fee: ZERO_MONEY, at };
    lots.set(symbol, [lot]);
    books.set(symbol, { position, owners: [{ owner: ACCOUNT_OWNER, lots: [lot], entryPrice: averagePrice }], entries: [] });
    emit(turn, { kind: 'PositionChanged', position });
  }
  change(turn, {
    openingCash: account.cash,
    cash: account.cash,
    positions,
    books,
    ledgers: withEntry(turn.state.ledgers, ACCOUNT_OWNER, lots),
    results: withMoney(turn.state.results, ACCOUNT_OWNER, 'openingCost', openingCost(held)),
  });
}

const openingCost = (held: readonly BrokerPosition[]): Money =>
  sum(held.map(({ symbol, quantity, averagePrice }) => worthOf(symbol, quantity, averagePrice)));

/** What will be told, by the answer to an order or by an activity. */
const isExplained = (state: EngineState, symbol: string, beyond: Quantity): boolean =>
  isWithinDoubt(state, symbol, beyond) || isWithinSettlement(state, symbol, beyond);

/** Symbols whose quantity is not ours, with since when: the same one is a finding only when it is seen twice. */
function differencesOf(turn: Turn, held: readonly BrokerPosition[]): ReadonlyMap<string, PositionDifference> {
  const brokers = new Map(held.map((position) => [position.symbol, position]));
  const symbols = [...new Set([...brokers.keys(), ...turn.state.positions.keys()])].sort();
  const found = new Map<string, PositionDifference>();
  for (const symbol of symbols) {
    const ours = turn.state.positions.get(symbol)?.quantity ?? ZERO_QUANTITY;
    const theirs = brokers.get(symbol)?.quantity ?? ZERO_QUANTITY;
    if (ours === theirs) continue;
    const before = turn.state.differences.get(symbol);
    const same = before !== undefined && before.ours === ours && before.brokers === theirs;
    const brokersAveragePrice = brokers.get(symbol)?.averagePrice ?? (0n as Price);
    const explained = isExplained(turn.state, symbol, subtract(theirs, ours)) ? { explained: true as const } : {};
    const confirmed = same && before.explained !== true && explained.explained !== true;
    found.set(symbol, {
      symbol,
      ours,
      brokers: theirs,
      brokersAveragePrice,
      confirmed,
      at: same ? before.at : turn.state.now,
      ...explained,
    });
  }
  return found;
}

/**
 * Compare positions. A snapshot may be taken between an execution and its message, so a difference is looked at twice: at the second sight it is a
 * finding, entries are off, and only a person accepts the broker's view. What an order in doubt may have filled, or the end of a contract have done, is
 * looked at again until the broker has told what became of it.
 */
function comparePositions(turn: Turn, held: readonly BrokerPosition[]): 'equal' | 'unconfirmed' | 'different' {
  const found = differencesOf(turn, held);
  const confirmed = [...found.values()].filter((difference) => difference.confirmed);
  change(turn, { differences: found });
  for (const { symbol, ours, brokers } of confirmed) {
    if (turn.state.alerts.has(`PositionDifference-${symbol}`)) continue;
    const what = `position ${symbol}`;
    emit(turn, { kind: 'DifferenceFound', what, ours: format(ours), brokers: format(brokers), at: turn.state.now });
    raise(
      turn,
      'PositionDifference',
      symbol,
      'critical',
      `The broker holds another quantity of ${symbol}`,
      `Ours ${format(ours)}, the broker's ${format(brokers)}.`,
    );
  }
  for (const alert of turn.state.alerts.values()) {
    if (alert.code === 'PositionDifference' && !found.has(alert.id.slice('PositionDifference-'.length)))
      closeAlert(turn, alert.id, 'broker');
  }
  if (confirmed.length > 0 && isStricter('HALTED', turn.state.tradingState)) {
    const because = `positions differ from the broker's: ${confirmed.map(({ symbol }) => symbol).join(', ')}`;
    setTradingState(turn, 'HALTED', because, 'engine', turn.state.now);
  }
  // What is explained waits for the broker's word, which is asked for already.
  if ([...found.values()].some(({ explained, symbol }) => explained !== true && !confirmed.some((each) => each.symbol === symbol)))
    emit(turn, { kind: 'Reconcile', because: 'a difference of positions is looked at again' });
  if (confirmed.length > 0) return 'different';
  return found.size > 0 ? 'unconfirmed' : 'equal';
}

/**
 * Orders the broker still holds open are brought up to date; ours that it does not list are looked up, as they have ended or its list is behind; its that
 * are not ours are cancelled.
 */
function compareOrders(turn: Turn, event: EventOf<'Reconciled' | 'OrdersListed'>): void {
  const listed = new Set<string>();
  for (const order of event.openOrders) {
    const own = findOrder(turn.state, order);
    if (own === undefined) {
      // An exit whose order has filled stands alone in the list, under a name that only the broker knows until the order is found or its family read: what is
      // not listed is asked for below.
      if (headAwaiting(turn.state, order) !== undefined) continue;
      const detail = `${order.side} ${format(order.quantity)} ${order.symbol}, client id "${order.clientOrderId}". It is being cancelled.`;
      raise(turn, 'OrphanOrder', order.brokerOrderId, 'critical', 'An open order that is not ours', detail);
      emit(turn, { kind: 'CancelOrder', orderId: order.clientOrderId, brokerOrderId: order.brokerOrderId });
      continue;
    }
    listed.add(own.id);
    for (const leg of order.legs ?? []) {
      const known = legOf(turn.state, own, leg);
      if (known !== undefined) listed.add(known.id);
    }
    orderAcknowledged(turn, { kind: 'OrderAcknowledged', at: event.at, orderId: own.id, order, basis: 'submit' });
  }
  for (const order of openOrders(turn.state)) {
    // What waits here has never left: the broker cannot know it.
    if (listed.has(order.id) || turn.state.withheld.has(order.id)) continue;
    // An exit that was replaced is in its family no more: it is asked for by its own id.
    const isAskedFor = order.state === 'pending_replace' && order.brokerOrderId !== undefined;
    if (isKnownByOurId(order.intent) || isAskedFor) emit(turn, { kind: 'ResolveOrder', orderId: order.id });
    else readFamily(turn, order);
    repeatCancel(turn, order);
  }
}

export function ordersListed(turn: Turn, event: EventOf<'OrdersListed'>): void {
  compareOrders(turn, event);
}

export function reconciled(turn: Turn, event: EventOf<'Reconciled'>): void {
  takeAccount(turn, event.account);
  if (turn.state.openingCash === undefined) takeOpening(turn, event.account, event.positions);
  compareOrders(turn, event);
  const positions = comparePositions(turn, event.positions);
  compareCash(turn, event, positions !== 'equal');
  balanceDay(turn, event);
  change(turn, { reconciledAt: event.at, reconciled: positions === 'equal' || (positions === 'unconfirmed' && turn.state.reconciled) });
  if (turn.state.reconciled && turn.state.brokerConnected) noteConnection(turn);
  markEquity(turn, false);
}
