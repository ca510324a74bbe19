import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_LIMITS } from './backtest-options.ts';
import { DAY_MS, compileCases, runCase, toBars } from './case-strategy.ts';
import type { BacktestLimits, BacktestResult } from './types.ts';

const units = (count: number, rest = ''): string => `if (at == 0) this.targetUnits(0, ${count}, "in"${rest});`;
const COUNTS = [-801, -800, -799, -1001, -1000, -999, -101, -100, -99, -66, -67, -1, 1, 20, 21, 99, 100, 101, 249, 250, 251, 799, 800, 801];

const module = await compileCases({
  ...Object.fromEntries(COUNTS.map((count) => [`units${count}`, units(count)])),
  ...Object.fromEntries([159, 160, 161].map((count) => [`stopped${count}`, units(count, ', 90')])),
  ...Object.fromEntries([-66, -67, 100, 101].map((count) => [`calm${count}`, `if (at == 61) this.targetUnits(0, ${count}, "in");`])),
  twoSymbols: 'if (at == 0) { this.targetUnits(0, 10, "in"); this.targetUnits(1, 10, "in"); }',
  add: 'if (at == 0) this.targetUnits(0, 50, "in"); if (at == 1) this.targetUnits(0, 101, "more");',
  after: 'if (at == 0) this.targetUnits(0, 500, "in"); if (at == 3) this.submit(Order.market(0, 1), "more");',
  nextDay: 'if (at == 0) this.targetUnits(0, 500, "in"); if (at == 5) this.submit(Order.market(0, 1), "more");',
  wayOut: 'if (at == 0) this.targetUnits(0, 500, "in"); if (at == 3) this.targetUnits(0, 0, "out");',
  greedy: 'if (at == 0) this.targetUnits(0, 900, "in");',
});

const NO_LIMITS = Object.fromEntries(Object.keys(DEFAULT_BACKTEST_LIMITS).map((name) => [name, null])) as unknown as BacktestLimits;

/** A hundred thousand of cash, 100 a unit, a volume of ten thousand. */
function run(which: string, limits: Partial<BacktestLimits>, price = 100, volume = 10_000, bars = 2): BacktestResult {
  const rows = Array.from({ length: bars }, () => [price, price, price, price, volume] as const);
  return runCase(module, which, { bars: rows, options: { cash: 100_000, risk: { ...NO_LIMITS, ...limits } } });
}

interface Edge {
  readonly limit: keyof BacktestLimits;
  readonly allowed: readonly string[];
  readonly denied: string;
  readonly code: string;
  readonly limitSaid: number;
  readonly actual: number;
  /** Another value than the default of the policy. */
  readonly value?: number;
  readonly bars?: number;
}

