import type { Venue } from './venue.ts';
import { OVER } from './venue-types.ts';
import type { VenueExecution, VenueOrder, VenueRecord, VenueUpdate } from './venue-types.ts';
import { Versions } from './versions.ts';

/** A JSON object as the broker would send it. */
export type Json = Record<string, unknown>;

const dollars = (cents: number): string => (cents / 100).toFixed(2);
const time = (at: number): string => new Date(at).toISOString();

export function orderJson(order: Readonly<VenueOrder>): Json {
  const { id, clientId, symbol, side, type, timeInForce, shares, filled, paidCents, limitCents, stopCents, status, createdAt, updatedAt } =
    order;
  const { orderClass, replaces, replacedBy, bestCents } = order;
  return {
    id,
    client_order_id: clientId,
    symbol,
    side,
    type,
    time_in_force: timeInForce,
    qty: String(shares),
    filled_qty: String(filled),
    filled_avg_price: filled === 0 ? null : (paidCents / filled / 100).toFixed(9),
    limit_price: limitCents === undefined ? null : dollars(limitCents),
    stop_price: stopCents === undefined ? null : dollars(stopCents),
    hwm: bestCents === undefined ? null : dollars(bestCents),
    order_class: orderClass ?? '',
    replaces: replaces ?? null,
    replaced_by: replacedBy ?? null,
    legs: null,
    status,
    created_at: time(createdAt),
    updated_at: time(updatedAt),
  };
}

export function updateJson({ event, order, execution, at }: VenueUpdate): Json {
  const base = { event, order: orderJson(order), at: time(at), timestamp: time(at) };
  if (execution === undefined) return base;
  return {
    ...base,
    execution_id: execution.id,
    qty: String(execution.shares),
    price: dollars(execution.cents),
    timestamp: time(execution.at),
  };
}

export const activityJson = ({ id, orderId, symbol, side, shares, cents, at, cumulative }: VenueExecution): Json => ({
  id: `${at}::${id}`,
  activity_type: 'FILL',
  order_id: orderId,
  symbol,
  side,
  qty: String(shares),
  price: dollars(cents),
  cum_qty: String(cumulative),
  transaction_time: time(at),
});

const CASH_TYPES = { dividend: 'DIV', transfer: 'CSD', fee: 'FEE' } as const;

/** What moved the account beside fills, as a row of its activities. Busts and corrections are told nowhere. */
function movementJson(record: VenueRecord, index: number): readonly Json[] {
  const base = { id: `${record.at}::m${index}`, created_at: time(record.at), date: time(record.at).slice(0, 10), status: 'executed' };
  if (record.kind === 'cash') return [{ ...base, activity_type: CASH_TYPES[record.why], net_amount: dollars(record.cents) }];
  if (record.kind !== 'split' || record.added === 0) return [];
  return [{ ...base, activity_type: 'SPLIT', symbol: record.symbol, qty: String(record.added), net_amount: '0' }];
}

/** An exit that hangs on another order; of an OCO the order itself is the other one. */
const isExitLeg = ({ role, orderClass }: VenueOrder): boolean => role !== undefined && orderClass !== 'oco';

/** The venue as its REST service shows it: each figure as it was a while ago. */
export interface RestView {
  /** Something moved; where it is an order, which. */
  readonly note: (order?: VenueOrder) => void;
  readonly account: (at: number) => Json;
  readonly positions: (at: number) => readonly Json[];
  /** All that the positions were from one time to another, however shortly. */
  readonly positionsBetween: (from: number, to: number) => Iterable<readonly Json[]>;
  readonly openOrders: (at: number) => readonly Json[];
  readonly order: (clientId: string, at: number) => Json | undefined;
  /** An order with its exits. */
  readonly family: (id: string, at: number) => Json | undefined;
  readonly executions: (after: number, at: number) => readonly Json[];
  readonly activities: (since: number, at: number) => readonly Json[];
}

