import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { openAlpaca, streamUrl } from '../../../market-data/providers/alpaca-client.ts';
import type { AlpacaEndpoint } from '../../../market-data/providers/alpaca-client.ts';
import type { Instant } from '../../../money/instant.ts';
import type { ApprovedOrder } from '../../../risk/gate.ts';
import type { Broker, BrokerExecution, BrokerOrder, SubmitOutcome } from '../../broker.ts';
import { replacementOf, requestOf } from './order-request.ts';
import { listenToOrders } from './order-stream.ts';
import type { OrderStreamTiming } from './order-stream.ts';
import { BrokerUnavailable, cancelFailure, describeFailure, isDuplicateClientId, isNotFound, submitFailure } from './outcomes.ts';
import { parseAccount, parseClock, parseExecution, parseOrder, parsePosition } from './parse.ts';

export interface AlpacaBrokerOptions {
  readonly endpoint: AlpacaEndpoint;
  readonly streamTiming?: OrderStreamTiming;
}

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

async function findByClientId({ trading }: Alpaca, clientOrderId: string): Promise<BrokerOrder | undefined> {
  try {
    return parseOrder(await trading.orders.getOrderByClientOrderId({ clientOrderId }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new BrokerUnavailable(`Alpaca did not tell of order ${clientOrderId}: ${describeFailure(error)}`, { cause: error });
  }
}

async function submit(alpaca: Alpaca, order: ApprovedOrder): Promise<SubmitOutcome> {
  // The gate counted on the stop: without it the order would risk more than was approved. The exits of an order without a class are kept by the engine.
  if (order.intent.protectiveStop !== undefined && order.intent.stopLoss === undefined)
    return { kind: 'rejected', code: 'ProtectiveStop', message: 'A protective stop is sent as the stop loss of the order.' };
  try {
    return { kind: 'accepted', order: parseOrder(await alpaca.trading.orders.postOrder({ postOrderRequest: requestOf(order) })) };
  } catch (error) {
    if (!isDuplicateClientId(error)) return submitFailure(error);
    return await duplicateOutcome(alpaca, order.intent.id);
  }
}

async function replace(alpaca: Alpaca, orderId: string, order: ApprovedOrder): Promise<SubmitOutcome> {
  try {
    const patched = await alpaca.trading.orders.patchOrderByOrderId({ orderId, patchOrderRequest: replacementOf(order) });
    return { kind: 'accepted', order: parseOrder(patched) };
  } catch (error) {
    if (!isDuplicateClientId(error)) return submitFailure(error);
    return await duplicateOutcome(alpaca, order.intent.id);
  }
}

async function family({ trading }: Alpaca, orderId: string): Promise<BrokerOrder | undefined> {
  try {
    return parseOrder(await trading.orders.getOrderByOrderID({ orderId, nested: true }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new BrokerUnavailable(`Alpaca did not tell of the family of order ${orderId}: ${describeFailure(error)}`, { cause: error });
  }
}

/** The id is taken: by this very order, sent before, whose answer was lost. */
async function duplicateOutcome(alpaca: Alpaca, clientOrderId: string): Promise<SubmitOutcome> {
  try {
    const known = await findByClientId(alpaca, clientOrderId);
    return known === undefined
      ? { kind: 'unknown', message: `The id ${clientOrderId} is taken, but not found.` }
      : { kind: 'accepted', order: known };
  } catch (error) {
    return { kind: 'unknown', message: describeFailure(error) };
  }
}

async function openOrders({ trading }: Alpaca): Promise<readonly BrokerOrder[]> {
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
      const order = parseOrder(row);
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

/**
 * Alpaca, live, paper, or the simulated exchange that speaks its protocol, through the official SDK with its retries and its limiter off: what
 * is sent twice, and when, is decided here and in the engine.
 */
export function alpacaBroker({ endpoint, streamTiming }: AlpacaBrokerOptions): Broker {
  const alpaca = openAlpaca(endpoint, false);
  const { trading } = alpaca;
  return {
    name: endpoint.mode === 'simulated' ? 'simulated exchange' : `alpaca ${endpoint.mode}`,
    mode: endpoint.mode,
    submit: (order) => submit(alpaca, order),
    replace: (orderId, order) => replace(alpaca, orderId, order),
    family: (orderId) => family(alpaca, orderId),
    cancel: async (orderId) => {
      try {
        await trading.orders.deleteOrderByOrderID({ orderId });
        return { kind: 'requested' };
      } catch (error) {
        return cancelFailure(error);
      }
    },
    account: () => read('the account', async () => parseAccount(await trading.account.getAccount())),
    clock: () => read('the clock', async () => parseClock(await trading.clock.legacyClock())),
    positions: () => read('the positions', async () => (await trading.positions.getAllOpenPositions()).map(parsePosition)),
    openOrders: () => read('the open orders', () => openOrders(alpaca)),
    orderByClientId: (clientOrderId) => findByClientId(alpaca, clientOrderId),
    executions: (after) => read('the executions', () => executions(alpaca, after)),
    listen: async (listener) => await Promise.resolve(listenToOrders(alpaca, streamUrl('/stream', endpoint), listener, streamTiming)),
  };
}
