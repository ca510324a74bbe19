import type { AlertChange } from '../alerts/service.ts';
import type { ProposalChange } from '../approvals/service.ts';
import type { Fact } from '../engine/effects.ts';
import type { RecordedEquityPoint } from '../engine/equity-service.ts';
import type { EngineEvent } from '../engine/events.ts';
import { format } from '../money/fixed.ts';
import type { Order } from '../orders/order.ts';
import type { OrderChanges, OrderMoment } from '../orders/service.ts';
import type { PositionChanges } from '../positions/service.ts';
import type { RecommendationChange } from '../recommendations/service.ts';
import type { RiskChanges } from '../risk/service.ts';
import type { RecordedStrategy } from '../strategies/service.ts';
import type { JournalEntry } from './journal.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** What a stretch of the journal says to each group of tables. */
export interface Changes {
  readonly orders: Mutable<OrderChanges>;
  readonly positions: Mutable<PositionChanges>;
  readonly equity: RecordedEquityPoint[];
  readonly strategies: RecordedStrategy[];
  readonly risk: Mutable<RiskChanges>;
  readonly alerts: AlertChange[];
  readonly proposals: ProposalChange[];
  readonly recommendations: RecommendationChange[];
}

export function changesOf(entries: readonly JournalEntry[]): Changes {
  const changes: Changes = {
    orders: { orders: [], fills: [], undone: [], moments: [], requests: [] },
    positions: { positions: [], trades: [], withdrawn: [] },
    equity: [],
    strategies: [],
    risk: { limits: [], tradingStates: [] },
    alerts: [],
    proposals: [],
    recommendations: [],
  };
  for (const entry of entries) {
    // The payload is ours, under the hash: its kind is the entry's.
    if (entry.type === 'fact') addFact(changes, entry.payload as Fact, entry.seq);
    if (entry.type === 'event' && (entry.kind === 'OrderRequested' || entry.kind === 'ReplaceRequested')) {
      const { intent } = entry.payload as Extract<EngineEvent, { kind: 'OrderRequested' | 'ReplaceRequested' }>;
      changes.orders.requests.push({ intent, seq: entry.seq });
    }
    const moment = momentOf(entry);
    if (moment !== undefined) changes.orders.moments.push({ ...moment, at: entry.at, seq: entry.seq });
  }
  return changes;
}

function addFact(
  { orders, positions, equity, strategies, risk, alerts, proposals, recommendations }: Changes,
  fact: Fact,
  seq: number,
): void {
  switch (fact.kind) {
    case 'OrderChanged':
      orders.orders.push({ order: fact.order, seq });
      return;
    case 'FillBooked':
      orders.fills.push({ fill: fact.fill, strategyId: fact.strategyId, late: fact.late, seq });
      return;
    case 'PositionChanged':
      positions.positions.push({ symbol: fact.position.symbol, position: fact.position, seq });
      return;
    case 'PositionClosed':
      positions.positions.push({ symbol: fact.symbol, position: undefined, seq });
      return;
    case 'TradeClosed':
      positions.trades.push({ trade: fact.trade, seq });
      return;
    case 'FillUndone':
      orders.undone.push({ executionId: fact.executionId, undone: fact.undone });
      return;
    case 'TradesRestated':
      positions.withdrawn.push(...fact.withdrawn.map((id) => ({ id, seq })));
      positions.trades.push(...fact.trades.map((trade) => ({ trade, seq })));
      return;
    case 'EquityMarked':
      equity.push({ ...fact.point, seq });
      return;
    case 'StrategyChanged':
      strategies.push({ ...fact.strategy, seq });
      return;
    case 'TradingStateChanged':
      risk.tradingStates.push({ ...fact, seq });
      return;
    case 'LimitChanged':
      // Limits of strategies and agents are read from the state: the table has one row a limit of the account.
      if (fact.who === undefined) risk.limits.push({ name: fact.name, value: fact.to, by: fact.by, reason: fact.reason, at: fact.at, seq });
      return;
    case 'ProposalChanged':
      proposals.push({ ...fact, seq });
      return;
    case 'RecommendationChanged':
      recommendations.push({ recommendation: fact.recommendation, seq });
      return;
    case 'StrategyPromoted':
    case 'ShadowMarked':
    case 'CapitalAllotted':
      // The engine's state knows it; the entry is found by kind.
      return;
    case 'AlertRaised':
      alerts.push({ kind: 'raised', alert: fact.alert, seq });
      return;
    case 'AlertClosed':
      alerts.push({ kind: 'closed', alertId: fact.alertId, by: fact.by, note: fact.note, at: fact.at });
      return;
    case 'DifferenceFound':
    case 'LimitUseRecorded':
    case 'BrakePut':
    case 'BrakeLifted':
    case 'CashMoved':
    case 'PositionSplit':
    case 'UnitsConverted':
    case 'DayBalanced':
      // The engine's state knows it, or an alert beside it is what people see; the entry itself is found by kind.
      return;
  }
}

