import { afterAll, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import type { BarSeries } from './types.ts';

afterAll(closeCompiler);

/** Says position, entry price and working orders at each bar, and acts by a plan. */
const SOURCE = `import { Order, Strategy } from 'tidemark';

export default class Planned extends Strategy {
  private at: i32 = 0;

  constructor() {
    super('planned', 'Planned', 'Acts by a plan.');
  }

  onBar(symbol: i32): void {
    const told = this.position(symbol).toString() + ' ' + this.entryPrice(symbol).toString() + ' ' + this.working(symbol).toString();
    if (this.at == 0) this.targetUnits(symbol, 10, told, 1, 1000);
    if (this.at == 1) this.submit(Order.limit(symbol, 10, 5), told);
    if (this.at == 2) this.submit(Order.market(symbol, 10), told);
    if (this.at == 3) this.submit(Order.stop(symbol, 5, 900), told);
    if (this.at == 4) this.cancelAll(symbol, told);
    if (this.at == 5) this.submit(Order.market(symbol, -40), told);
    if (this.at == 6) this.targetUnits(symbol, 0, told);
    if (this.at == 7) this.protect(symbol, 1, NaN, told);
    this.at += 1;
  }
}
`;

test('position, entry price and working orders are those after the fills of the bar', async () => {
  const compiled = await compileStrategy(SOURCE);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const open = Float64Array.of(100, 100, 110, 120, 130, 140, 150, 160);
  const startAtMs = open.map((_, bar) => bar * 86_400_000);
  const bars: BarSeries = { length: 8, startAtMs, open, high: open, low: open, close: open, volume: open };
  const options = { ...DEFAULT_BACKTEST_OPTIONS, commissionRate: 0 };
  const { decisions, trades } = runBacktest({ module: compiled.module, parameters: {}, series: [{ symbol: 'AAA', bars }], options });
  expect(decisions.map(({ reason }) => reason.split(' ').map(Number))).toEqual([
    [0, Number.NaN, 0],
    // The target filled at 100; its protective orders are not counted.
    [10, 100, 0],
    // The limit rests.
    [10, 100, 1],
    // The market order of the bar before filled at 120: the average of two entries.
    [20, 110, 1],
    // Limit and stop.
    [20, 110, 2],
    [20, 110, 0],
    // From 20 long to 20 short: the entry is that of the new position.
    [-20, 150, 0],
    [0, Number.NaN, 0],
  ]);
  expect(trades.map(({ direction, size, entryPrice, exitPrice }) => [direction, size, entryPrice, exitPrice])).toEqual([
    ['long', 10, 100, 150],
    ['long', 10, 120, 150],
    ['short', 20, 150, 160],
  ]);
});
