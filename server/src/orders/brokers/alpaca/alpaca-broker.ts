import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Instant } from '../../../money/instant.ts';
import type { ApprovedOrder } from '../../../risk/gate.ts';
import type { Broker, BrokerClock, BrokerExecution, BrokerOrder, SubmitOutcome } from '../../broker.ts';
import { activityReader, amendmentReader } from './activities.ts';
import { skewMs } from './clock-skew.ts';
import { openConnection } from './connection.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { replacementOf, requestOf } from './order-request.ts';
import { BrokerUnavailable, cancelFailure, describeFailure, isDuplicateClientId, isNotFound, submitFailure } from './outcomes.ts';
import { parseAccount, parseClock, parseExecution, parseOrder, parsePosition } from './parse.ts';

const ORDERS_PAGE = 500;
const ACTIVITIES_PAGE = 100;

/** A read that fails says so: "could not ask" must never look like "there is nothing". */
async function read<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new BrokerUnavailable(`Alpaca did not tell ${what}: ${describeFailure(error)}`, { cause: error });
  }
}

async function findByClientId({ alpaca: { trading }, order }: Reader, clientOrderId: string): Promise<BrokerOrder | undefined> {
  try {
    return order(await trading.orders.getOrderByClientOrderId({ clientOrderId }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new BrokerUnavailable(`Alpaca did not tell of order ${clientOrderId}: ${describeFailure(error)}`, { cause: error });
  }
}

/** The SDK, and how orders are read through it. */
interface Reader {
  readonly alpaca: Alpaca;
  readonly order: (value: unknown) => BrokerOrder;
}

/** An order that the broker has taken, with its id of the request: it cannot be looked up later. */
async function acceptedBy(
  { order }: Reader,
  asked: Promise<{ readonly raw: Response; value(): Promise<unknown> }>,
): Promise<SubmitOutcome> {
  const answer = await asked;
  const requestId = answer.raw.headers.get('X-Request-ID');
  return { kind: 'accepted', order: order(await answer.value()), ...(requestId === null ? {} : { requestId }) };
}

async function submit(reader: Reader, order: ApprovedOrder): Promise<SubmitOutcome> {
  // The gate counted on the stop: without it the order would risk more than was approved. The exits of an order without a class are kept by the engine.
  if (order.intent.protectiveStop !== undefined && order.intent.stopLoss === undefined)
    return { kind: 'rejected', code: 'ProtectiveStop', message: 'A protective stop is sent as the stop loss of the order.' };
  try {
    return await acceptedBy(reader, reader.alpaca.trading.orders.postOrderRaw({ postOrderRequest: requestOf(order) }));
  } catch (error) {
    if (!(await isDuplicateClientId(error))) return await submitFailure(error);
    return await duplicateOutcome(reader, order.intent.id);
  }
}

async function replace(reader: Reader, orderId: string, order: ApprovedOrder): Promise<SubmitOutcome> {
  try {
    return await acceptedBy(
      reader,
      reader.alpaca.trading.orders.patchOrderByOrderIdRaw({ orderId, patchOrderRequest: replacementOf(order) }),
    );
  } catch (error) {
    if (!(await isDuplicateClientId(error))) return await submitFailure(error);
    return await duplicateOutcome(reader, order.intent.id);
  }
}

async function family({ alpaca: { trading }, order }: Reader, orderId: string): Promise<BrokerOrder | undefined> {
  try {
    return order(await trading.orders.getOrderByOrderID({ orderId, nested: true }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new BrokerUnavailable(`Alpaca did not tell of the family of order ${orderId}: ${describeFailure(error)}`, { cause: error });
  }
}

/** The id is taken: by this very order, sent before, whose answer was lost. */
async function duplicateOutcome(reader: Reader, clientOrderId: string): Promise<SubmitOutcome> {
  try {
    const known = await findByClientId(reader, clientOrderId);
    return known === undefined
      ? { kind: 'unknown', message: `The id ${clientOrderId} is taken, but not found.` }
      : { kind: 'accepted', order: known };
  } catch (error) {
    return { kind: 'unknown', message: describeFailure(error) };
  }
}

async function openOrders({ alpaca: { trading }, order: readOrder }: Reader): Promise<readonly BrokerOrder[]> {
  const found = new Map<string, BrokerOrder>();
  for (let afterOrderId: string | undefined; ;) {
    const page = await trading.orders.getAllOrders({
      status: 'open',
      // Legs that wait at the broker are listed with their parent only.
      nested: true,
      limit: ORDERS_PAGE,
      direction: 'asc',
      ...(afterOrderId === undefined ? {} : { afterOrderId }),
    });
    for (const row of page) {
      const order = readOrder(row);
      found.set(order.brokerOrderId, order);
      afterOrderId = order.brokerOrderId;
    }
    if (page.length < ORDERS_PAGE) return [...found.values()];
  }
}

async function executions({ trading }: Alpaca, after: Instant): Promise<readonly BrokerExecution[]> {
  const found: BrokerExecution[] = [];
  for (let pageToken: string | undefined; ;) {
    // The SDK's call for one type of activity loses the fields of fills; the general one keeps them.
    const page: readonly { readonly id?: string }[] = await trading.accountActivities.getAccountActivities({
      activityTypes: ['FILL'],
      after: new Date(after),
      direction: 'asc',
      pageSize: ACTIVITIES_PAGE,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    found.push(...page.map(parseExecution));
    pageToken = page.at(-1)?.id;
    if (page.length < ACTIVITIES_PAGE || pageToken === undefined) return found;
  }
}

/** The broker's time, and how far ours is from it; a simulated market has a time of its own. */
async function clock({ alpaca, timers }: Connection, simulated: boolean): Promise<BrokerClock> {
  const askedAt = timers.now();
  const told = parseClock(await alpaca.trading.clock.legacyClock());
  const skew = simulated ? undefined : skewMs(askedAt, timers.now(), told.now);
  return skew === undefined ? told : { ...told, skewMs: skew };
}

/**
 * Alpaca, live, paper, or the simulated exchange that speaks its protocol, through the official SDK with its retries and its limiter off: what
 * is sent twice, and when, is decided here and in the engine. Throws `EndpointRefused` where keys and place do not belong together.
 */
export function alpacaBroker(options: ConnectionOptions): Broker {
  const { mode } = options.endpoint;
  const connection = openConnection(options);
  const { alpaca, inspected, seen } = connection;
  const { trading } = alpaca;
  const activities = activityReader(connection);
  const reader: Reader = { alpaca, order: (value) => seen(parseOrder(inspected('order', value))) };
  return {
    name: mode === 'simulated' ? 'simulated exchange' : `alpaca ${mode}`,
    mode,
    submit: (order) => submit(reader, order),
    replace: (orderId, order) => replace(reader, orderId, order),
    family: (orderId) => family(reader, orderId),
    cancel: async (orderId) => {
      try {
        await trading.orders.deleteOrderByOrderID({ orderId });
        return { kind: 'requested' };
      } catch (error) {
        return cancelFailure(error);
      }
    },
    account: () => read('the account', async () => parseAccount(inspected('account', await trading.account.getAccount()))),
    clock: () => read('the clock', () => clock(connection, mode === 'simulated')),
    positions: () =>
      read('the positions', async () =>
        (await trading.positions.getAllOpenPositions()).map((position) => parsePosition(inspected('position', position))),
      ),
    openOrders: () => read('the open orders', () => openOrders(reader)),
    orderByClientId: (clientOrderId) => findByClientId(reader, clientOrderId),
    executions: (after) => read('the executions', () => executions(alpaca, after)),
    activities: (since) => read('the activities', () => activities(since)),
    amendments: amendmentReader(connection),
    requestsLeft: connection.requestsLeft,
    listen: async (listener) => await Promise.resolve(connection.listen(listener)),
  };
}
