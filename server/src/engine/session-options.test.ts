import { afterEach, beforeAll, expect, test } from 'vitest';
import { instrumentOf } from '../options/listing.ts';
import { markOf } from '../options/mark.ts';
import { alpacaOptions } from '../options/providers/alpaca.ts';
import { DEFAULT_ASSUMPTIONS } from '../options/quote.ts';
import { fetchChain, openOptionMath } from '../options/service.ts';
import type { FetchedChain, QuotedContract } from '../options/service.ts';
import type { OptionMath } from '../options/valuation.ts';
import { listed } from '../exchange/core/testing.ts';
import type { ExchangeOptions } from '../exchange/options.ts';
import { worthOf } from '../instruments/worth.ts';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import { becomes, booksAgree, closeExchangeWorlds, openExchangeWorld } from './test/exchange-world.ts';
import type { ExchangeWorld } from './test/exchange-world.ts';

const MINUTE_MS = 60_000;
/** The Friday of the week that the exchange plays, and one of two weeks later. */
const THIS_FRIDAY = '2024-03-01';
const EXPIRES_ON = '2024-03-15';
let math: OptionMath;
beforeAll(async () => {
  math = await openOptionMath();
});
afterEach(closeExchangeWorlds);

const codes = (world: ExchangeWorld, id: string): readonly string[] => world.order(id).decision.denials.map(({ code }) => code);

/** Calls and puts of AAA as the real provider reads them over the SDK. */
async function chainOf(world: ExchangeWorld, expiresOn: string): Promise<FetchedChain> {
  const endpoint = { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: world.simulator.url } as const;
  const request = { underlying: 'AAA', expiresFrom: expiresOn, expiresTo: expiresOn };
  return await fetchChain(alpacaOptions({ endpoint, feed: 'indicative' }), math, request, DEFAULT_ASSUMPTIONS);
}

const askOf = ({ quote }: QuotedContract): Price => quote?.ask ?? (0n as Price);

/** The option of that strike, known to the engine with its newest quote. */
async function listOption(world: ExchangeWorld, right: 'call' | 'put', strike: string, expiresOn: string): Promise<QuotedContract> {
  const chain = await chainOf(world, expiresOn);
  const row = chain.rows.find(({ contract }) => contract.right === right && contract.strike === price(strike));
  const mark = row?.quote === undefined ? undefined : markOf(row.quote, chain.underlying);
  if (row === undefined || mark === undefined) throw new Error(`no ${right} of AAA at ${strike} is quoted`);
  const { now: at } = world.session.state();
  await world.session.command({ kind: 'InstrumentListed', at, instrument: instrumentOf(row.contract, listed('AAA')) });
  await world.session.command({ kind: 'Marked', at: mark.at, marks: [{ symbol: row.contract.symbol, mark }] });
  return row;
}

const listCall = (world: ExchangeWorld, strike: string): Promise<QuotedContract> => listOption(world, 'call', strike, EXPIRES_ON);

/** An account under the real limits, in the middle of the day, with what the gate asks to know of AAA. */
async function openWorld(limits: Partial<Limits> = {}, exchange: Partial<ExchangeOptions> = {}): Promise<ExchangeWorld> {
  const session = { limits: { ...DEFAULT_LIMITS, sectorUnknownRatioMax: ratio('0.3'), ...limits } };
  const world = await openExchangeWorld({ session, exchange });
  await world.step();
  const { now: asOf } = world.session.state();
  const day = Math.floor(asOf / 86_400_000);
  const days = Array.from({ length: 250 }, (_, index) => day - 250 + index);
  await world.session.command({
    kind: 'InstrumentsProfiled',
    at: asOf,
    profiles: [
      {
        symbol: 'AAA',
        asOf,
        averageVolume20: quantity('1000000'),
        averageDollarVolume20: money('100000000'),
        dailyVolatility60: ratio('0.01'),
        dailyReturns: { days, millionths: days.map((each) => (each % 2 === 0 ? 4_000 : -4_000)) },
      },
    ],
  });
  await becomes(() => expect(world.session.state().clockSkewMs ?? 0).toBeLessThan(MINUTE_MS));
  return world;
}

