import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { goldenPath } from './golden-backtests.ts';
import type { BacktestOptions, BacktestTrade, BarSeries, ParameterValues } from './types.ts';

interface GoldenTrade {
  readonly entry_bar: number;
  readonly entry_price: number;
  readonly exit_bar: number | null;
  readonly exit_price: number | null;
  readonly size: number;
}

interface Outcome {
  readonly trades: readonly GoldenTrade[];
  readonly final_equity: number;
}

interface Situation {
  readonly id: string;
  readonly why: string;
  readonly bars: readonly (readonly [number, number, number, number])[];
  readonly side: 'buy' | 'sell';
  readonly entry: 'market' | 'limit' | 'stop';
  readonly price: number | null;
  readonly sl: number | null;
  readonly tp: number | null;
  readonly close_fill: boolean;
  readonly close_signal_bar: number | null;
  readonly backtestingpy: Outcome;
  readonly backtrader: Outcome;
  readonly engines_agree: boolean;
}

/** One order after the close of bar 1, and an exit after the close of another where asked for. Prices of 0 are none. */
const SOURCE = `
import { Order, Parameter, Strategy, choice, integer, number } from 'tidemark';
export default class OneOrder extends Strategy {
  private side: Parameter = choice('side', ['buy', 'sell'], 'Side.');
  private entry: Parameter = choice('entry', ['market', 'limit', 'stop'], 'Kind.');
  private price: Parameter = number('price', 0, 0, 1000, 'Price.');
  private stopLoss: Parameter = number('stopLoss', 0, 0, 1000, 'Stop loss.');
  private takeProfit: Parameter = number('takeProfit', 0, 0, 1000, 'Take profit.');
  private closeBar: Parameter = integer('closeBar', -1, -1, 100, 'Exit after this bar.');
  private bar_: i32 = -1;
  constructor() { super('one-order', 'One order', 'One order.'); }
  onBar(symbol: i32): void {
    this.bar_ += 1;
    if (this.bar_ == this.closeBar.int) this.target(symbol, 0, 'exit');
    if (this.bar_ != 1) return;
    const units: f64 = this.side.is('buy') ? 10 : -10;
    const price = this.price.value;
    const order = this.entry.is('market') ? Order.market(symbol, units) : this.entry.is('limit') ? Order.limit(symbol, units, price) : Order.stop(symbol, units, price);
    const stop = this.stopLoss.value > 0 ? this.stopLoss.value : NaN;
    const profit = this.takeProfit.value > 0 ? this.takeProfit.value : NaN;
    this.submit(order.bracket(stop, profit), 'entry');
  }
}`;

const { setup, cases } = JSON.parse(readFileSync(goldenPath('backtests/microcases.json'), 'utf8')) as {
  setup: string;
  cases: readonly Situation[];
};
const compiled = await compileStrategy(SOURCE);
await closeCompiler();
if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
const { module } = compiled;

function toSeries(bars: Situation['bars']): BarSeries {
  const column = (place: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(bars, (bar) => bar[place]);
  const startAtMs = Float64Array.from(bars, (_, index) => index * 86_400_000);
  return { length: bars.length, startAtMs, open: column(0), high: column(1), low: column(2), close: column(3), volume: startAtMs };
}

const OPTIONS: BacktestOptions = { ...DEFAULT_BACKTEST_OPTIONS, cash: 10_000, commissionRate: 0.001, wholeUnits: true };

function expectTrade(trade: BacktestTrade | undefined, golden: GoldenTrade): void {
  expect(trade).toMatchObject({
    direction: golden.size > 0 ? 'long' : 'short',
    size: Math.abs(golden.size),
    entryBar: golden.entry_bar,
    entryPrice: golden.entry_price,
    exitBar: golden.exit_bar,
    exitPrice: golden.exit_price,
  });
}

test('the situations are the ones that are meant', () => {
  expect(setup).toContain('cash 10000, size 10, commission 0.1 %');
  expect(cases).toHaveLength(27);
  expect(cases.filter(({ engines_agree: agree }) => !agree)).toHaveLength(4);
});

describe.each(['backtestingpy', 'backtrader'] as const)('as %s has it', (engine) => {
  test.each(cases)('$id: $why', (situation) => {
    const { side, entry, price, sl, tp, close_signal_bar: closeBar } = situation;
    const parameters: ParameterValues = {
      side,
      entry,
      price: price ?? 0,
      stopLoss: sl ?? 0,
      takeProfit: tp ?? 0,
      closeBar: closeBar ?? -1,
    };
    const options: BacktestOptions = {
      ...OPTIONS,
      fill: situation.close_fill ? 'same-close' : 'next-open',
      protectiveFrom: engine === 'backtrader' ? 'next-bar' : 'entry-bar',
    };
    const series = [{ symbol: 'AAA', bars: toSeries(situation.bars) }];
    const { trades, metrics } = runBacktest({ module, parameters, series, options });
    const golden = situation[engine];
    expect(trades).toHaveLength(golden.trades.length);
    for (const [index, each] of golden.trades.entries()) expectTrade(trades[index], each);
    expect(metrics.finalEquity).toBeCloseTo(golden.final_equity, 9);
  });
});
