import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { parseAxes } from './parameter-axis.ts';
import { ParameterGrid } from './parameter-grid.ts';
import { randomBars } from './random-bars.ts';
import { runSweep, type SweepOptions, type SweepRow } from './sweep.ts';
import { SET_FIELDS, SET_STATE, SweepRunner } from './sweep-runner.ts';
import { setEncoder } from './sweep-sets.ts';
import type { BacktestOptions, BarSeries, ParameterValues, StrategyModule } from './types.ts';

const crossover = await compileBuiltIn('sma-crossover');

async function compiled(source: string): Promise<StrategyModule> {
  const result = await compileStrategy(source);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.module;
}

afterAll(closeCompiler);

const [BARS] = fc.sample(randomBars(300, 300), { numRuns: 1, seed: 7 });

interface Sweep {
  readonly module?: StrategyModule;
  readonly parameters?: ParameterValues;
  readonly grid: readonly string[];
  readonly bars?: BarSeries | undefined;
  readonly options?: BacktestOptions;
}

function requestOf({ module = crossover, parameters = {}, grid, bars = BARS, options = DEFAULT_BACKTEST_OPTIONS }: Sweep) {
  if (bars === undefined) throw new Error('Invariant: a sample of one');
  const axes = parseAxes(grid);
  const sets = new ParameterGrid(axes, undefined, parameters).sets();
  return { backtest: { module, parameters, series: [{ symbol: 'AAA', bars }], options }, axes, sets };
}

async function sweep(each: Sweep, options: SweepOptions = {}): Promise<{ rows: readonly SweepRow[]; refused: number }> {
  const rows: SweepRow[] = [];
  let refused = 0;
  for await (const chunk of runSweep(requestOf(each), { threads: 1, ...options })) {
    rows.push(...chunk.rows());
    refused += chunk.refused;
  }
  return { rows, refused };
}

/** The same work in this thread. */
function figuresHere(each: Sweep, fast: boolean): Float64Array {
  const { backtest, axes, sets } = requestOf(each);
  const encoder = setEncoder(backtest.module, axes);
  return new SweepRunner({ request: backtest, indexes: encoder.indexes, fast }).runSets(encoder.encode([...sets]));
}

const options: fc.Arbitrary<BacktestOptions> = fc
  .record({
    commissionRate: fc.constantFrom(0, 0.001),
    commissionFixed: fc.constantFrom(0, 1),
    commissionPerUnit: fc.constantFrom(0, 0.01),
    commissionMinimum: fc.constantFrom(0, 0, 2),
    slippageBps: fc.constantFrom(0, 5),
    fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'next-open' as const, 'spread' as const),
    size: fc.constantFrom<BacktestOptions['size']>({ kind: 'all' }, { kind: 'all' }, { kind: 'units', units: 10 }),
    wholeUnits: fc.constantFrom(false, false, true),
    cash: fc.constantFrom(1_000, 100_000),
  })
  .map((each) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...each }));

test('the fast way of a sweep is bar by bar to 1e-9, orders and trades exactly, on grids of plain and other sets', () => {
  let plain = 0;
  fc.assert(
    fc.property(
      randomBars(150),
      options,
      fc.constantFrom('cross', 'strict'),
      fc.subarray(['direction=long,longshort', 'stopLoss=0,0.03']),
      (bars, chosen, arm, more) => {
        const each = { bars, options: chosen, parameters: { arm }, grid: ['fast=1..4', 'slow=2..9:2', ...more] };
        const fast = figuresHere(each, true);
        const slow = figuresHere(each, false);
        expect(fast.length).toBe(slow.length);
        for (const [index, value] of fast.entries()) {
          // A set that is refused has no figures.
          if (index % SET_FIELDS > 0 && fast[index - (index % SET_FIELDS)] === SET_STATE.refused) continue;
          const other = slow[index] ?? Number.NaN;
          const isExact = [0, 4, 5].includes(index % SET_FIELDS);
          const isNear = Object.is(value, other) || Math.abs(value - other) <= (isExact ? 0 : 1e-9 * Math.max(1, Math.abs(other)));
          expect(isNear, `field ${index % SET_FIELDS} of set ${Math.floor(index / SET_FIELDS)}: ${value} is not ${other}`).toBe(true);
          plain += Number(index % SET_FIELDS === 4 && value > 0);
        }
      },
    ),
    { numRuns: 120 },
  );
  expect(plain).toBeGreaterThan(500);
});

