import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktestInWorker } from './backtest-worker.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { ParameterError } from './errors.ts';
import { openStrategyWorker, type StrategyWorker } from './strategy-worker.ts';
import { openStrategy } from './strategy.ts';
import { StrategyTrap, type BarSeries, type Slice, type StrategyModule } from './types.ts';

/** One strategy that misbehaves in the way that its parameter says. */
const SOURCE = `import { Parameter, Strategy, choice } from 'tidemark';

class Node {
  next: Node | null = null;
  room: StaticArray<f64> = new StaticArray<f64>(4096);
}

export default class Misbehaving extends Strategy {
  private how: Parameter = choice('how', ['well', 'loop', 'loopAtStart', 'recursion', 'mutual', 'memory', 'nan', 'infinity', 'minusZero', 'large', 'symbol', 'throws', 'index', 'divide', 'flood', 'garbage', 'reason'], 'How.');
  private kept: Node | null = null;
  private bars: i32 = 0;

  constructor() {
    super('misbehaving', 'Misbehaving', 'Fails on purpose.');
  }

  onStart(): void {
    if (this.how.is('loopAtStart')) this.spin();
  }

  onBar(symbol: i32): void {
    this.bars += 1;
    if (this.how.is('well')) this.target(symbol, 0.5, 'fine');
    if (this.how.is('loop')) this.spin();
    if (this.how.is('recursion')) this.target(symbol, f64(this.deep(1) & 1), 'deep');
    if (this.how.is('mutual')) this.target(symbol, f64(this.even(1) & 1), 'mutual');
    if (this.how.is('memory')) this.hoard();
    if (this.how.is('nan')) this.target(symbol, 0.0 / (this.bar(symbol).volume * 0.0), 'nan');
    if (this.how.is('infinity')) this.target(symbol, Infinity, 'infinity');
    if (this.how.is('minusZero')) this.target(symbol, -0.0, 'minus zero');
    if (this.how.is('large')) this.target(symbol, 1.0000001, 'large');
    if (this.how.is('symbol')) this.target(symbol + 1, 1, 'no such symbol');
    if (this.how.is('throws')) throw new Error('planned failure');
    if (this.how.is('index')) this.target([0, 1][this.bars + 5], 1, 'index');
    if (this.how.is('divide')) this.target(symbol, f64(this.bars / (symbol - this.bars + 1)), 'divide');
    if (this.how.is('flood')) for (let i = 0; i < 1000000; i++) this.target(symbol, f64(i & 1), 'flood ');
    if (this.how.is('garbage')) for (let i = 0; i < 100; i++) this.target(symbol, 0, 'bar ' + this.bars.toString() + ' ' + new Node().room.length.toString());
    if (this.how.is('reason')) this.target(symbol, 1, 'x'.repeat(100000));
  }

  private spin(): void {
    while (this.bars >= 0) this.bars = this.bars & 1023;
  }

  private deep(depth: i32): i32 {
    return this.deep(depth + 1) + depth;
  }

  private even(depth: i32): i32 {
    return this.odd(depth + 1) ^ depth;
  }

  private odd(depth: i32): i32 {
    return this.even(depth + 1) + depth;
  }

  private hoard(): void {
    while (true) {
      const node = new Node();
      node.next = this.kept;
      this.kept = node;
    }
  }
}
`;

const BAR = { open: 10, high: 11, low: 9, close: 10, volume: 1000 };
const SLICE: Slice = { atMs: 1_700_000_000_000, bars: [BAR], positions: [0], cash: 1000, equity: 1000 };
/** Long where nothing should take long, for the machine may be busy. */
const DEADLINE_MS = 30_000;

let module: StrategyModule;
let healthy: StrategyWorker;

const open = (how: string, deadlineMs = DEADLINE_MS): Promise<StrategyWorker> =>
  openStrategyWorker(module, { parameters: { how }, symbols: ['AAA'], deadlineMs });

beforeAll(async () => {
  const result = await compileStrategy(SOURCE);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  module = result.module;
  healthy = await open('well');
});

afterAll(async () => {
  await healthy.close();
  await closeCompiler();
});

describe('a failure ends its own strategy only, with a trap', () => {
  const cases = [
    { how: 'loop', deadlineMs: 500, message: /longer than 500 ms/ },
    { how: 'recursion', message: /stack/ },
    { how: 'mutual', message: /stack/ },
    { how: 'memory', message: /unreachable|memory/ },
    { how: 'nan', message: /between -1 and 1/ },
    { how: 'infinity', message: /between -1 and 1/ },
    { how: 'large', message: /between -1 and 1/ },
    { how: 'symbol', message: /symbol index/ },
    { how: 'throws', message: /planned failure \(line 33, column 32\)/ },
    { how: 'index', message: /out of range/i },
    { how: 'divide', message: /divide by zero/ },
  ];
  test.each(cases)('$how', async ({ how, message, deadlineMs }) => {
    const worker = await open(how, deadlineMs);
    const failure = await worker.onBars(SLICE).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(StrategyTrap);
    expect(failure).toMatchObject({ message: expect.stringMatching(message) });
    await expect(worker.onBars(SLICE)).rejects.toBeInstanceOf(StrategyTrap);
    expect(await healthy.onBars(SLICE)).toMatchObject([
      { symbolIndex: 0, kind: 'target', measure: 'exposure', amount: 0.5, reason: 'fine' },
    ]);
  });
});

