import { describe, expect, test } from 'vitest';
import { readGolden } from './golden-backtests.ts';
import { runSweepCommand, type SweepCommand } from './sweep-command.ts';
import type { BarSeries } from './types.ts';

const rows = readGolden('sweep/d5000.csv');
const column = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[name]));
const bars: BarSeries = {
  length: rows.length,
  startAtMs: Float64Array.from(rows, (_, index) => index * 86_400_000),
  open: column('open'),
  high: column('high'),
  low: column('low'),
  close: column('close'),
  volume: column('volume'),
};

const COMMAND: SweepCommand = {
  strategy: 'sma-crossover',
  series: [{ symbol: 'AAA', bars }],
  param: ['arm=strict'],
  cash: '100',
  grid: ['fast=2..101', 'slow=2..101'],
  where: 'fast<slow',
  threads: '2',
};

describe.each([
  { fill: 'same-close', file: 'sweep/vectorbt_close_t.csv' },
  { fill: 'next-open', file: 'sweep/vectorbt_open_t1.csv' },
])('$file by the command', ({ fill, file }) => {
  const golden = readGolden(file);

  async function linesOf(command: SweepCommand): Promise<readonly (readonly string[])[]> {
    let text = '';
    const summary = await runSweepCommand(command, { write: (piece) => void (text += piece) });
    expect(summary.refused).toBe(0);
    const [header, ...lines] = text.trimEnd().split('\n');
    expect(header).toBe('fast,slow,total_return,sharpe,max_drawdown,orders,trades');
    return lines.map((line) => line.split(','));
  }

  function expectGolden(lines: readonly (readonly string[])[], expected: typeof golden): void {
    expect(lines).toHaveLength(expected.length);
    const worst = { total_return: 0, sharpe_252: 0, max_drawdown: 0 };
    for (const [index, row] of expected.entries()) {
      const [fast, slow, total_return, sharpe_252, max_drawdown, orders, trades] = lines[index] ?? [];
      expect({ fast, slow, orders, trades }).toEqual({
        fast: row['fast'],
        slow: row['slow'],
        orders: row['orders'],
        trades: row['trades'],
      });
      const found = { total_return, sharpe_252, max_drawdown };
      for (const name of ['total_return', 'sharpe_252', 'max_drawdown'] as const) {
        const distance = Math.abs(Number(found[name]) - Number(row[name]));
        // Written so that a figure that is not a number counts as a difference.
        if (!(distance <= worst[name])) worst[name] = distance;
      }
    }
    expect(Math.max(worst.total_return, worst.sharpe_252, worst.max_drawdown)).toBeLessThan(1e-9);
  }

  test('all 4,950 sets', async () => {
    expect(golden).toHaveLength(4950);
    expectGolden(await linesOf({ ...COMMAND, fill }), golden);
  });

  test('a hundredth of them bar by bar', async () => {
    const lines = await linesOf({ ...COMMAND, fill, barByBar: true, grid: ['fast=2..101:10', 'slow=2..101:10'] });
    const some = golden.filter((row) => Number(row['fast']) % 10 === 2 && Number(row['slow']) % 10 === 2);
    expect(lines).toHaveLength(45);
    expectGolden(lines, some);
  });
});
