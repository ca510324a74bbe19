import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { readBarsCsv } from './csv.ts';
import { goldenPath } from './golden-backtests.ts';
import { formatTime } from './simulate.ts';
import { openStrategy } from './strategy.ts';
import type { BacktestOptions, BacktestResult, BarSeries, ParameterValues, SliceBar, StrategyModule } from './types.ts';

const UNITS = 100;
const RATE = 0.001;
const OPTIONS: BacktestOptions = {
  ...DEFAULT_BACKTEST_OPTIONS,
  cash: 1e9,
  commissionRate: RATE,
  size: { kind: 'units', units: UNITS },
  wholeUnits: true,
};

function barAt(bars: BarSeries, index: number): SliceBar {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return { open: at(bars.open), high: at(bars.high), low: at(bars.low), close: at(bars.close), volume: at(bars.volume) };
}

/** The engine's way: slices into an instance, and a broker as naive as can be: each order fills at the next open. */
function decideByEngine(module: StrategyModule, parameters: ParameterValues, bars: BarSeries): BacktestResult['decisions'] {
  const instance = openStrategy(module, { parameters, symbols: ['AAA'] });
  const decisions: BacktestResult['decisions'][number][] = [];
  let cash = OPTIONS.cash;
  let position = 0;
  let wished = 0;
  for (let index = 0; index < bars.length; index += 1) {
    const bar = barAt(bars, index);
    // A flip is two fills at the same open; their commissions add up to that of the whole way.
    const units = wished - position;
    cash -= units * bar.open + Math.abs(units) * bar.open * RATE;
    position = wished;
    const atMs = bars.startAtMs[index] ?? Number.NaN;
    const slice = { atMs, bars: [bar], positions: [position], cash, equity: cash + position * bar.close };
    for (const { symbolIndex: _symbol, day: _day, reduceOnly: _reduce, group: _group, ...wish } of instance.onBars(slice)) {
      decisions.push({ time: formatTime(atMs), symbol: 'AAA', exposure: wish.amount, ...wish });
      wished = wish.amount * UNITS;
    }
  }
  return decisions;
}

describe('engine and kernel decide the same', () => {
  const strategies = [
    { strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 } },
    { strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, direction: 'longshort' } },
    { strategy: 'sma-crossover', parameters: { fast: 3, slow: 4, arm: 'strict' } },
    { strategy: 'rsi-reversion', parameters: { period: 14, low: 30, high: 70 } },
  ];
  const files = ['GOOG_daily_2004_2013', 'SPX_daily_2000_2020', 'BTCUSD_daily_2014_2018', 'EURUSD_hourly_2017_2018'];
  const cases = strategies.flatMap((each) => files.map((file) => ({ ...each, file })));
  test.each(cases)('$strategy $parameters on $file', async ({ strategy, parameters, file }) => {
    const module = await compileBuiltIn(strategy);
    const [bars] = (await readBarsCsv(goldenPath(`data/${file}.csv`))).symbols.values();
    if (bars === undefined) throw new Error('The golden file holds no bars');
    const result = runBacktest({ module, parameters, series: [{ symbol: 'AAA', bars }], options: OPTIONS });
    expect(result.decisions.length).toBeGreaterThan(5);
    expect(decideByEngine(module, parameters, bars)).toEqual(result.decisions);
  });
});