const ticket = (world: ExchangeWorld, id: string, symbol: string, side: 'buy' | 'sell', size: string, limitPrice: Price): Promise<void> =>
  world.ticket(id, { symbol, side, quantity: quantity(size), limitPrice, timeInForce: 'day' });

test('a call goes through the gate, the engine, the SDK and the exchange into a position, and out of it again', async () => {
  const world = await openWorld();
  const call = await listCall(world, '100');
  const { symbol } = call.contract;
  const ask = askOf(call);
  const before = world.session.state().cash;

  await ticket(world, 'in', symbol, 'buy', '2', ask);
  expect(codes(world, 'in')).toEqual([]);
  await becomes(() => expect(world.order('in')).toMatchObject({ state: 'filled', averagePrice: ask }));
  const paid = worthOf(symbol, quantity('2'), ask);
  expect(paid).toBe(200n * ask);
  expect(world.session.state().positions.get(symbol)).toMatchObject({ quantity: quantity('2'), averagePrice: ask });
  expect(world.session.state().cash).toBe(before - paid);
  // Counted at its mark times a hundred: what was paid beyond the middle is lost, and no more.
  const { equity, marks } = world.session.state();
  expect(equity?.equity).toBe(before - paid + worthOf(symbol, quantity('2'), marks.get(symbol)?.price ?? (0n as Price)));
  await booksAgree(world);

  await world.restart();
  await becomes(() => expect(world.session.state().reconciled).toBe(true));
  expect(world.session.state().instruments.get(symbol)?.option).toMatchObject({ underlying: 'AAA', right: 'call' });

  const later = await listCall(world, '100');
  const bid = later.quote?.bid ?? (0n as Price);
  await ticket(world, 'out', symbol, 'sell', '2', bid);
  expect(codes(world, 'out')).toEqual([]);
  await becomes(() => expect(world.order('out')).toMatchObject({ state: 'filled', averagePrice: bid }));
  expect(world.session.state().positions.size).toBe(0);
  expect(world.session.state().cash).toBe(before - paid + 200n * bid);
  await booksAgree(world);
  expect(world.reports).toEqual([]);
});

test('the gate counts a hundred shares a contract, and knows what is bounded', async () => {
  const world = await openWorld();
  const call = await listCall(world, '100');
  const { symbol } = call.contract;
  const ask = askOf(call);
  // 2 % of 100,000 may be lost: premium × 100 × contracts.
  const most = money('2000') / (100n * (marksOf(world, symbol) ?? 1n));
  await ticket(world, 'most', symbol, 'buy', String(most), ask);
  expect(codes(world, 'most')).toEqual([]);
  await becomes(() => expect(world.order('most').state).toBe('filled'));
  await ticket(world, 'naked', symbol, 'sell', String(most + 1n), call.quote?.bid ?? ask);
  // What is held closes; the contract beyond it would be an uncovered short.
  await becomes(() => expect(world.order('naked').state).toBe('filled'));
  await becomes(() => expect(codes(world, 'naked-open')).toContain('OptionStrategy'));
  await world.ticket('stop', { symbol, quantity: quantity('1'), type: 'stop', stopPrice: ask });
  expect(codes(world, 'stop')).toContain('OrderSanity');
  await ticket(world, 'half', symbol, 'buy', '0.5', ask);
  expect(codes(world, 'half')).toContain('OrderSanity');
  await ticket(world, 'more', symbol, 'buy', String(most + 1n), ask);
  expect(codes(world, 'more')).toContain('OrderRisk');
  await booksAgree(world);
});