test('a trade that ends where it began has no Sharpe ratio, though its value is rounded', () => {
  const price = (...values: readonly number[]): Float64Array => Float64Array.from(values);
  const [open, high, close] = [price(5, 5, 5, 4.96), price(5, 5, 5.03, 4.96), price(5, 5, 5.03, 4.96)];
  const bars = {
    length: 4,
    startAtMs: price(1, 2, 3, 4).map((hour) => hour * 3_600_000),
    open,
    high,
    low: open,
    close,
    volume: price(0, 0, 0, 0),
  };
  const free = { ...DEFAULT_BACKTEST_OPTIONS, commissionRate: 0 };
  const each = { bars, options: free, parameters: { arm: 'cross' }, grid: ['fast=1..4', 'slow=2..9:2'] };
  const [fast, slow] = [true, false].map((isFast) => figuresHere(each, isFast).subarray(0, SET_FIELDS));
  expect(slow).toEqual(Float64Array.of(SET_STATE.done, 0, Number.NaN, 0, 1, 1));
  expect([...(fast ?? [])]).toEqual([SET_STATE.done, expect.closeTo(0, 12), Number.NaN, 0, 1, 1]);
});

test('a row is what a backtest of its set says', async () => {
  const grid = ['fast=2..4', 'slow=3..6', 'direction=long,longshort'];
  const { rows, refused } = await sweep({ grid });
  // 3 × 4 pairs, of which (3, 3), (4, 3) and (4, 4) break the rule, both ways.
  expect(rows).toHaveLength(18);
  expect(refused).toBe(6);
  for (const { set, ...figures } of rows) {
    const [fast = 0, slow = 0, direction = ''] = set;
    const { backtest } = requestOf({ grid });
    const { metrics } = runBacktest({ ...backtest, parameters: { fast, slow, direction } });
    expect(figures).toMatchObject({ orders: metrics.orders, trades: metrics.trades });
    expect(figures.totalReturn).toBeCloseTo(metrics.totalReturn, 11);
    expect(figures.sharpe ?? 0).toBeCloseTo(metrics.sharpe ?? 0, 11);
    expect(figures.maxDrawdown).toBeCloseTo(metrics.maxDrawdown, 11);
  }
});

test.each([true, false])(
  'defaults that break the rule with a fixed parameter are no hindrance where an axis varies them: fast %s',
  async (fast) => {
    const { rows, refused } = await sweep({ parameters: { slow: 5 }, grid: ['fast=2..6'] }, { fast });
    expect(rows.map(({ set }) => set)).toEqual([[2], [3], [4]]);
    expect(refused).toBe(2);
  },
);

test('a chunk of nothing but refused sets', async () => {
  const { rows, refused } = await sweep({ grid: ['fast=10..15', 'slow=2..5'] }, { chunk: 4 });
  expect(rows).toEqual([]);
  expect(refused).toBe(24);
});

/** Promises to be a plain crossing, and sells short. */
const LIAR = `import { CrossingStrategy, Parameter, integer } from 'tidemark';
export default class Liar extends CrossingStrategy {
  private fast: Parameter = integer('fast', 2, 1, 50, 'Fast.');
  constructor() { super('liar', 'Liar', 'Lies.'); }
  fastPeriod(): i32 { return this.fast.int; }
  slowPeriod(): i32 { return 9; }
  isLongFlat(): bool { return true; }
  onCross(symbol: i32, isAbove: bool): void { this.target(symbol, isAbove ? 1 : -1, 'cross'); }
}`;

test('a strategy that breaks its promise is found out', async () => {
  await expect(sweep({ module: await compiled(LIAR), grid: ['fast=2..5'] })).rejects.toThrow(/isLongFlat\(\)/);
});

