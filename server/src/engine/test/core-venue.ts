import { coreOptions, ExchangeCore } from '../../exchange/core/core.ts';
import type { CoreOptions, NewOrder, VenueEvent, VenueOrder } from '../../exchange/core/types.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { Instant } from '../../money/instant.ts';
import { priceOf } from '../../money/money.ts';
import type { BrokerOrder } from '../../orders/broker.ts';
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
    cancel: (brokerOrderId, at) => {
      const cancelled = core.cancel(ACCOUNT, brokerOrderId, at);
      return cancelled.ok ? told(cancelled.events) : [];
    },
    submit: ({ intent }, at) => {
      const { symbol, side, quantity, type, timeInForce, limitPrice, stopPrice, id: clientOrderId } = intent;
      const request: NewOrder = { symbol, side, quantity, type, timeInForce, limitPrice, stopPrice, clientOrderId };
      const submission = core.submit(ACCOUNT, request, at);
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