test('at expiry a call in the money is exercised into shares, a put out of it ends, and all of it is booked', async () => {
  const world = await openWorld({ priceCollarRatioMax: ratio('0.3') });
  const [call, put] = [await listOption(world, 'call', '100', THIS_FRIDAY), await listOption(world, 'put', '100', THIS_FRIDAY)];
  const before = world.session.state().cash;
  for (const [id, option] of [
    ['call', call],
    ['put', put],
  ] as const) {
    await ticket(world, id, option.contract.symbol, 'buy', '1', askOf(option));
    expect(codes(world, id)).toEqual([]);
    await becomes(() => expect(world.order(id).state).toBe('filled'));
  }
  const paid = 100n * (askOf(call) + askOf(put));
  const alerts = (): readonly string[] => [...world.session.state().alerts.keys()].filter((id) => id.startsWith('OptionExpires'));
  while (world.session.state().sessionDate !== THIS_FRIDAY) await world.step();
  await becomes(() => expect(alerts()).toHaveLength(4));
  await ticket(world, 'late', call.contract.symbol, 'buy', '1', askOf(call));
  expect(codes(world, 'late')).toEqual(expect.arrayContaining(['OptionStrategy', 'OptionExpiry']));

  while (world.session.state().now < Date.parse(`${THIS_FRIDAY}T21:00:00Z`)) await world.step();
  await becomes(() => expect([...world.session.state().positions.keys()]).toEqual(['AAA']));
  // A look at the broker between its settlement and what tells of it finds differences, which the next one takes back.
  await becomes(() => expect(world.session.state().differences.size).toBe(0));
  const { positions, cash, tradingState } = world.session.state();
  expect(positions.get('AAA')).toMatchObject({ quantity: quantity('100'), averagePrice: price('100') });
  expect(cash).toBe(before - paid - money('10000'));
  expect([tradingState, alerts()]).toEqual(['ACTIVE', []]);
  const trades = (await world.entries('TradeClosed')).map(
    ({ payload }) => (payload as { trade: { symbol: string; grossPnl: bigint } }).trade,
  );
  expect(trades.map(({ symbol }) => symbol).toSorted()).toEqual([call.contract.symbol, put.contract.symbol].toSorted());
  expect(trades.reduce((sum, { grossPnl }) => sum - grossPnl, 0n)).toBe(paid);
  expect((await world.broker.account()).cash).toBe(cash);
  expect(await world.broker.positions()).toMatchObject([{ symbol: 'AAA', quantity: quantity('100') }]);
  await world.restart();
  expect(world.session.recovered.problem).toBeUndefined();
  expect(world.session.state().cash).toBe(cash);
  expect(world.reports).toEqual([]);
});

test('where positions and cash move at the close and activities follow the next day, the account waits for them and books them once', async () => {
  const world = await openWorld({ priceCollarRatioMax: ratio('0.3') }, { switches: { optionEndsNextDay: true } });
  const call = await listOption(world, 'call', '100', THIS_FRIDAY);
  const { symbol } = call.contract;
  const before = world.session.state().cash;
  await ticket(world, 'in', symbol, 'buy', '1', askOf(call));
  await becomes(() => expect(world.order('in').state).toBe('filled'));
  const paid = 100n * askOf(call);
  const brokers = async (): Promise<readonly string[]> => (await world.broker.positions()).map((held) => held.symbol);
  while ((await brokers()).includes(symbol)) await world.step();
  expect(await brokers()).toEqual(['AAA']);
  await becomes(() => expect([...world.session.state().differences.keys()].toSorted()).toEqual(['AAA', symbol]));
  const seen = (await world.entries('Reconciled')).length;
  await becomes(async () => expect((await world.entries('Reconciled')).length).toBeGreaterThan(seen + 3));
  expect([...world.session.state().positions.keys()]).toEqual([symbol]);
  expect(world.session.state()).toMatchObject({ tradingState: 'ACTIVE', cash: before - paid, reconciled: true });
  expect(await world.entries('DifferenceFound')).toEqual([]);

  while (world.session.state().sessionDate === THIS_FRIDAY) await world.step();
  await becomes(() => expect([...world.session.state().positions.keys()]).toEqual(['AAA']));
  await becomes(() => expect(world.session.state()).toMatchObject({ tradingState: 'ACTIVE', differences: new Map(), cashDifference: 0n }));
  expect(world.session.state().cash).toBe(before - paid - money('10000'));
  const moved = (await world.entries('CashMoved')).map(({ payload }) => (payload as { amount: bigint }).amount);
  expect(moved).toEqual([money('-10000')]);
  expect((await world.broker.account()).cash).toBe(world.session.state().cash);
  expect(world.reports).toEqual([]);
});

