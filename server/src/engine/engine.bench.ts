import { sampleShare } from '../instruments/sample-instrument.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { money, priceFromNumber, quantity, ratio } from '../money/fixed.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { EngineEvent, EngineOptions } from './events.ts';
import { initialState } from './initial-state.ts';
import { drive, replaySlice } from './replay.ts';
import type { ReplayCapabilities } from './replay.ts';
import type { EngineState } from './state.ts';
import { step } from './step.ts';
import { coreVenue } from './test/core-venue.ts';

/** Prints how many events a second the engine takes: prices alone, and whole trading days with decisions, orders and fills. */

const SYMBOLS = Array.from({ length: 20 }, (_, index) => `SYM${String.fromCharCode(65 + index)}`);
const OPTIONS: EngineOptions = {
  mode: 'simulated',
  accountId: 'bench',
  feeRateEstimate: money('0'),
  collarMarketOrders: false,
  initialTradingState: 'ACTIVE',
};

const config = (symbol: string): StrategyConfig => ({
  id: `strategy-${symbol}`,
  name: symbol,
  version: 'v1',
  source: 'bench',
  parameters: {},
  symbols: [symbol],
  timeframe: '1Day',
  allocation: ratio('1'),
  size: { kind: 'units', units: quantity('10') },
  wholeUnits: true,
});

function opened(): { readonly state: EngineState; readonly capabilities: ReplayCapabilities; effects: () => number } {
  const at = instantFromMs(0);
  let count = 0;
  let turn = 0;
  const venue = coreVenue(
    SYMBOLS.map((symbol) => sampleShare(symbol)),
    { startCash: money('1000000'), buyingPowerChecks: false },
    at,
  );
  const capabilities: ReplayCapabilities = {
    venue,
    strategies: new Map(
      SYMBOLS.map((symbol) => [
        `strategy-${symbol}`,
        {
          version: 'v1',
          decide: () => (++turn % 3 === 0 ? [{ symbol, exposure: Math.floor(turn / 60) % 2 === 0 ? 1 : -1, reason: 'bench' }] : []),
        },
      ]),
    ),
    onEffect: () => {
      count += 1;
    },
  };
  const setUp: EngineEvent[] = SYMBOLS.flatMap((symbol): EngineEvent[] => [
    { kind: 'StrategyCreated', at, by: 'bench', config: config(symbol) },
    { kind: 'StrategyEnabled', at, by: 'bench', strategyId: `strategy-${symbol}` },
  ]);
  const state = drive(initialState(OPTIONS, UNLIMITED), [...venue.opening(at), ...setUp], capabilities);
  return { state, capabilities, effects: () => count };
}

function days(state: EngineState, capabilities: ReplayCapabilities, first: number, count: number): EngineState {
  let current = state;
  for (let day = first; day < first + count; day += 1) {
    const startAt = instantFromMs(day * 86_400_000);
    const bars = SYMBOLS.map((symbol, index) => {
      const base = 100 + index + Math.sin(day / 5 + index) * 5;
      return { symbol, timeframe: '1Day' as const, startAt, open: base, high: base + 1, low: base - 1, close: base + 0.5, volume: 1000 };
    });
    current = drive(current, [{ kind: 'SessionOpened', at: startAt, date: String(day) }], capabilities);
    current = replaySlice(current, bars, 'after-close', capabilities);
    current = drive(current, [{ kind: 'SessionClosed', at: current.now, date: String(day) }], capabilities);
  }
  return current;
}

function marks(state: EngineState, count: number): EngineState {
  let current = state;
  const begin = state.now;
  for (let index = 0; index < count; index += 1) {
    const symbol = SYMBOLS[index % SYMBOLS.length] ?? '';
    const at: Instant = instantFromMs(begin + index);
    current = step(current, {
      kind: 'Marked',
      at,
      marks: [{ symbol, mark: { price: priceFromNumber(100 + (index % 50) / 100), at, basis: 'quote' } }],
    }).state;
  }
  return current;
}

/** Processor time of this process: other work on the machine does not count. */
const cpuMs = (): number => process.cpuUsage().user / 1000;

const perSecond = (count: number, milliseconds: number): string => `${Math.round((count / milliseconds) * 1000).toLocaleString('en-US')}/s`;

const world = opened();
const traded = days(world.state, world.capabilities, 1, 50);
for (const count of [20_000, 100_000]) {
  const startedAt = cpuMs();
  marks(traded, count);
  console.log(`prices, ${traded.positions.size} positions: ${perSecond(count, cpuMs() - startedAt)}`);
}
const before = world.effects();
const startedAt = cpuMs();
const end = days(traded, world.capabilities, 51, 250);
const took = cpuMs() - startedAt;
console.log(
  `days of 20 strategies: ${perSecond(250, took)}; effects ${perSecond(world.effects() - before, took)}; orders kept ${end.orders.size}`,
);