const EDGES: readonly Edge[] = [
  {
    limit: 'orderNotional',
    allowed: ['units249', 'units250'],
    denied: 'units251',
    code: 'OrderNotional',
    limitSaid: 25_000,
    actual: 25_100,
  },
  { limit: 'orderWeight', allowed: ['units99', 'units100'], denied: 'units101', code: 'OrderNotional', limitSaid: 10_000, actual: 10_100 },
  { limit: 'orderVolume', allowed: ['units99', 'units100'], denied: 'units101', code: 'OrderVolume', limitSaid: 0.01, actual: 0.0101 },
  {
    limit: 'concentration',
    allowed: ['units99', 'units100', 'units-100'],
    denied: 'units101',
    code: 'Concentration',
    limitSaid: 0.1,
    actual: 0.101,
  },
  {
    limit: 'grossExposure',
    allowed: ['units-999', 'units-1000'],
    denied: 'units-1001',
    code: 'GrossExposure',
    limitSaid: 1,
    actual: 1.001,
  },
  { limit: 'netExposure', allowed: ['units799', 'units800'], denied: 'units801', code: 'NetExposure', limitSaid: 0.8, actual: 0.801 },
  { limit: 'netExposure', allowed: ['units-799', 'units-800'], denied: 'units-801', code: 'NetExposure', limitSaid: 0.8, actual: 0.801 },
  {
    limit: 'capitalDeployed',
    allowed: ['units799', 'units800'],
    denied: 'units801',
    code: 'CapitalDeployed',
    limitSaid: 0.8,
    actual: 0.801,
  },
  { limit: 'shortSale', allowed: ['units1'], denied: 'units-1', code: 'ShortSale', limitSaid: 0, actual: 0.001 },
  {
    limit: 'shortSale',
    value: 0.1,
    allowed: ['units-99', 'units-100'],
    denied: 'units-101',
    code: 'ShortSale',
    limitSaid: 0.1,
    actual: 0.101,
  },
  // By its stop: 1.25 × 10 a unit.
  { limit: 'orderRisk', allowed: ['stopped159', 'stopped160'], denied: 'stopped161', code: 'OrderRisk', limitSaid: 0.02, actual: 0.020125 },
  // Without a stop and without a history, all of it can be lost, and half more of a short.
  { limit: 'orderRisk', allowed: ['units1', 'units20'], denied: 'units21', code: 'OrderRisk', limitSaid: 0.02, actual: 0.021 },
  { limit: 'orderRisk', value: 0.1, allowed: ['units-66'], denied: 'units-67', code: 'OrderRisk', limitSaid: 0.1, actual: 0.1005 },
  // With a history that does not move, a fifth.
  { limit: 'orderRisk', allowed: ['calm100'], denied: 'calm101', code: 'OrderRisk', limitSaid: 0.02, actual: 0.0202, bars: 63 },
  { limit: 'orderRisk', allowed: ['calm-66'], denied: 'calm-67', code: 'OrderRisk', limitSaid: 0.02, actual: 0.0201, bars: 63 },
  { limit: 'concentration', allowed: ['units100'], denied: 'add', code: 'Concentration', limitSaid: 0.1, actual: 0.101, bars: 3 },
];

describe.each(EDGES)('$limit at $limitSaid', ({ limit, value, allowed, denied, code, limitSaid, actual, bars = 2 }) => {
  const limits = { [limit]: value ?? DEFAULT_BACKTEST_LIMITS[limit] };

  test.each(allowed)('%s is allowed', (which) => {
    const { trades, denials } = run(which, limits, 100, 10_000, bars);
    expect(denials).toEqual([]);
    expect(trades).toHaveLength(1);
  });

  test(`${denied} is denied, with the limit and what it would have been`, () => {
    const { denials } = run(denied, limits, 100, 10_000, bars);
    expect(denials).toMatchObject([{ code, symbol: 'AAA' }]);
    expect(denials[0]?.limit).toBeCloseTo(limitSaid, 12);
    expect(denials[0]?.actual).toBeCloseTo(actual, 12);
    expect(run(denied, {}, 100, 10_000, bars).trades.length).toBeGreaterThan(0);
  });
});

describe('limits of what may be traded at all', () => {
  test.each([
    { volume: 4_999, denials: [{ code: 'MinimumLiquidity', limit: 500_000, actual: 499_900 }] },
    { volume: 5_000, denials: [] },
    { volume: 5_001, denials: [] },
  ])('100 × $volume a day', ({ volume, denials }) => {
    const { minimumLiquidity } = DEFAULT_BACKTEST_LIMITS;
    expect(run('units1', { minimumLiquidity }, 100, volume).denials).toMatchObject(denials);
    expect(run('units1', { minimumLiquidity }, 100, volume).denials).toHaveLength(denials.length);
  });

  test.each([
    { price: 4.99, denials: [{ code: 'MinimumPrice', limit: 5, actual: 4.99 }] },
    { price: 5, denials: [] },
    { price: 5.01, denials: [] },
  ])('a price of $price', ({ price, denials }) => {
    const { minimumPrice } = DEFAULT_BACKTEST_LIMITS;
    const found = run('units1', { minimumPrice }, price).denials;
    expect(found).toMatchObject(denials);
    expect(found).toHaveLength(denials.length);
  });

  test.each([
    { openPositions: 3, denials: [] },
    { openPositions: 2, denials: [] },
    { openPositions: 1, denials: [{ code: 'OpenPositions', symbol: 'BBB', limit: 1, actual: 2 }] },
  ])('two positions of $openPositions', ({ openPositions, denials }) => {
    const bars = toBars([100, 100]);
    const series = ['AAA', 'BBB'].map((symbol) => ({ symbol, bars }));
    const found = runCase(module, 'twoSymbols', { series, options: { cash: 100_000, risk: { ...NO_LIMITS, openPositions } } }).denials;
    expect(found).toMatchObject(denials);
    expect(found).toHaveLength(denials.length);
  });
});