const STEPS_A_DAY = 4;
/** What is left of Thursday, and Friday. */
const UNTIL_EXPIRY = 2 * STEPS_A_DAY - 1;

/** One call of AAA at 100, over a split of its shares on the day before it ends. */
async function overSplit(newRate: number, oldRate: number) {
  const world = await openWorld({ priceCollarRatioMax: ratio('0.3') });
  const call = await listOption(world, 'call', '100', THIS_FRIDAY);
  await ticket(world, 'in', call.contract.symbol, 'buy', '1', askOf(call));
  await becomes(() => expect(world.order('in').state).toBe('filled'));
  const before = world.session.state();
  await world.simulator.steer('market', { kind: 'split', symbol: 'AAA', newRate, oldRate, exDate: '2024-02-29' });
  // The rest of Wednesday, and Thursday's opening.
  await world.step(STEPS_A_DAY);
  await becomes(() => expect(world.session.state().positions.has(call.contract.symbol)).toBe(false));
  await becomes(() => expect(world.session.state().differences.size).toBe(0));
  expect(world.session.state()).toMatchObject({ tradingState: 'ACTIVE', cash: before.cash });
  return { world, paid: 100n * askOf(call), before };
}

test('a split of the underlying makes of a call two at half the strike, with its cost, which are exercised into twice the shares', async () => {
  const { world, paid, before } = await overSplit(2, 1);
  const [held] = [...world.session.state().positions.values()];
  expect(held).toMatchObject({ symbol: 'AAA240301C00050000', quantity: quantity('2') });
  expect(worthOf('AAA240301C00050000', quantity('2'), held?.averagePrice ?? (0n as Price))).toBe(paid);
  expect(await world.broker.positions()).toMatchObject([
    { symbol: held?.symbol, quantity: held?.quantity, averagePrice: held?.averagePrice },
  ]);
  await world.step(UNTIL_EXPIRY);
  await becomes(() => expect([...world.session.state().positions.keys()]).toEqual(['AAA']));
  await becomes(() => expect(world.session.state().differences.size).toBe(0));
  expect(world.session.state().positions.get('AAA')).toMatchObject({ quantity: quantity('200'), averagePrice: price('50') });
  expect(world.session.state()).toMatchObject({ tradingState: 'ACTIVE', cash: before.cash - money('10000') });
  expect(world.reports).toEqual([]);
});

test('a split that leaves a contract with other than a hundred shares is booked and told; its exercise is left to a person', async () => {
  const { world } = await overSplit(3, 2);
  expect([...world.session.state().positions.values()]).toMatchObject([{ symbol: 'AAA1240301C00100000', quantity: quantity('1') }]);
  const alert = (code: string) => [...world.session.state().alerts.values()].find((each) => each.code === code);
  expect(alert('UnitsConverted')).toMatchObject({ severity: 'critical', detail: expect.stringContaining('other than a hundred shares') });
  await world.step(UNTIL_EXPIRY);
  await becomes(() => expect(alert('ActivityNotBooked')).toMatchObject({ title: 'The broker moved units of AAA' }));
  expect(await world.broker.positions()).toMatchObject([{ symbol: 'AAA', quantity: quantity('150') }]);
  await becomes(() => expect(world.session.state().differences.get('AAA')).toBeDefined());
  expect([...world.session.state().positions.keys()]).toEqual([]);
});

const marksOf = (world: ExchangeWorld, symbol: string): bigint | undefined => world.session.state().marks.get(symbol)?.price;
