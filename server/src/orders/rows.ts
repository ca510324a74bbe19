import { format, money, price, quantity, ratio } from '../money/fixed.ts';
import type { Fixed } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type {
  Denial,
  Fill,
  LegRole,
  Order,
  OrderClass,
  OrderIntent,
  OrderState,
  OrderType,
  Origin,
  RiskDecision,
  Side,
  TimeInForce,
  Undone,
} from './order.ts';

/** Columns `numeric(38, 9)` travel as text, so that no float touches money. */
type Numeric = string;

export interface RiskDecisionRow {
  readonly id: string;
  readonly intent_id: string;
  readonly verdict: RiskDecision['verdict'];
  readonly denials: unknown;
  readonly order_risk: Numeric;
  readonly order_risk_ratio: Numeric | null;
  readonly equity: Numeric;
  readonly reference_price: Numeric | null;
  readonly fields_hash: string;
  readonly decided_at: Date;
}

interface IntentRow {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Numeric;
  readonly type: OrderType;
  readonly time_in_force: TimeInForce;
  readonly limit_price: Numeric | null;
  readonly stop_price: Numeric | null;
  readonly protective_stop: Numeric | null;
  readonly trail: Numeric | null;
  readonly trail_ratio: Numeric | null;
  readonly order_class: OrderClass | null;
  readonly take_profit_price: Numeric | null;
  readonly stop_loss_price: Numeric | null;
  readonly stop_loss_limit: Numeric | null;
  readonly extended_hours: boolean | null;
  readonly replaces: string | null;
  readonly parent_id: string | null;
  readonly leg_role: LegRole | null;
  readonly protects: boolean | null;
  readonly reduce_only: boolean;
  readonly origin_kind: Origin['kind'];
  /** The strategy's id, or the principal. */
  readonly origin_by: string;
  readonly origin_version: string | null;
  readonly reason: string;
  readonly created_at: Date;
}

export interface OrderRow extends IntentRow {
  readonly risk_decision_id: string;
  readonly state: OrderState;
  readonly broker_order_id: string | null;
  readonly filled_quantity: Numeric;
  readonly undone_quantity: Numeric | null;
  readonly carried_quantity: Numeric | null;
  readonly average_price: Numeric | null;
  readonly fees: Numeric;
  readonly arrival_price: Numeric | null;
  readonly rejection: string | null;
  readonly sent_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly closed_at: Date | null;
  readonly updated_at: Date;
  /** The entry that made it, and the newest. */
  readonly first_seq: number;
  readonly seq: number;
}

export interface FillRow {
  readonly execution_id: string;
  readonly order_id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Numeric;
  readonly price: Numeric;
  readonly fee: Numeric;
  readonly filled_at: Date;
  readonly strategy_id: string | null;
  readonly late: boolean;
  /** The broker took it back, or put another in its place. */
  readonly undone: Undone | null;
  /** The execution in whose place this one stands. */
  readonly corrects: string | null;
  readonly seq: number;
}

export interface OrderMomentRow {
  readonly order_id: string;
  readonly seq: number;
  readonly name: string;
  readonly at: Date;
  readonly detail: string;
}

/** An order as it was first asked for. */
export interface OrderRequestRow extends IntentRow {
  readonly seq: number;
}

export interface OrderTables {
  readonly risk_decisions: RiskDecisionRow;
  readonly orders: OrderRow;
  readonly fills: FillRow;
  readonly order_moments: OrderMomentRow;
  readonly order_requests: OrderRequestRow;
}

/** A fill with the journal entry that booked it. */
export interface BookedFill extends Fill {
  readonly seq: number;
  readonly strategyId?: string;
  readonly undone?: Undone;
  /** Booked after the order had ended. */
  readonly late: boolean;
}

const date = (at: Instant): Date => new Date(at);
const optionalDate = (at: Instant | undefined): Date | null => (at === undefined ? null : new Date(at));
const optionalText = (value: Fixed | undefined): string | null => (value === undefined ? null : format(value));
const at = (value: Date): Instant => instantFromMs(value.getTime());