describe('limits of what may be lost, three bars a day', () => {
  /** 500 of 100 are held; the price of the next day is another. */
  const after = (which: string, close: number, limits: Partial<BacktestLimits>): BacktestResult =>
    runCase(module, which, {
      bars: [100, 100, 100, close, close, close, close],
      everyMs: DAY_MS / 3,
      options: { cash: 100_000, risk: { ...NO_LIMITS, ...limits } },
    });

  // Eighths and quarters are exact: a loss of exactly the limit denies.
  test.each([
    { close: 75.01, dailyLoss: 0.125, denials: 0 },
    { close: 75, dailyLoss: 0.125, denials: 1 },
    { close: 74.99, dailyLoss: 0.125, denials: 1 },
    { close: 94.02, dailyLoss: DEFAULT_BACKTEST_LIMITS.dailyLoss, denials: 0 },
    { close: 93.98, dailyLoss: DEFAULT_BACKTEST_LIMITS.dailyLoss, denials: 1 },
  ])('a daily loss of $dailyLoss at $close', ({ close, dailyLoss, denials }) => {
    const found = after('after', close, { dailyLoss }).denials;
    expect(found).toHaveLength(denials);
    if (denials > 0) expect(found[0]).toMatchObject({ code: 'DailyLoss', limit: dailyLoss });
    if (denials > 0) expect(found[0]?.actual).toBeCloseTo((500 * (100 - close)) / 100_000, 12);
  });

  test('a new day begins with no loss', () => {
    expect(after('nextDay', 75, { dailyLoss: 0.125 }).denials).toEqual([]);
    expect(after('nextDay', 75, { drawdown: 0.125 }).denials).toMatchObject([{ code: 'Drawdown' }]);
  });

  test.each([
    { close: 50.01, drawdown: 0.25, denials: 0 },
    { close: 50, drawdown: 0.25, denials: 1 },
    { close: 49.99, drawdown: 0.25, denials: 1 },
    { close: 84.02, drawdown: DEFAULT_BACKTEST_LIMITS.drawdown, denials: 0 },
    { close: 83.98, drawdown: DEFAULT_BACKTEST_LIMITS.drawdown, denials: 1 },
  ])('a drawdown of $drawdown at $close', ({ close, drawdown, denials }) => {
    const found = after('after', close, { drawdown }).denials;
    expect(found).toHaveLength(denials);
    if (denials > 0) expect(found[0]).toMatchObject({ code: 'Drawdown', limit: drawdown });
    if (denials > 0) expect(found[0]?.actual).toBeCloseTo((500 * (100 - close)) / 100_000, 12);
  });

  test('no limit keeps anybody in', () => {
    const { trades, denials } = after('wayOut', 10, {
      ...DEFAULT_BACKTEST_LIMITS,
      orderRisk: null,
      orderNotional: null,
      orderWeight: null,
      orderVolume: null,
      concentration: null,
      minimumLiquidity: null,
    });
    expect(trades).toMatchObject([{ size: 500, status: 'closed' }]);
    expect(denials).toEqual([]);
  });
});

test('an order that breaks several limits is denied once by each', () => {
  const { denials, trades } = run('greedy', DEFAULT_BACKTEST_LIMITS);
  expect(trades).toEqual([]);
  expect(denials.map(({ code }) => code)).toEqual([
    'OrderRisk',
    'OrderNotional',
    'OrderVolume',
    'Concentration',
    'NetExposure',
    'CapitalDeployed',
  ]);
});