interface Money {
  readonly cashCents: number;
  readonly valueCents: number;
  readonly grossCents: number;
}

function moneyOf(venue: Venue): Money {
  let valueCents = 0;
  let grossCents = 0;
  for (const [symbol, { shares }] of venue.positions) {
    const value = shares * (venue.prices.get(symbol) ?? 0);
    valueCents += value;
    grossCents += Math.abs(value);
  }
  return { cashCents: venue.cashCents, valueCents, grossCents };
}

const positionsJson = (venue: Venue): readonly Json[] =>
  [...venue.positions].map(([symbol, { shares, costCents }]) => ({
    symbol,
    qty: String(shares),
    side: shares < 0 ? 'short' : 'long',
    avg_entry_price: (costCents / shares / 100).toFixed(6),
  }));

function accountJson({ cashCents, valueCents, grossCents }: Money): Json {
  const equity = cashCents + valueCents;
  return {
    account_number: 'SIM1',
    status: 'ACTIVE',
    cash: dollars(cashCents),
    equity: dollars(equity),
    buying_power: dollars(Math.max(0, 2 * equity - grossCents)),
    account_blocked: false,
    trading_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: true,
  };
}

export function restView(venue: Venue, now: () => number): RestView {
  const money = new Versions<Money>();
  const positions = new Versions<readonly Json[]>();
  const orders = new Map<string, Versions<Json>>();
  const note = (order?: VenueOrder): void => {
    money.set(now(), moneyOf(venue));
    positions.set(now(), positionsJson(venue));
    if (order === undefined) return;
    const history = orders.get(order.clientId) ?? new Versions<Json>();
    history.set(now(), orderJson(order));
    orders.set(order.clientId, history);
  };
  const exitsAt = (head: VenueOrder, at: number): readonly Json[] =>
    head.familyId === undefined || isExitLeg(head)
      ? []
      : [...venue.orders.values()].flatMap((leg): readonly Json[] => {
          const told = leg.familyId === head.familyId && isExitLeg(leg) ? orders.get(leg.clientId)?.at(at) : undefined;
          return told === undefined ? [] : [told];
        });
  const nested = (order: VenueOrder, at: number): Json | undefined => {
    const told = orders.get(order.clientId)?.at(at);
    const legs = exitsAt(order, at).filter((leg) => leg['replaced_by'] === null && leg['status'] !== 'rejected');
    return told === undefined || legs.length === 0 ? told : { ...told, legs };
  };
  const isOpenAt = (order: VenueOrder, at: number): boolean => {
    const status = orders.get(order.clientId)?.at(at)?.['status'] as VenueOrder['status'] | undefined;
    return status !== undefined && !OVER.has(status);
  };
  /** An open order; of a family once, with its exits under it, for as long as its head is open. */
  const openAt = (at: number): readonly Json[] => {
    const open = [...venue.orders.values()].filter((order) => isOpenAt(order, at));
    const heads = new Set(open.flatMap((order) => (isExitLeg(order) ? [] : (order.familyId ?? []))));
    const shown = open.filter((order) => !isExitLeg(order) || !heads.has(order.familyId ?? ''));
    return shown.map((order) => nested(order, at)).filter((told) => told !== undefined);
  };
  note();
  return {
    note,
    account: (at) => accountJson(money.at(at) ?? { cashCents: venue.startedWith, valueCents: 0, grossCents: 0 }),
    positions: (at) => positions.at(at) ?? [],
    positionsBetween: (from, to) => positions.between(from, to),
    openOrders: openAt,
    order: (clientId, at) => orders.get(clientId)?.at(at),
    family: (id, at) => {
      const order = venue.orders.get(id);
      return order === undefined ? undefined : nested(order, at);
    },
    executions: (after, at) => venue.executions.filter((each) => each.at > after && each.at <= at).map(activityJson),
    activities: (since, at) =>
      venue.log.flatMap((record, index) => (record.at >= since && record.at <= at ? movementJson(record, index) : [])),
  };
}
