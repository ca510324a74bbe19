import { ExchangeCore, coreOptions } from '../../exchange/core/core.ts';
import type { CoreOptions, VenueEvent } from '../../exchange/core/types.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { Price } from '../../money/fixed.ts';
import type { RequestsLeft } from '../../market-data/providers/request-budget.ts';
import type { Instant } from '../../money/instant.ts';
import type { Broker, BrokerStreamListener, BrokerOrderUpdate, SubmitOutcome } from '../../orders/broker.ts';
import { assertApproved } from '../../risk/gate.ts';
import { activitiesOf, amendmentsOf, brokerOrder, changeOf, executionOf, familyReport, newOrder } from './core-venue.ts';

const ACCOUNT = 'core';

/** What can go wrong on the way to the venue, switched by a test. */
export interface BrokerFaults {
  /** The venue takes the order, but its answer is lost. */
  loseAnswers: boolean;
  /** The order never reaches the venue, and nobody says so. */
  loseRequests: boolean;
  /** Order updates are dropped. */
  muteStream: boolean;
  /** Every update is told twice. */
  stutter: boolean;
}

export interface CoreBroker extends Broker {
  readonly core: ExchangeCore;
  readonly faults: BrokerFaults;
  /** Client ids that reached the venue, in order. */
  readonly received: readonly string[];
  now: Instant;
  /** What it says of its requests: nothing counts them. */
  left: RequestsLeft;
  openSession(at: Instant): void;
  price(symbol: string, price: Price, at: Instant): void;
  closeSession(at: Instant): void;
  disconnect(reason: string): void;
  connect(): void;
}

/** The matching core behind the broker's asynchronous face, in this process. Streams go out after the answer to the call that caused them. */
export function coreBroker(instruments: readonly Instrument[], given: Partial<CoreOptions>, openedAt: Instant): CoreBroker {
  const core = new ExchangeCore(coreOptions({ instruments: new Map(instruments.map((each) => [each.symbol, each])), ...given }));
  core.openAccount(ACCOUNT, openedAt);
  const faults: BrokerFaults = { loseAnswers: false, loseRequests: false, muteStream: false, stutter: false };
  const received: string[] = [];
  let listener: BrokerStreamListener | undefined;

  const tell = (events: readonly VenueEvent[]): void => {
    if (faults.muteStream) return;
    for (const event of events) {
      const update = updateOf(event);
      for (let times = faults.stutter ? 2 : 1; times > 0; times -= 1) setImmediate(() => listener?.onUpdate(update));
    }
  };
  const broker: CoreBroker = {
    name: 'core',
    mode: 'simulated',
    core,
    faults,
    received,
    now: openedAt,
    left: { limit: 200, remaining: 200, resetInMs: 60_000 },
    requestsLeft: () => broker.left,
    openSession: (at) => {
      broker.now = at;
      tell(core.openSession({ date: new Date(at).toISOString().slice(0, 10), openAt: at, closeAt: at }));
    },
    price: (symbol, price, at) => {
      broker.now = at;
      tell(core.price(symbol, price, at));
    },
    closeSession: (at) => {
      broker.now = at;
      tell(core.closeSession(at));
    },
    connect: () => listener?.onConnected(),
    disconnect: (reason) => listener?.onDisconnected(reason),
    submit: async (order): Promise<SubmitOutcome> => {
      assertApproved(order);
      await Promise.resolve();
      if (faults.loseRequests) return { kind: 'unknown', message: 'timed out' };
      received.push(order.intent.id);
      const submission = core.submit(ACCOUNT, newOrder(order.intent), broker.now);
      if (!submission.ok) return { kind: 'rejected', code: String(submission.refusal.code), message: submission.refusal.message };
      tell(submission.events);
      return faults.loseAnswers ? { kind: 'unknown', message: 'timed out' } : { kind: 'accepted', order: brokerOrder(submission.order) };
    },
    replace: async (brokerOrderId, order): Promise<SubmitOutcome> => {
      assertApproved(order);
      await Promise.resolve();
      if (faults.loseRequests) return { kind: 'unknown', message: 'timed out' };
      received.push(order.intent.id);
      const submission = core.replace(ACCOUNT, brokerOrderId, changeOf(order), broker.now);
      if (!submission.ok) return { kind: 'rejected', code: String(submission.refusal.code), message: submission.refusal.message };
      tell(submission.events);
      return faults.loseAnswers ? { kind: 'unknown', message: 'timed out' } : { kind: 'accepted', order: brokerOrder(submission.order) };
    },
    family: async (brokerOrderId) => {
      return await Promise.resolve(familyReport(core, ACCOUNT, brokerOrderId));
    },
    cancel: async (brokerOrderId) => {
      await Promise.resolve();
      const cancelled = core.cancel(ACCOUNT, brokerOrderId, broker.now);
      if (cancelled.ok) {
        tell(cancelled.events);
        return { kind: 'requested' };
      }
      const { status, message } = cancelled.refusal;
      return status === 404 ? { kind: 'not-found' } : { kind: 'not-cancelable', message };
    },
    account: async () => {
      const { cash, equity, buyingPower } = core.figures(ACCOUNT);
      return await Promise.resolve({ accountNumber: ACCOUNT, cash, equity, buyingPower, tradable: true, shortingEnabled: true });
    },
    clock: async () => {
      const { now } = broker;
      return await Promise.resolve({ now, isOpen: core.state.session !== undefined, nextOpenAt: now, nextCloseAt: now });
    },
    positions: async () =>
      await Promise.resolve(core.positions(ACCOUNT).map(({ symbol, quantity, averagePrice }) => ({ symbol, quantity, averagePrice }))),
    openOrders: async () =>
      await Promise.resolve([...core.account(ACCOUNT).open.values()].flatMap(({ id }) => familyReport(core, ACCOUNT, id) ?? [])),
    orderByClientId: async (clientOrderId) => {
      const order = core.orderByClientId(ACCOUNT, clientOrderId);
      return await Promise.resolve(order === undefined ? undefined : brokerOrder(order));
    },
    executions: async (after) =>
      await Promise.resolve(
        core
          .account(ACCOUNT)
          .executions.filter(({ at, amends }) => at > after && amends === undefined)
          .map(executionOf),
      ),
    activities: async (since) => await Promise.resolve(activitiesOf(core.account(ACCOUNT)).filter(({ at }) => at >= since)),
    amendments: async (since) => await Promise.resolve(amendmentsOf(core.account(ACCOUNT)).filter(({ at }) => at >= since)),
    listen: async (heard) => {
      listener = heard;
      setImmediate(() => listener?.onConnected());
      return await Promise.resolve(async () => {
        listener = undefined;
        await Promise.resolve();
      });
    },
  };
  return broker;
}

function updateOf({ kind, order, execution }: VenueEvent): BrokerOrderUpdate {
  const report = brokerOrder(order);
  if (execution === undefined) return { event: kind, order: report };
  const { id: executionId, quantity, price, at, commission: fee } = execution;
  return { event: kind, order: report, execution: { executionId, quantity, price, at, fee } };
}
