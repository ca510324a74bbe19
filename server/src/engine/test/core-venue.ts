import { coreOptions, ExchangeCore } from '../../exchange/core/core.ts';
import { legsOf } from '../../exchange/core/families.ts';
import type { AccountState } from '../../exchange/core/state.ts';
import type { CoreOptions, Execution, NewOrder, OrderChange, VenueEvent, VenueOrder } from '../../exchange/core/types.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { Instant } from '../../money/instant.ts';
import { negate, priceOf } from '../../money/money.ts';
import type { BrokerActivity, BrokerAmendment, BrokerExecution, BrokerOrder } from '../../orders/broker.ts';
import type { OrderIntent } from '../../orders/order.ts';
import type { ApprovedOrder } from '../../risk/gate.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { EngineEvent } from '../events.ts';
import type { ReplayVenue } from '../replay.ts';

const ACCOUNT = 'replay';

export function brokerOrder(order: VenueOrder): BrokerOrder {
  const filled = order.filledQuantity > 0n;
  return {
    brokerOrderId: order.id,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    ...(filled ? { averagePrice: priceOf(order.filledNotional, order.filledQuantity) } : {}),
    ...(order.limitPrice === undefined ? {} : { limitPrice: order.limitPrice }),
    ...(order.stopPrice === undefined ? {} : { stopPrice: order.stopPrice }),
    status: order.status,
    updatedAt: order.updatedAt,
  };
}

function engineEvent({ kind, order, execution, at }: VenueEvent): EngineEvent {
  const told =
    execution === undefined
      ? {}
      : {
          execution: {
            executionId: execution.id,
            quantity: execution.quantity,
            price: execution.price,
            at: execution.at,
            fee: execution.commission,
          },
        };
  return { kind: 'OrderUpdated', at, update: { event: kind, order: brokerOrder(order), ...told } };
}

/** An intent as the core takes it. */
export function newOrder(intent: OrderIntent): NewOrder {
  const { symbol, side, quantity, type, timeInForce, limitPrice, stopPrice, trail, trailRatio, orderClass, takeProfit, stopLoss } = intent;
  const trailPercent = trailRatio === undefined ? undefined : ((trailRatio * 100n) as Ratio);
  const base = { symbol, side, quantity, type, timeInForce, stopPrice, trailPrice: trail, trailPercent, clientOrderId: intent.id };
  if (orderClass === undefined) return { ...base, limitPrice };
  const isOco = orderClass === 'oco' && limitPrice !== undefined;
  return { ...base, orderClass, stopLoss, limitPrice, takeProfit: isOco ? { limitPrice } : takeProfit };
}

export const changeOf = ({ intent }: ApprovedOrder): OrderChange => {
  const { quantity, limitPrice, stopPrice, timeInForce, trail, id: clientOrderId } = intent;
  return { quantity, limitPrice, stopPrice, timeInForce, trail, clientOrderId };
};

/** An order with its legs. */
export function familyReport(core: ExchangeCore, account: string, orderId: string): BrokerOrder | undefined {
  const order = core.order(account, orderId);
  if (order === undefined) return undefined;
  const legs = legsOf(core.account(account), order).map(brokerOrder);
  return { ...brokerOrder(order), ...(legs.length === 0 ? {} : { legs }) };
}

export const executionOf = ({ id, orderId, symbol, side, quantity, price, commission, at }: Execution): BrokerExecution => ({
  executionId: id,
  brokerOrderId: orderId,
  symbol,
  side,
  quantity,
  price,
  fee: commission,
  at,
});

const MOVES = {
  DIV: 'dividend',
  SPLIT: 'split',
  JNLC: 'transfer',
  // What rows make together is read by the adapter: this broker has none.
  MA: 'other-units',
  SPIN: 'other-units',
  NC: 'other-units',
  OPCA: 'other-units',
  OPTRD: 'option-delivery',
  OPEXP: 'option-end',
  OPEXC: 'option-end',
  OPASN: 'option-end',
} as const;

const ENDS = { OPEXP: 'expired', OPEXC: 'exercised', OPASN: 'assigned' } as const;

const dateAt = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

