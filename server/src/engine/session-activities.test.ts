import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testExchange } from '../exchange/testing.ts';
import { listed } from '../exchange/core/testing.ts';
import type { Exchange } from '../exchange/server.ts';
import type { ExchangeOptions } from '../exchange/options.ts';
import { encode } from '../journal/codec.ts';
import { format, money, price, quantity } from '../money/fixed.ts';
import { pricePaid } from '../instruments/worth.ts';
import { instantFromMs } from '../money/instant.ts';
import { add, subtract, ZERO_MONEY } from '../money/money.ts';
import { attributions } from '../positions/owner-results.ts';
import type { Broker } from '../orders/broker.ts';
import { alpacaBroker } from '../orders/brokers/alpaca/alpaca-broker.ts';
import type { Session } from './session.ts';
import { openAccountSession } from './test/account-session.ts';
import { ticketIntent } from './test/desk.ts';

const MS = {
  resolveFirstMs: 10,
  resolveStepMsMax: 100,
  cancelCheckMs: 100,
  reconcileEveryMs: 40,
  positionsEvery: 1,
  reconcileAgainMs: 20,
  reconcileOverdueMs: 200,
};

interface Account {
  readonly exchange: Exchange;
  readonly broker: Broker;
  session: Session;
  readonly restart: () => Promise<void>;
  readonly steer: (path: string, body: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly buy: (id: string, size: string) => Promise<void>;
  /** Waits until the books are the broker's, whatever happened. */
  readonly settled: () => Promise<void>;
}

const closers: (() => Promise<void>)[] = [];
/** What went wrong and was dealt with. */
const reports: string[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  expect(reports.splice(0)).toEqual([]);
});