/** Remembers outside its class how often it was made and started, and trades by it. */
const REMEMBERING = `import { Parameter, Strategy, integer } from 'tidemark';
let made: i32 = 0;
let started: i32 = 0;
let bars: i32 = 0;
export default class Remembering extends Strategy {
  private every: Parameter = integer('every', 3, 1, 50, 'Every so many bars.');
  constructor() { super('remembering', 'Remembering', 'Remembers.'); made += 1; }
  onStart(): void { started += 1; }
  onBar(symbol: i32): void {
    bars += 1;
    if (bars % (this.every.int * made * started) == 0) this.target(symbol, this.position(symbol) > 0 ? 0 : 1, 'turn');
  }
}`;

test('a strategy that keeps something outside its class starts afresh with each set', async () => {
  const module = await compiled(REMEMBERING);
  expect(module.description.reusable).not.toBe(true);
  const { rows } = await sweep({ module, grid: ['every=3..6'] });
  expect(rows).toHaveLength(4);
  for (const { set, totalReturn, orders } of rows) {
    const { backtest } = requestOf({ module, grid: ['every=3'] });
    const { metrics } = runBacktest({ ...backtest, parameters: { every: set[0] ?? 0 } });
    expect({ totalReturn, orders }).toEqual({ totalReturn: metrics.totalReturn, orders: metrics.orders });
  }
});

const SPINNING = `import { Parameter, Strategy, integer } from 'tidemark';
export default class Spinning extends Strategy {
  private spin: Parameter = integer('spin', 0, 0, 9, 'Whether it hangs, from 5 on.');
  private turns: i32 = 0;
  constructor() { super('spinning', 'Spinning', 'Hangs.'); }
  onBar(symbol: i32): void { while (this.spin.int >= 5) this.turns += 1; }
}`;

test('an endless loop ends at the deadline; what came before it stays', async () => {
  const module = await compiled(SPINNING);
  const seen: number[] = [];
  const run = async (): Promise<void> => {
    const request = requestOf({ module, grid: ['spin=0..9'] });
    for await (const chunk of runSweep(request, { threads: 1, chunk: 5, deadlineMs: 1_500 })) seen.push(chunk.sets.length);
  };
  await expect(run()).rejects.toThrow(/endless loop/);
  expect(seen).toEqual([5]);
});

describe('values that a strategy does not take', () => {
  test.each([
    { name: 'no such parameter', grid: ['pace=1..3'], message: /pace/ },
    { name: 'below the least', grid: ['fast=0..3'], message: /fast.*1 to 10000/ },
    { name: 'not whole', grid: ['fast=1,2.5'], message: /fast.*2\.5/ },
    { name: 'no such choice', grid: ['direction=long,short'], message: /direction.*short.*long or longshort/ },
    { name: 'a name for a number', grid: ['fast=few,many'], message: /fast/ },
  ])('$name', async ({ grid, message }) => {
    const failure = await sweep({ grid }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'ParameterError' });
    expect(String(failure)).toMatch(message);
  });
});

test('states of sets are as the runner says', () => {
  const figures = figuresHere({ grid: ['fast=2,9', 'slow=5'] }, true);
  expect([figures[0], figures[SET_FIELDS]]).toEqual([SET_STATE.done, SET_STATE.refused]);
});

test('more averages than the memory holds at once: what they leave behind is collected', async () => {
  const [bars] = fc.sample(randomBars(5_000, 5_000), { numRuns: 1, seed: 8 });
  if (bars === undefined) throw new Error('Invariant: a sample of one');
  const { rows, refused } = await sweep({ grid: ['fast=2..4', 'slow=10..4000'], bars });
  expect([rows.length, refused]).toEqual([3 * 3_991, 0]);
  for (const index of [0, 5_000, rows.length - 1]) {
    const { set, ...found } = rows[index] ?? expect.fail('there is a row');
    const parameters = { fast: set[0] ?? 0, slow: set[1] ?? 0 };
    const series = [{ symbol: 'AAA', bars }];
    const { metrics } = runBacktest({ module: crossover, parameters, series, options: DEFAULT_BACKTEST_OPTIONS });
    expect(found.totalReturn).toBeCloseTo(metrics.totalReturn, 9);
    expect([found.orders, found.trades]).toEqual([metrics.orders, metrics.trades]);
  }
});
