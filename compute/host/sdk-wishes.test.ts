import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { openStrategy } from './strategy.ts';
import type { BarSeries, SliceWish, StrategyModule } from './types.ts';

/** What each case wishes for at its only bar, and the sentence with which it fails; `undefined` where it is let through. */
const EXPOSURE = 'An exposure must be between -1 and 1';
const AMOUNT = 'The amount of an order must be a finite number other than 0';
const PRICE = (what: string): string => `${what} must be a positive price`;
const OR_NONE = (what: string): string => `${PRICE(what)}, or NaN for none`;
const CASES: readonly { readonly text: string; readonly fails?: string }[] = [
  { text: "this.target(0, 1.01, 'x')", fails: 'A target exposure must be between -1 and 1' },
  { text: "this.target(0, NaN, 'x')", fails: 'A target exposure must be between -1 and 1' },
  { text: "this.target(1, 0, 'x')", fails: 'A target names a symbol index that does not exist' },
  { text: "this.target(-1, 0, 'x')", fails: 'A target names a symbol index that does not exist' },
  { text: "this.target(0, 1, 'x', 0)", fails: OR_NONE('A stop loss') },
  { text: "this.target(0, 1, 'x', NaN, -1)", fails: OR_NONE('A take profit') },
  { text: "this.target(0, 1, 'x', Infinity)", fails: OR_NONE('A stop loss') },
  { text: "this.targetWeight(0, NaN, 'x')", fails: 'A target must be a finite number' },
  { text: "this.targetUnits(0, Infinity, 'x')", fails: 'A target must be a finite number' },
  { text: "this.targetNotional(0, -2e15, 'x')", fails: 'A target must be a finite number' },
  { text: "this.targetWeight(0, 2.5, 'x')" },
  { text: "this.submit(Order.market(0, NaN), 'x')", fails: AMOUNT },
  { text: "this.submit(Order.market(0, 0), 'x')", fails: AMOUNT },
  { text: "this.submit(Order.market(0, -Infinity), 'x')", fails: AMOUNT },
  { text: "this.submit(Order.market(2, 1), 'x')", fails: 'A target or an order names a symbol index that does not exist' },
  { text: "this.submit(Order.market(0, 1.5).byExposure(), 'x')", fails: EXPOSURE },
  { text: "this.submit(Order.market(0, NaN).byExposure(), 'x')", fails: EXPOSURE },
  { text: "this.submit(Order.limit(0, 1, NaN), 'x')", fails: PRICE('A limit') },
  { text: "this.submit(Order.limit(0, 1, 0), 'x')", fails: PRICE('A limit') },
  { text: "this.submit(Order.stop(0, 1, -5), 'x')", fails: PRICE('A stop') },
  { text: "this.submit(Order.stop(0, 1, Infinity), 'x')", fails: PRICE('A stop') },
  { text: "this.submit(Order.stopLimit(0, 1, 5, NaN), 'x')", fails: PRICE('A limit') },
  { text: "this.submit(Order.stopLimit(0, 1, NaN, 5), 'x')", fails: PRICE('A stop') },
  { text: "this.submit(Order.trailing(0, 1, 1), 'x')", fails: 'A trailing distance must be a fraction between 0 and 1' },
  { text: "this.submit(Order.trailing(0, 1, NaN), 'x')", fails: 'A trailing distance must be a fraction between 0 and 1' },
  { text: "this.submit(Order.trailingBy(0, 1, 0), 'x')", fails: 'A trailing distance must be above 0' },
  { text: "this.submit(Order.market(0, 1).bracket(-1, NaN), 'x')", fails: OR_NONE('A stop loss') },
  { text: "this.submit(Order.market(0, 1).bracket(NaN, 0), 'x')", fails: OR_NONE('A take profit') },
  { text: "this.submit(new Order(99, 0, 1), 'x')", fails: 'An order must be made by Order.market, limit, stop, stopLimit or trailing' },
  { text: "this.submit(new Order(0, 0, 1), 'x')", fails: 'An order must be made by Order.market, limit, stop, stopLimit or trailing' },
  { text: "this.submit(new Order(5, 0, 1), 'x')", fails: 'A trailing order needs a distance above 0, as a fraction below 1 or in money' },
  {
    text: "const it = Order.market(0, 1); it.measure = 9; this.submit(it, 'x')",
    fails: 'An order must be in units, or by exposure, weight or notional',
  },
  { text: "const it = Order.market(0, 3); it.measure = 0; this.submit(it, 'x')", fails: EXPOSURE },
  { text: "this.protect(0, 0, NaN, 'x')", fails: OR_NONE('A stop loss') },
  { text: "this.trail(0, 1.5, 'x')", fails: 'A trailing distance must be a fraction between 0 and 1, or NaN for none' },
  { text: "this.cancel(3, 1, 'x')", fails: 'A target or an order names a symbol index that does not exist' },
  { text: 'this.bar(1)', fails: 'There is no symbol of this index' },
  { text: 'this.position(-1)', fails: 'There is no symbol of this index' },
  { text: "for (let i = 0; i < 10000; i++) this.submit(Order.market(0, 1), 'x')" },
  {
    text: "for (let i = 0; i < 10001; i++) this.submit(Order.market(0, 1), 'x')",
    fails: 'More than 10000 targets and orders in one slice',
  },
  { text: "for (let i = 0; i < 20000; i++) this.target(0, 1, 'x')" },
  { text: "this.target(0, 1, 'first', 5, 7); this.submit(Order.market(0, 2).reduceOnly(), 'then'); this.targetUnits(0, -0.0, 'last')" },
  { text: "this.targetWeight(0, 0.25, 'w', 5, NaN)" },
  { text: "this.targetNotional(0, -900, 'n', NaN, 7)" },
  { text: "const it = Order.limit(0, 1, 9).oco(Order.stop(0, 1, 11)); this.cancel(0, this.submit(it.day().byWeight(), 'a'), 'b')" },
];