/** The engine over the official SDK on a simulated exchange that stands still. */
async function openAccount(given: Partial<ExchangeOptions> = {}): Promise<Account> {
  const dir = await mkdtemp(join(tmpdir(), 'session-activities-'));
  const exchange = await testExchange(given);
  const broker = alpacaBroker({ endpoint: { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } });
  const start = () =>
    openAccountSession(dir, broker, { report: (what, error) => void reports.push(`${what}: ${String(error)}`), timing: MS });
  let running = await start();
  closers.push(
    () => running.close(),
    () => exchange.close(),
    () => rm(dir, { recursive: true }),
  );
  await running.session.command({ kind: 'InstrumentListed', at: running.session.state().now, instrument: listed('AAA') });
  const account: Account = {
    exchange,
    broker,
    session: running.session,
    restart: async () => {
      await running.close();
      running = await start();
      account.session = running.session;
    },
    steer: async (path, body) => {
      const response = await fetch(`${exchange.url}/sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(await response.text());
    },
    buy: async (id, size) => {
      const at = account.session.state().now;
      const intent = ticketIntent(id, { symbol: 'AAA', quantity: quantity(size), limitPrice: price('200'), createdAt: at });
      await account.session.command({ kind: 'OrderRequested', at, by: 'user:ada', intent });
      await vi.waitFor(() => expect(account.session.state().orders.get(id)?.state).toBe('filled'), { timeout: 10_000 });
    },
    settled: () =>
      vi.waitFor(
        async () => {
          const { cash, positions, differences, cashDifference, tradingState } = account.session.state();
          const [theirs, held] = [await broker.account(), await broker.positions()];
          expect(format(cash)).toBe(format(theirs.cash));
          expect([...positions.values()].map(({ symbol, quantity: size }) => [symbol, size])).toEqual(
            held.map(({ symbol, quantity: size }) => [symbol, size]),
          );
          expect([differences.size, cashDifference, tradingState]).toEqual([0, 0n, 'ACTIVE']);
        },
        { timeout: 10_000, interval: 30 },
      ),
  };
  return account;
}

const step = async ({ exchange }: Account, count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) await exchange.step();
};

const codes = ({ session }: Account): readonly string[] => [...session.state().alerts.values()].map(({ code }) => code);

test('a bust and a correction of our own trades are booked from the events of activities, once, over a restart', async () => {
  const account = await openAccount();
  await account.exchange.step();
  await account.buy('t1', '10');
  await account.buy('t2', '5');
  const [first, second] = await account.broker.executions(instantFromMs(0));
  if (first === undefined || second === undefined) throw new Error('two orders have filled');
  await account.steer('account', { kind: 'bust', executionId: first.executionId });
  await account.steer('account', { kind: 'correct', executionId: second.executionId, price: '99' });
  await account.settled();
  expect(codes(account)).toEqual(expect.arrayContaining(['ExecutionBusted', 'ExecutionCorrected']));
  expect(account.session.state().positions.get('AAA')).toMatchObject({ quantity: quantity('5'), averagePrice: price('99') });
  const before = encode([...account.session.state().voided]);
  await account.restart();
  await account.settled();
  expect(encode([...account.session.state().voided])).toBe(before);
});

test('a split and a dividend before an open move units and cash by what the broker told, once, over a restart', async () => {
  const account = await openAccount({ switches: { dividends: true } });
  await account.exchange.step();
  await account.buy('t1', '10');
  await account.steer('market', { kind: 'split', symbol: 'AAA', newRate: 2, oldRate: 1, exDate: '2024-02-29' });
  await account.steer('market', { kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-03-01' });
  await step(account, 5);
  await account.settled();
  expect(account.session.state().positions.get('AAA')?.quantity).toBe(quantity('20'));
  expect(codes(account)).toContain('PositionSplit');
  await account.restart();
  await step(account, 4);
  await account.settled();
  expect(account.session.state().results.get('')).toMatchObject({ income: money('10') });
  expect(codes(account)).not.toContain('CashDifference');
});

/** Sums of what the account and its owners have made: equal, whatever units became. */
const net = ({ session }: Account): string => {
  const { ledgers, results, marks } = session.state();
  const all = attributions(ledgers, results, (symbol) => marks.get(symbol)?.price);
  return format(all.reduce((total, each) => add(total, each.net), ZERO_MONEY));
};

describe('before an open', () => {
  const EX_DATE = '2024-02-29';

  async function afterOpen(action: Readonly<Record<string, unknown>>, size = '10'): Promise<Account> {
    const account = await openAccount();
    await account.exchange.step();
    await account.buy('t1', size);
    await account.steer('market', { symbol: 'AAA', exDate: EX_DATE, ...action });
    await step(account, 5);
    await account.settled();
    return account;
  }

  const costs = ({ session }: Account) =>
    [...session.state().positions.values()].map(({ symbol, quantity: size, averagePrice }) => [symbol, format(size), format(averagePrice)]);

  test('a company is taken over for shares of another: they have the cost of the old ones, and the fraction is paid out', async () => {
    const account = await afterOpen({ kind: 'merger', newSymbol: 'BBB', newRate: 3, oldRate: 4 });
    const { cash } = account.session.state();
    expect(costs(account)).toEqual([['BBB', '7', format(pricePaid('BBB', money('1000'), quantity('7')))]]);
    expect(await account.broker.positions()).toMatchObject([
      { symbol: 'BBB', averagePrice: account.session.state().positions.get('BBB')?.averagePrice },
    ]);
    expect(account.session.state().results.get('')?.income).toBe(money('24.75'));
    expect(codes(account)).toContain('UnitsConverted');
    expect(net(account)).toBe(format(subtract(account.session.state().equity?.equity ?? ZERO_MONEY, money('100000'))));
    await account.restart();
    await account.settled();
    expect(account.session.state().cash).toBe(cash);
    expect(codes(account)).not.toContain('ActivityNotBooked');
  });

  test('a company is taken over for cash: its shares are closed at what was paid', async () => {
    const account = await afterOpen({ kind: 'merger', cash: '120.123' });
    expect(costs(account)).toEqual([]);
    expect(account.session.state().results.get('')).toMatchObject({ flow: money('201.23'), income: 0n });
    expect(codes(account)).toContain('UnitsRedeemed');
    await account.restart();
    await account.settled();
  });

  test('for shares and cash: the cash is income, and the shares have the whole cost', async () => {
    const account = await afterOpen({ kind: 'merger', newSymbol: 'BBB', newRate: 1, oldRate: 1, cash: '12' });
    expect(costs(account)).toEqual([['BBB', '10', '100']]);
    expect(account.session.state().results.get('')?.income).toBe(money('120'));
  });

  test('a company gets another name: everything else stays', async () => {
    const account = await afterOpen({ kind: 'name-change', newSymbol: 'CCC' });
    expect(costs(account)).toEqual([['CCC', '10', '100']]);
    expect(account.session.state().marks.get('CCC')?.price).toBe(account.session.state().marks.get('AAA')?.price);
  });

  test('a part of a company leaves it: its shares cost nothing, and the parent, which the list of corporate actions names, keeps its cost', async () => {
    const account = await afterOpen({ kind: 'spin-off', newSymbol: 'BBB', newRate: 1, oldRate: 3 });
    expect(costs(account)).toEqual([
      ['AAA', '10', '100'],
      ['BBB', '3', '0'],
    ]);
    expect(account.session.state().results.get('')?.income).toBeGreaterThan(0n);
    await account.restart();
    await account.settled();
    expect(codes(account)).not.toContain('ActivityNotBooked');
  });
});

test('the fees of a day are told by its activities, and the day’s end is written down to the cent', async () => {
  const account = await openAccount({ mode: 'realistic' });
  await step(account, 1);
  const at = account.session.state().now;
  const intent = ticketIntent('t1', { symbol: 'AAA', quantity: quantity('10'), limitPrice: price('200'), createdAt: at });
  await account.session.command({ kind: 'OrderRequested', at, by: 'user:ada', intent });
  await vi.waitFor(async () => expect(await account.broker.openOrders()).toHaveLength(1));
  await step(account, 4);
  await vi.waitFor(() => expect(account.session.state().orders.get('t1')?.state).toBe('filled'), { timeout: 10_000 });
  await account.settled();
  const { charges, flow } = account.session.state().results.get('') ?? { charges: 0n, flow: 0n };
  expect(flow).toBeLessThan(0n);
  expect(charges).toBe(money('-0.01'));
});

test('a long maintenance of the broker: entries stop, nothing is taken for flat, and what happened meanwhile is booked when it is over', async () => {
  const account = await openAccount({ switches: { dividends: true } });
  await account.exchange.step();
  await account.buy('t1', '10');
  const [execution] = await account.broker.executions(instantFromMs(0));
  await account.steer('faults', { kind: 'maintenance', forMs: 2_500 });
  await vi.waitFor(() => expect(account.session.state()).toMatchObject({ brokerConnected: false, reconciled: false }), { timeout: 10_000 });
  await account.steer('account', { kind: 'correct', executionId: execution?.executionId, price: '99' });
  await account.steer('market', { kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-02-29' });
  await step(account, 5);
  expect(account.session.state().positions.get('AAA')?.quantity).toBe(quantity('10'));
  await vi.waitFor(() => expect(account.session.state()).toMatchObject({ brokerConnected: true, reconciled: true }), { timeout: 20_000 });
  await account.settled();
  expect(account.session.state().positions.get('AAA')?.averagePrice).toBe(price('99'));
  expect(account.session.state().results.get('')).toMatchObject({ income: money('5') });
  // Questions that were asked meanwhile have failed, and said so.
  expect(reports.splice(0).filter((report) => !report.includes('503'))).toEqual([]);
});