type Moment = Pick<OrderMoment, 'name' | 'detail'> & { readonly orderId: string };

/** The entry as a step in the life of the one order that it names; `undefined` where it names none. */
function momentOf(entry: JournalEntry): Moment | undefined {
  switch (entry.type) {
    case 'fact':
      return factMoment(entry.payload as Fact);
    case 'event':
      return eventMoment(entry.payload as EngineEvent);
    case 'action': {
      const { orderId } = entry.payload as { readonly orderId?: unknown };
      return typeof orderId === 'string' ? { orderId, name: entry.kind, detail: '' } : undefined;
    }
  }
}

function factMoment(fact: Fact): Moment | undefined {
  if (fact.kind === 'OrderChanged') return { orderId: fact.order.id, name: fact.order.state, detail: orderDetail(fact.order) };
  if (fact.kind === 'FillUndone') return { orderId: fact.orderId, name: fact.undone, detail: fact.executionId };
  if (fact.kind !== 'FillBooked') return undefined;
  const { orderId, quantity, price } = fact.fill;
  return { orderId, name: 'fill', detail: `${format(quantity)} at ${format(price)}${fact.late ? ', late' : ''}` };
}

function orderDetail({ state, decision, rejection, filledQuantity, intent }: Order): string {
  if (state === 'denied') return decision.denials.map(({ message }) => message).join('; ');
  if (rejection !== undefined) return rejection;
  return filledQuantity > 0n ? `${format(filledQuantity)} of ${format(intent.quantity)} filled` : '';
}

function eventMoment(event: EngineEvent): Moment | undefined {
  if (event.kind === 'OrderRequested') return { orderId: event.intent.id, name: event.kind, detail: event.by };
  if (event.kind === 'ReplaceRequested')
    return { orderId: event.intent.replaces ?? event.intent.id, name: event.kind, detail: `${event.by}: ${event.intent.id}` };
  if (event.kind === 'OrderUpdated') return { orderId: event.update.order.clientOrderId, name: event.kind, detail: event.update.event };
  return 'orderId' in event ? { orderId: event.orderId, name: event.kind, detail: eventDetail(event) } : undefined;
}

/** The broker's id of the request: its support asks for it. */
const askedAs = ({ requestId }: { readonly requestId?: string }): string => (requestId === undefined ? '' : ` (request ${requestId})`);

function eventDetail(event: Extract<EngineEvent, { orderId: string }>): string {
  switch (event.kind) {
    case 'OrderAcknowledged':
      return `${event.order.status}${askedAs(event)}`;
    case 'OrderRejected':
      return `${event.code}: ${event.message}${askedAs(event)}`;
    case 'OrderOutcomeUnknown':
      return event.message;
    case 'CancelRequested':
      return event.by;
    case 'OrderNotFound':
      return '';
  }
}
