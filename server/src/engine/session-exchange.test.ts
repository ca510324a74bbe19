import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBuiltIn, openStrategyWorker } from '@tidemark/compute';
import { expect, test, vi } from 'vitest';
import { columnsOf, testExchange } from '../exchange/testing.ts';
import { listed } from '../exchange/core/testing.ts';
import { sessionsBetween } from '../instruments/calendar.ts';
import { priceFromNumber, quantity, ratio } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import { alpacaBroker } from '../orders/brokers/alpaca/alpaca-broker.ts';
import type { Session } from './session.ts';
import { openAccountSession } from './test/account-session.ts';

/** Falls for a month, then rises: the averages cross once. */
const ROWS = sessionsBetween('2024-01-02', '2024-02-15').map(({ date }, index): [string, number, number, number, number] => {
  const close = index < 20 ? 100 - index : 80 + (index - 20) * 3;
  return [date, close, close + 1, close - 1, close];
});

const MS = {
  resolveFirstMs: 10,
  resolveStepMsMax: 100,
  notFoundAfterMs: 500,
  cancelCheckMs: 100,
  reconcileEveryMs: 100,
  reconcileAgainMs: 50,
  markEveryMs: 10,
};

test('a compiled strategy trades through the official SDK on the simulated exchange, over a restart of the engine', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'session-exchange-'));
  const exchange = await testExchange({ bars: [columnsOf('AAA', ROWS)], instruments: [listed('AAA')] });
  const broker = alpacaBroker({ endpoint: { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } });
  const module = await compileBuiltIn('sma-crossover');
  const reports: string[] = [];
  const open = () =>
    openAccountSession(dir, broker, {
      openRunner: ({ parameters, symbols }) => openStrategyWorker(module, { parameters, symbols, deadlineMs: 5_000 }),
      report: (what, error) => reports.push(`${what}: ${String(error)}`),
      timing: MS,
    });
  /** One day: open, two extremes, close; then its bar, and the strategy's answer to it. */
  const day = async (session: Session, [date, openPrice, high, low, close]: (typeof ROWS)[number]): Promise<void> => {
    for (let step = 0; step < 4; step += 1) await exchange.step();
    session.onMark('AAA', { price: priceFromNumber(close), at: exchange.now(), basis: 'trade' });
    const bar = { symbol: 'AAA', timeframe: '1Day', startAt: instant(date), open: openPrice, high, low, close, volume: 1000 } as const;
    const at = exchange.now();
    await session.onBars([bar], at);
    await vi.waitFor(() => expect(session.state().strategies.get('sma')?.lastDecisionAt).toBe(at), { timeout: 10_000 });
    await vi.waitFor(() => expect([...session.state().orders.values()].filter(({ state }) => state === 'approved')).toEqual([]));
  };

  let running = await open();
  const at = running.session.state().now;
  const config = {
    id: 'sma',
    name: 'Average',
    version: module.version,
    source: 'sma-crossover',
    parameters: { fast: 3, slow: 8 },
    symbols: ['AAA'],
    timeframe: '1Day',
    allocation: ratio('1'),
    size: { kind: 'units', units: quantity('100') },
    wholeUnits: true,
  } as const;
  await running.session.command({ kind: 'InstrumentListed', at, instrument: listed('AAA') });
  await running.session.command({ kind: 'StrategyCreated', at, by: 'user:test', config });
  await running.session.command({ kind: 'StrategyEnabled', at, by: 'user:test', strategyId: 'sma' });
  for (const row of ROWS.slice(0, 21)) await day(running.session, row);
  await running.close();
  running = await open();
  expect(running.session.recovered.problem).toBeUndefined();
  for (const row of ROWS.slice(21)) await day(running.session, row);

  const { positions, cash, strategies, differences } = running.session.state();
  expect(strategies.get('sma')).toMatchObject({ state: 'paper' });
  expect(positions.get('AAA')?.quantity).toBe(quantity('100'));
  expect(await broker.positions()).toMatchObject([
    { symbol: 'AAA', quantity: quantity('100'), averagePrice: positions.get('AAA')?.averagePrice },
  ]);
  expect((await broker.account()).cash).toBe(cash);
  expect(differences.size).toBe(0);
  expect(reports).toEqual([]);
  await running.close();
  await exchange.close();
  await rm(dir, { recursive: true });
});
