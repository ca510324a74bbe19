import { sampleShare } from '../../instruments/sample-instrument.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { price, quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { instantFromMs } from '../../money/instant.ts';
import { evaluate } from '../../risk/gate.ts';
import type { ApprovedOrder } from '../../risk/gate.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { contextOf } from '../../risk/sample-account.ts';
import type { RiskContext } from '../../risk/types.ts';
import type { Broker, BrokerOrderUpdate } from '../broker.ts';
import type { OrderIntent } from '../order.ts';

/** A broker with a market that a test can move. `symbol` can be bought; its price is about 100 once the market is open. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  readonly symbol: string;
  /** Venue time now. */
  now(): Promise<Instant>;
  openMarket(): Promise<void>;
  /** Cut the order stream; the broker must come back by itself. */
  cutStream(): Promise<void>;
  close(): Promise<void>;
}

/** An approval for tests: the gate's own, without limits. */
export function approved(
  change: Partial<OrderIntent> & Pick<OrderIntent, 'id' | 'symbol'>,
  positions: RiskContext['positions'] = new Map(),
): ApprovedOrder {
  const at = instantFromMs(0);
  const intent: OrderIntent = {
    side: 'buy',
    quantity: quantity('3'),
    type: 'market',
    timeInForce: 'day',
    reduceOnly: false,
    origin: { kind: 'ticket', principal: 'conformance' },
    reason: 'conformance',
    createdAt: at,
    ...change,
  };
  const instrument = sampleShare(change.symbol);
  const known = { instruments: new Map([[change.symbol, instrument]]), marks: new Map(), profiles: new Map(), positions };
  const result = evaluate(intent, contextOf({ now: at, ...known, equity: undefined, buyingPower: undefined, limits: UNLIMITED }));
  if (result.verdict === 'denied') throw new Error(`the gate denied a test order: ${JSON.stringify(result.decision.denials)}`);
  return result.order;
}

interface Heard {
  readonly updates: BrokerOrderUpdate[];
  readonly connections: string[];
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 400; waited += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** What every broker must do, told as tests: the engine relies on all of it. */
export function brokerConformance(name: string, makeBroker: () => Promise<BrokerUnderTest>): void {
  describe(`${name} is a broker`, () => {
    let under: BrokerUnderTest;
    let stop: (() => Promise<void>) | undefined;
    const heard: Heard = { updates: [], connections: [] };

    beforeEach(async () => {
      under = await makeBroker();
      heard.updates.length = 0;
      heard.connections.length = 0;
      stop = await under.broker.listen({
        onUpdate: (update) => heard.updates.push(update),
        onConnected: () => heard.connections.push('connected'),
        onDisconnected: () => heard.connections.push('disconnected'),
      });
      await eventually(() => heard.connections.includes('connected'), 'the order stream');
    });
    afterEach(async () => {
      await stop?.();
      await under.close();
    });

    test('tells account and clock', async () => {
      const account = await under.broker.account();
      expect(account).toMatchObject({ tradable: true });
      expect(account.cash).toBeGreaterThan(0n);
      expect((await under.broker.clock()).isOpen).toBe(false);
      expect(await under.broker.positions()).toEqual([]);
      expect(await under.broker.openOrders()).toEqual([]);
    });

    test('fills a market order once, tells it by stream, list and position', async () => {
      const before = await under.now();
      await under.openMarket();
      const outcome = await under.broker.submit(approved({ id: 'market-1', symbol: under.symbol }));
      expect(outcome).toMatchObject({ kind: 'accepted', order: { clientOrderId: 'market-1', quantity: quantity('3') } });
      await eventually(() => heard.updates.some(({ event }) => event === 'fill'), 'the fill');
      const fill = heard.updates.find(({ event }) => event === 'fill');
      expect(fill).toMatchObject({
        order: { clientOrderId: 'market-1', filledQuantity: quantity('3'), status: 'filled' },
        execution: { quantity: quantity('3') },
      });
      const executions = await under.broker.executions(instantFromMs(before - 1));
      expect(executions.map(({ executionId, quantity: size, side }) => [executionId, size, side])).toEqual([
        [fill?.execution?.executionId, quantity('3'), 'buy'],
      ]);
      expect(await under.broker.positions()).toMatchObject([{ symbol: under.symbol, quantity: quantity('3') }]);
      expect(await under.broker.orderByClientId('market-1')).toMatchObject({ status: 'filled', filledQuantity: quantity('3') });
      expect(await under.broker.openOrders()).toEqual([]);
    });

    test('keeps a resting order, cancels it, and says so', async () => {
      await under.openMarket();
      const order = approved({ id: 'resting-1', symbol: under.symbol, type: 'limit', limitPrice: price('50'), timeInForce: 'gtc' });
      const outcome = await under.broker.submit(order);
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      expect(await under.broker.openOrders()).toMatchObject([{ clientOrderId: 'resting-1', limitPrice: price('50'), filledQuantity: 0n }]);
      expect(await under.broker.cancel(outcome.order.brokerOrderId)).toEqual({ kind: 'requested' });
      await eventually(() => heard.updates.some(({ event }) => event === 'canceled'), 'the cancel');
      expect(await under.broker.openOrders()).toEqual([]);
      expect(await under.broker.cancel(outcome.order.brokerOrderId)).toMatchObject({ kind: 'not-cancelable' });
    });

    test('takes one id once: a second submission finds the first order', async () => {
      const order = approved({ id: 'twice-1', symbol: under.symbol, type: 'limit', limitPrice: price('50'), timeInForce: 'gtc' });
      const [first, second] = [await under.broker.submit(order), await under.broker.submit(order)];
      if (first.kind !== 'accepted' || second.kind !== 'accepted') throw new Error(JSON.stringify([first.kind, second.kind]));
      expect(second.order.brokerOrderId).toBe(first.order.brokerOrderId);
      expect(await under.broker.openOrders()).toHaveLength(1);
    });

    test('says no with a code and a sentence', async () => {
      const outcome = await under.broker.submit(
        approved({ id: 'huge-1', symbol: under.symbol, quantity: quantity('9000000'), type: 'limit', limitPrice: price('100') }),
      );
      expect(outcome).toMatchObject({
        kind: 'rejected',
        code: expect.stringMatching(/\d+/) as string,
        message: expect.stringMatching(/\w+/) as string,
      });
      expect(await under.broker.orderByClientId('huge-1')).toBeUndefined();
      expect(await under.broker.cancel('00000000-0000-4000-8000-000000000000')).toEqual({ kind: 'not-found' });
    });

    test('comes back by itself when the stream is cut', async () => {
      await under.openMarket();
      await under.cutStream();
      await eventually(() => heard.connections.join(' ').endsWith('disconnected connected'), 'the stream to come back');
      await under.broker.submit(approved({ id: 'after-cut-1', symbol: under.symbol }));
      await eventually(
        () => heard.updates.some(({ event, order }) => event === 'fill' && order.clientOrderId === 'after-cut-1'),
        'the fill after the cut',
      );
    });
  });
}
