import type { Alpaca, trading } from '@alpacahq/alpaca-trade-api';
import { errors } from '@alpacahq/alpaca-trade-api';
import type { ExchangeOptions } from '../options.ts';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** A trade update, in the wire's own words. */
export interface Update {
  readonly event: string;
  readonly execution_id: string | null;
  readonly qty?: string;
  readonly price?: string;
  readonly position_qty?: string;
  readonly order: Readonly<Record<string, unknown>>;
}

/** An account's stream that listens. */
export interface Listening {
  readonly updates: readonly Update[];
  /** Waits until the updates are as wanted; throws after a while with what came. */
  until(done: (updates: readonly Update[]) => boolean, what: string): Promise<readonly Update[]>;
  close(): void;
}

/** What only a simulated exchange can do. */
export interface Simulator {
  readonly url: string;
  readonly tradeStreamUrl: string;
  readonly dataStreamUrl: string;
  step(count?: number): Promise<void>;
  /** Arms a fault. */
  arm(fault: Readonly<Record<string, unknown>>): Promise<void>;
  disarm(): Promise<void>;
  fired(): Promise<Readonly<Record<string, number>>>;
  /** Any other path below `/sim`. */
  steer(path: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** A host that speaks the broker's protocol, seen through the broker's own client. */
export interface World {
  readonly alpaca: Alpaca;
  /** A share of many whole shares a day, and about what it costs. */
  readonly symbol: string;
  readonly price: number;
  /** A request without the client, for bodies that it hides. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  listen(): Promise<Listening>;
  /** A client id that was never used. */
  unique(): string;
}

export interface SimulatedWorld extends World {
  readonly simulator: Simulator;
}

interface Described {
  /** Number in the list of what must be tested at least. */
  readonly group: number;
  readonly name: string;
  readonly expects: string;
}

/** A case for any host. `open`: while the market is open. */
export interface HostCase extends Described {
  readonly on: 'any host';
  readonly open?: true;
  readonly run: (world: World) => Promise<void>;
}

/** A case that needs the market moved, or a fault. */
export interface SimulatedCase extends Described {
  readonly on: 'simulator';
  readonly exchange?: Partial<ExchangeOptions>;
  readonly run: (world: SimulatedWorld) => Promise<void>;
}

export type ConformanceCase = HostCase | SimulatedCase;

export interface Failure {
  readonly status: number;
  readonly code: number | undefined;
  readonly message: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The error that a call through the client ends with, from the raw body. Throws when the call succeeds, or fails otherwise. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof errors.ApiError) || error.response === undefined) throw error;
    const body = JSON.parse(await error.response.clone().text()) as Readonly<Record<string, unknown>>;
    const { code, message } = body;
    return {
      status: error.response.status,
      code: typeof code === 'number' ? code : undefined,
      message: typeof message === 'string' ? message : '',
      body,
    };
  }
  throw new Error('the call was expected to fail, and succeeded');
}

/** Whether a call ended without an answer that can be understood. */
export async function isUnanswered(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    return !(error instanceof errors.ApiError) || (error.response?.status ?? 0) >= 500;
  }
}

type Request = Omit<trading.PostOrderRequest, 'type' | 'timeInForce'> & Partial<Pick<trading.PostOrderRequest, 'type' | 'timeInForce'>>;

/** A market order of one share for a day, unless it says otherwise. */
export const post = ({ alpaca, symbol }: World, request: Request = {}): Promise<trading.Order> =>
  alpaca.trading.orders.postOrder({
    postOrderRequest: {
      symbol,
      side: 'buy',
      type: 'market',
      timeInForce: 'day',
      ...(request.notional === undefined ? { qty: '1' } : {}),
      ...request,
    },
  });

/** A price of the world's symbol, so many times what it costs, in whole cents. */
export const times = ({ price }: World, factor: number): string => (Math.round(price * factor * 100) / 100).toFixed(2);

/** An order that waits below the market. */
export const rest = (world: World, request: Request = {}): Promise<trading.Order> =>
  post(world, { type: 'limit', timeInForce: 'gtc', limitPrice: times(world, 0.8), ...request });

export const idOf = (order: trading.Order): string => {
  if (order.id === undefined) throw new Error('an order came without an id');
  return order.id;
};

export const byId = ({ alpaca }: World, orderId: string, nested = false): Promise<trading.Order> =>
  alpaca.trading.orders.getOrderByOrderID({ orderId, nested });

export const byClientId = ({ alpaca }: World, clientOrderId: string): Promise<trading.Order> =>
  alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId });

export const cancel = ({ alpaca }: World, orderId: string): Promise<void> => alpaca.trading.orders.deleteOrderByOrderID({ orderId });

export const openOrders = ({ alpaca }: World): Promise<trading.Order[]> =>
  alpaca.trading.orders.getAllOrders({ status: 'open', limit: 500 });

/** Of updates: what happened to one order, in order of arrival. */
export const eventsOf = (updates: readonly Update[], orderId: string): readonly string[] =>
  updates.filter(({ order }) => order['id'] === orderId).map(({ event }) => event);