const SOURCE = `import { Order, Parameter, Strategy, integer } from 'tidemark';

export default class Wishing extends Strategy {
  private which: Parameter = integer('which', 0, 0, 1000, 'Which case.');

  constructor() {
    super('wishing', 'Wishing', 'Wishes.');
  }

${CASES.map(({ text }, index) => `  private do${index}(): void { ${text}; }`).join('\n')}

  onBars(): void {
${CASES.map((_, index) => `    if (this.which.int == ${index}) this.do${index}();`).join('\n')}
  }
}
`;

let module: StrategyModule;

beforeAll(async () => {
  const result = await compileStrategy(SOURCE);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  ({ module } = result);
});
afterAll(closeCompiler);

const BAR = { open: 10, high: 10, low: 10, close: 10, volume: 1 };
const column = Float64Array.of(10);
const BARS: BarSeries = {
  length: 1,
  startAtMs: Float64Array.of(0),
  open: column,
  high: column,
  low: column,
  close: column,
  volume: column,
};

function wishes(which: number): readonly SliceWish[] {
  const instance = openStrategy(module, { parameters: { which }, symbols: ['AAA'] });
  return instance.onBars({ atMs: 0, bars: [BAR], positions: [0], cash: 0, equity: 0 });
}

function decisions(which: number): number {
  const request = { module, parameters: { which }, series: [{ symbol: 'AAA', bars: BARS }], options: DEFAULT_BACKTEST_OPTIONS };
  return runBacktest(request).decisions.length;
}

describe('the engine and the backtest let the same through, and fail with the same sentence', () => {
  test.each(CASES.map((each, which) => ({ ...each, which })))('$text', ({ which, fails }) => {
    if (fails === undefined) {
      expect(wishes(which).length).toBe(decisions(which));
      return;
    }
    const sentence = new RegExp(`^The strategy stopped itself: ${fails}(?: \\(line \\d+, column \\d+\\))?$`);
    expect(() => wishes(which)).toThrow(sentence);
    expect(() => decisions(which)).toThrow(sentence);
  });
});

const found = (start: string): readonly SliceWish[] => wishes(CASES.findIndex(({ text }) => text.startsWith(start)));

describe('what is wished for', () => {
  test('the last target of a symbol counts, in the place of the first, with nothing left of it', () => {
    const [target, order, ...rest] = found("this.target(0, 1, 'first'");
    expect(rest).toEqual([]);
    expect(target).toMatchObject({ kind: 'target', measure: 'units', amount: 0, stopLoss: null, takeProfit: null, reason: 'last' });
    expect(Object.is(target?.amount, 0)).toBe(true);
    expect(order).toMatchObject({ kind: 'market', measure: 'units', amount: 2, reduceOnly: true, orderId: 1, reason: 'then' });
  });

  test('targets in other measures', () => {
    expect(found('this.targetWeight(0, 0.25')).toMatchObject([
      { kind: 'target', measure: 'weight', amount: 0.25, stopLoss: 5, takeProfit: null },
    ]);
    expect(found('this.targetNotional(0, -900')).toMatchObject([{ measure: 'notional', amount: -900, stopLoss: null, takeProfit: 7 }]);
  });

  test('ten thousand of them', () => {
    expect(found('for (let i = 0; i < 10000;')).toHaveLength(10_000);
    expect(found('for (let i = 0; i < 20000;')).toHaveLength(1);
  });

  test('orders with all that belongs to them, and what cancels them', () => {
    const [order, cancel] = found('const it = Order.limit(0, 1, 9).oco');
    expect(order).toMatchObject({ kind: 'limit', measure: 'weight', amount: 1, limit: 9, stop: null, day: true, group: 1, orderId: 1 });
    expect(cancel).toMatchObject({ kind: 'cancel', orderId: 1, reason: 'b' });
  });
});