/** What the venue's account book holds beside fills, as a broker tells it. */
export function activitiesOf({ charges, entries }: AccountState): readonly BrokerActivity[] {
  return [
    ...charges.map(({ id, at, amount }): BrokerActivity => ({
      kind: 'fee',
      id,
      at,
      date: dateAt(at),
      amount: negate(amount),
      words: 'FEE',
    })),
    ...entries.map(({ id, at, type, symbol, amount, quantity, description }): BrokerActivity => {
      const base = { id, at, date: dateAt(at), symbol, amount, words: description };
      const kind = MOVES[type];
      if (kind === 'option-end') return { ...base, kind, quantity, end: ENDS[type as keyof typeof ENDS] };
      return kind === 'split' || kind === 'option-delivery' || kind === 'other-units' ? { ...base, kind, quantity } : { ...base, kind };
    }),
  ].toSorted((left, right) => left.at - right.at);
}

export function amendmentsOf({ executions }: AccountState): readonly BrokerAmendment[] {
  return executions.flatMap((execution): BrokerAmendment[] => {
    const { amends, at, orderId: brokerOrderId } = execution;
    if (amends === undefined) return [];
    const { previousId } = amends;
    return amends.kind === 'trade_bust'
      ? [{ kind: 'bust', previousId, brokerOrderId, at }]
      : [{ kind: 'correction', previousId, execution: executionOf(execution), at }];
  });
}

export interface CoreVenue extends ReplayVenue {
  readonly core: ExchangeCore;
  /** What the engine must hear before its first bar. */
  opening(at: Instant): readonly EngineEvent[];
}

/** The simulated exchange's matching core, answering at once. */
export function coreVenue(instruments: readonly Instrument[], given: Partial<CoreOptions>, openedAt: Instant): CoreVenue {
  const core = new ExchangeCore(coreOptions({ instruments: new Map(instruments.map((each) => [each.symbol, each])), ...given }));
  core.openAccount(ACCOUNT, openedAt);
  const told = (events: readonly VenueEvent[]): readonly EngineEvent[] => events.map(engineEvent);
  return {
    core,
    opening: (at) => openingEvents(core, instruments, at),
    openSession: (at) => told(core.openSession({ date: new Date(at).toISOString().slice(0, 10), openAt: at, closeAt: at })),
    price: (symbol, price, at) => told(core.price(symbol, price, at)),
    closeSession: (at) => told(core.closeSession(at)),
    replace: (brokerOrderId, order, at) => {
      const replaced = core.replace(ACCOUNT, brokerOrderId, changeOf(order), at);
      if (replaced.ok) return told(replaced.events);
      const { code, message } = replaced.refusal;
      return [{ kind: 'OrderRejected', at, orderId: order.intent.id, code: String(code), message }];
    },
    family: (orderId, brokerOrderId, at) => {
      const order = familyReport(core, ACCOUNT, brokerOrderId);
      if (order === undefined) return [];
      const executions = core.account(ACCOUNT).executions.map(executionOf);
      return [{ kind: 'OrderAcknowledged', at, orderId, order, basis: 'lookup', executions }];
    },
    cancel: (brokerOrderId, at) => {
      const cancelled = core.cancel(ACCOUNT, brokerOrderId, at);
      return cancelled.ok ? told(cancelled.events) : [];
    },
    submit: ({ intent }, at) => {
      const clientOrderId = intent.id;
      const submission = core.submit(ACCOUNT, newOrder(intent), at);
      if (submission.ok) return told(submission.events);
      const { code, message } = submission.refusal;
      return [{ kind: 'OrderRejected', at, orderId: clientOrderId, code: String(code), message }];
    },
  };
}

function openingEvents(core: ExchangeCore, instruments: readonly Instrument[], at: Instant): readonly EngineEvent[] {
  const { cash } = core.account(ACCOUNT);
  const account = { accountNumber: ACCOUNT, cash, equity: cash, buyingPower: cash, tradable: true, shortingEnabled: true };
  return [
    ...instruments.map((instrument): EngineEvent => ({ kind: 'InstrumentListed', at, instrument })),
    { kind: 'BrokerConnected', at },
    { kind: 'Reconciled', at, account, positions: [], openOrders: [] },
  ];
}
