import { describe, expect, test } from 'vitest';
import { compileSweep } from '../build.ts';
import { readGolden } from './golden-backtests.ts';
import { SweepModule, type CrossoverArm, type CrossoverFigures, type CrossoverJob } from './sweep-module.ts';

const WINDOW_MIN = 2;
const WINDOW_MAX = 101;

const sweep = new SweepModule(await WebAssembly.compile(Uint8Array.from(await compileSweep())));
const bars = readGolden('sweep/d5000.csv');
const column = (name: string): Float64Array => Float64Array.from(bars, (row) => Number(row[name]));
const closes = column('close');
const opens = column('open');
const rows = Array.from({ length: WINDOW_MAX - WINDOW_MIN + 1 }, (_, index) => WINDOW_MIN + index);

const CASES: readonly { readonly file: string; readonly delay: 0 | 1 }[] = [
  { file: 'sweep/vectorbt_close_t.csv', delay: 0 },
  { file: 'sweep/vectorbt_open_t1.csv', delay: 1 },
];

function runAll(golden: readonly Readonly<Record<string, string>>[], delay: 0 | 1, arm: CrossoverArm): readonly CrossoverFigures[] {
  const costs = { cash: 100, commissionRate: 0.001, commissionFixed: 0, commissionPerUnit: 0, slippage: 0, periodsPerYear: 252 };
  const job: CrossoverJob = { closes, fillPrices: delay === 1 ? opens : closes, delay, rows, arm, ...costs };
  const pairs = golden.flatMap((row) => [Number(row['fast']) - WINDOW_MIN, Number(row['slow']) - WINDOW_MIN]);
  return sweep.open(job)?.run(Int32Array.from(pairs)) ?? [];
}

describe.each(CASES)('every row of $file', ({ file, delay }) => {
  const golden = readGolden(file);

  // No averages of this series are ever equal, so both ways to arm give the same.
  test.each(['strict', 'cross'] as const)('armed by %s', (arm) => {
    const figures = runAll(golden, delay, arm);
    expect(golden).toHaveLength(4950);
    expect(figures).toHaveLength(4950);
    const worst = { totalReturn: 0, sharpe: 0, maxDrawdown: 0, orders: 0, trades: 0 };
    const differ = (figure: keyof CrossoverFigures, actual: number | undefined, expected: string | undefined): void => {
      const distance = Math.abs(Number(actual) - Number(expected));
      // Written so that a figure that is not a number counts as a difference.
      if (!(distance <= worst[figure])) worst[figure] = distance;
    };
    for (const [index, row] of golden.entries()) {
      differ('totalReturn', figures[index]?.totalReturn, row['total_return']);
      differ('sharpe', figures[index]?.sharpe, row['sharpe_252'] ?? row['sharpe']);
      differ('maxDrawdown', figures[index]?.maxDrawdown, row['max_drawdown']);
      differ('orders', figures[index]?.orders, row['orders']);
      differ('trades', figures[index]?.trades, row['trades']);
    }
    expect(worst).toMatchObject({ orders: 0, trades: 0 });
    expect(worst.totalReturn).toBeLessThan(1e-12);
    expect(worst.sharpe).toBeLessThan(1e-12);
    expect(worst.maxDrawdown).toBeLessThan(1e-12);
  });
});