export function decisionRow(decision: RiskDecision): RiskDecisionRow {
  return {
    id: decision.id,
    intent_id: decision.intentId,
    verdict: decision.verdict,
    denials: JSON.stringify(decision.denials),
    order_risk: format(decision.orderRisk),
    order_risk_ratio: optionalText(decision.orderRiskRatio),
    equity: format(decision.equity),
    reference_price: optionalText(decision.referencePrice),
    fields_hash: decision.fieldsHash,
    decided_at: date(decision.decidedAt),
  };
}

const intentRow = (intent: OrderIntent): IntentRow => ({
  id: intent.id,
  symbol: intent.symbol,
  side: intent.side,
  quantity: format(intent.quantity),
  type: intent.type,
  time_in_force: intent.timeInForce,
  limit_price: optionalText(intent.limitPrice),
  stop_price: optionalText(intent.stopPrice),
  protective_stop: optionalText(intent.protectiveStop),
  trail: optionalText(intent.trail),
  trail_ratio: optionalText(intent.trailRatio),
  order_class: intent.orderClass ?? null,
  take_profit_price: optionalText(intent.takeProfit?.limitPrice),
  stop_loss_price: optionalText(intent.stopLoss?.stopPrice),
  stop_loss_limit: optionalText(intent.stopLoss?.limitPrice),
  extended_hours: intent.extendedHours ?? null,
  replaces: intent.replaces ?? null,
  parent_id: intent.leg?.parentId ?? null,
  leg_role: intent.leg?.role ?? null,
  protects: intent.protects ?? null,
  reduce_only: intent.reduceOnly,
  origin_kind: intent.origin.kind,
  origin_by: intent.origin.kind === 'strategy' ? intent.origin.strategyId : intent.origin.principal,
  origin_version: intent.origin.kind === 'strategy' ? intent.origin.version : null,
  reason: intent.reason,
  created_at: date(intent.createdAt),
});

export const requestRow = (intent: OrderIntent, seq: number): OrderRequestRow => ({ ...intentRow(intent), seq });

export function orderRow(order: Order, firstSeq: number, seq: number): OrderRow {
  return {
    ...intentRow(order.intent),
    id: order.id,
    risk_decision_id: order.decision.id,
    state: order.state,
    broker_order_id: order.brokerOrderId ?? null,
    filled_quantity: format(order.filledQuantity),
    undone_quantity: optionalText(order.undoneQuantity),
    carried_quantity: optionalText(order.carriedQuantity),
    average_price: optionalText(order.averagePrice),
    fees: format(order.fees),
    arrival_price: optionalText(order.arrivalPrice),
    rejection: order.rejection ?? null,
    sent_at: optionalDate(order.sentAt),
    acknowledged_at: optionalDate(order.acknowledgedAt),
    closed_at: optionalDate(order.closedAt),
    updated_at: date(order.updatedAt),
    first_seq: firstSeq,
    seq,
  };
}

export const fillRow = (fill: Fill, strategyId: string | undefined, late: boolean, seq: number): FillRow => ({
  execution_id: fill.executionId,
  order_id: fill.orderId,
  symbol: fill.symbol,
  side: fill.side,
  quantity: format(fill.quantity),
  price: format(fill.price),
  fee: format(fill.fee),
  filled_at: date(fill.filledAt),
  strategy_id: strategyId ?? null,
  late,
  undone: null,
  corrects: fill.corrects ?? null,
  seq,
});

export const fillOf = (row: FillRow): BookedFill => ({
  executionId: row.execution_id,
  orderId: row.order_id,
  symbol: row.symbol,
  side: row.side,
  quantity: quantity(row.quantity),
  price: price(row.price),
  fee: money(row.fee),
  filledAt: at(row.filled_at),
  ...(row.strategy_id === null ? {} : { strategyId: row.strategy_id }),
  ...(row.undone === null ? {} : { undone: row.undone }),
  ...(row.corrects === null ? {} : { corrects: row.corrects }),
  late: row.late,
  seq: row.seq,
});