test('a loop while starting is ended', async () => {
  await expect(open('loopAtStart', 500)).rejects.toMatchObject({ name: 'StrategyTrap', message: expect.stringContaining('longer than') });
});

test('a loop in a backtest is ended at its deadline, and by its signal', async () => {
  const column = Float64Array.from({ length: 50 }, (_, index) => 10 + index);
  const bars: BarSeries = { length: 50, startAtMs: column, open: column, high: column, low: column, close: column, volume: column };
  const request = { module, parameters: { how: 'loop' }, series: [{ symbol: 'AAA', bars }], options: DEFAULT_BACKTEST_OPTIONS };
  await expect(runBacktestInWorker(request, { deadlineMs: 500 })).rejects.toBeInstanceOf(StrategyTrap);
  const reason = new Error('Changed my mind');
  const controller = new AbortController();
  const aborted = runBacktestInWorker(request, { signal: controller.signal });
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  const well = await runBacktestInWorker({ ...request, parameters: { how: 'well' } });
  expect(well.decisions).toHaveLength(50);
  expect(bars.close).toHaveLength(50);
});

test('minus zero becomes zero, and of many targets for a symbol the last one counts', async () => {
  const zero = await open('minusZero');
  const [target] = await zero.onBars(SLICE);
  expect(Object.is(target?.amount, 0)).toBe(true);
  await zero.close();
  const flood = await open('flood');
  const answered = await flood.onBars(SLICE);
  expect(answered).toHaveLength(1);
  expect(answered[0]).toMatchObject({ symbolIndex: 0, kind: 'target', measure: 'exposure', amount: 1, reason: 'flood ' });
  await flood.close();
});

test('a reason is cut at 400 characters', async () => {
  const worker = await open('reason');
  const [target] = await worker.onBars(SLICE);
  expect(target?.reason).toBe('x'.repeat(400));
  await worker.close();
});

test('what a strategy throws away is collected: memory does not run out in a long life', () => {
  const instance = openStrategy(module, { parameters: { how: 'garbage' }, symbols: ['AAA'] });
  let reason = '';
  // Each bar leaves three megabytes behind: thirty times the most that a module may have.
  for (let bar = 0; bar < 2_500; bar += 1) reason = instance.onBars(SLICE)[0]?.reason ?? '';
  expect(reason).toBe('bar 2500 4096');
});

test('after a trap an instance in this thread says the same again', () => {
  const instance = openStrategy(module, { parameters: { how: 'throws' }, symbols: ['AAA'] });
  expect(() => instance.onBars(SLICE)).toThrow(StrategyTrap);
  expect(() => instance.onBars(SLICE)).toThrow('planned failure');
});

describe('parameters are refused with name, value and bounds', () => {
  const cases = [
    { name: 'unknown', parameters: { speed: 1 }, parameter: 'speed', message: 'fast, slow, direction, arm' },
    { name: 'too small', parameters: { fast: 0 }, parameter: 'fast', message: 'from 1 to 10000' },
    { name: 'not whole', parameters: { fast: 2.5 }, parameter: 'fast', message: 'a whole number' },
    { name: 'not a number', parameters: { fast: 'ten' }, parameter: 'fast', message: '"ten"' },
    { name: 'empty', parameters: { fast: '' }, parameter: 'fast', message: 'whole number' },
    { name: 'no such choice', parameters: { direction: 'sideways' }, parameter: 'direction', message: 'long or longshort' },
    { name: 'a choice by index', parameters: { direction: 1 }, parameter: 'direction', message: 'long or longshort' },
    { name: 'together', parameters: { fast: 30, slow: 30 }, parameter: 'parameters', message: 'fast is smaller than slow' },
    { name: 'a name of the language', parameters: { ['__proto__x']: 1 }, parameter: '__proto__x', message: 'left out' },
  ];
  test.each(cases)('$name', async ({ parameters, parameter, message }) => {
    const builtIn = await compileBuiltIn('sma-crossover');
    const setup = { parameters, symbols: ['AAA'] };
    const failures = [
      await openStrategyWorker(builtIn, { ...setup, deadlineMs: DEADLINE_MS }).catch((error: unknown) => error),
      await Promise.resolve()
        .then(() => openStrategy(builtIn, setup))
        .catch((error: unknown) => error),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(ParameterError);
      expect(failure).toMatchObject({ parameter, message: expect.stringContaining(message) });
    }
  });

  test('numbers may be given as text', async () => {
    const instance = openStrategy(await compileBuiltIn('sma-crossover'), { parameters: { fast: '5', slow: '7' }, symbols: ['AAA'] });
    expect(instance.warmUp).toBe(7);
  });
});