const originOf = ({ origin_kind: kind, origin_by: by, origin_version: version, id }: IntentRow): Origin => {
  if (kind !== 'strategy') return { kind, principal: by };
  if (version === null) throw new Error(`Invariant: the strategy's order ${id} has no version`);
  return { kind, strategyId: by, version };
};

export const intentOf = (row: IntentRow): OrderIntent => ({
  id: row.id,
  symbol: row.symbol,
  side: row.side,
  quantity: quantity(row.quantity),
  type: row.type,
  timeInForce: row.time_in_force,
  ...(row.limit_price === null ? {} : { limitPrice: price(row.limit_price) }),
  ...(row.stop_price === null ? {} : { stopPrice: price(row.stop_price) }),
  ...(row.protective_stop === null ? {} : { protectiveStop: price(row.protective_stop) }),
  ...familyOf(row),
  reduceOnly: row.reduce_only,
  origin: originOf(row),
  reason: row.reason,
  createdAt: at(row.created_at),
});

/** What only some orders have. */
const familyOf = (row: IntentRow): Partial<OrderIntent> => ({
  ...(row.trail === null ? {} : { trail: price(row.trail) }),
  ...(row.trail_ratio === null ? {} : { trailRatio: ratio(row.trail_ratio) }),
  ...(row.order_class === null ? {} : { orderClass: row.order_class }),
  ...(row.take_profit_price === null ? {} : { takeProfit: { limitPrice: price(row.take_profit_price) } }),
  ...(row.stop_loss_price === null
    ? {}
    : {
        stopLoss: {
          stopPrice: price(row.stop_loss_price),
          ...(row.stop_loss_limit === null ? {} : { limitPrice: price(row.stop_loss_limit) }),
        },
      }),
  ...(row.extended_hours === null ? {} : { extendedHours: row.extended_hours }),
  ...(row.replaces === null ? {} : { replaces: row.replaces }),
  ...(row.parent_id === null || row.leg_role === null ? {} : { leg: { parentId: row.parent_id, role: row.leg_role } }),
  ...(row.protects === null ? {} : { protects: row.protects }),
});

const decisionOf = (row: RiskDecisionRow): RiskDecision => ({
  id: row.id,
  intentId: row.intent_id,
  verdict: row.verdict,
  denials: row.denials as readonly Denial[],
  orderRisk: money(row.order_risk),
  orderRiskRatio: row.order_risk_ratio === null ? undefined : ratio(row.order_risk_ratio),
  equity: money(row.equity),
  referencePrice: row.reference_price === null ? undefined : price(row.reference_price),
  fieldsHash: row.fields_hash,
  decidedAt: at(row.decided_at),
});

export const orderOf = (row: OrderRow, decision: RiskDecisionRow): Order => ({
  id: row.id,
  intent: intentOf(row),
  decision: decisionOf(decision),
  state: row.state,
  ...(row.broker_order_id === null ? {} : { brokerOrderId: row.broker_order_id }),
  filledQuantity: quantity(row.filled_quantity),
  ...(row.undone_quantity === null ? {} : { undoneQuantity: quantity(row.undone_quantity) }),
  ...(row.carried_quantity === null ? {} : { carriedQuantity: quantity(row.carried_quantity) }),
  ...(row.average_price === null ? {} : { averagePrice: price(row.average_price) }),
  fees: money(row.fees),
  ...(row.arrival_price === null ? {} : { arrivalPrice: price(row.arrival_price) }),
  ...(row.rejection === null ? {} : { rejection: row.rejection }),
  ...(row.sent_at === null ? {} : { sentAt: at(row.sent_at) }),
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: at(row.acknowledged_at) }),
  ...(row.closed_at === null ? {} : { closedAt: at(row.closed_at) }),
  updatedAt: at(row.updated_at),
});
