import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import type { BacktestRequest } from './kernel-run.ts';
import type { BacktestOptions, BacktestResult, BarSeries, StrategyModule } from './types.ts';

/** For tests: one module for many cases, each of which says by name what it wishes for; `at` is the index of the slice. */
export async function compileCases(cases: Readonly<Record<string, string>>): Promise<StrategyModule> {
  const names = Object.keys(cases);
  const source = `import { Order, Parameter, Strategy, choice } from 'tidemark';
export default class Cases extends Strategy {
  private which: Parameter = choice('which', [${names.map((name) => `'${name}'`).join(', ')}], 'Which case.');
  private at: i32 = -1;
  constructor() { super('cases', 'Cases', 'Cases.'); }
  onBars(): void {
    this.at += 1;
    const at = this.at;
    ${names.map((name) => `if (this.which.is('${name}')) { ${cases[name]} }`).join('\n    ')}
  }
}`;
  const result = await compileStrategy(source);
  await closeCompiler();
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.module;
}

export const DAY_MS = 86_400_000;

/** Open, high, low, close, and volume where it matters. */
export type Row = readonly [number, number, number, number, number?];

/** Bars at even distances from the beginning of 1970; a single number is a bar that does not move. */
export function toBars(rows: readonly (Row | number)[], everyMs = DAY_MS, startMs = 0): BarSeries {
  const full = rows.map((row): Row => (typeof row === 'number' ? [row, row, row, row] : row));
  const column = (place: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(full, (row) => row[place]);
  return {
    length: rows.length,
    startAtMs: Float64Array.from(full, (_, index) => startMs + index * everyMs),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: Float64Array.from(full, (row) => row[4] ?? 1000),
  };
}

export interface CaseRun extends Partial<Pick<BacktestRequest, 'actions' | 'finerBars' | 'fast'>> {
  readonly bars?: readonly (Row | number)[];
  readonly everyMs?: number;
  readonly series?: BacktestRequest['series'];
  readonly options?: Partial<BacktestOptions>;
}

/** Ten thousand of cash and no costs, unless the case says otherwise; the symbol is AAA. */
export function runCase(
  module: StrategyModule,
  which: string,
  { bars = [], everyMs = DAY_MS, series, options, ...rest }: CaseRun,
): BacktestResult {
  return runBacktest({
    module,
    parameters: { which },
    series: series ?? [{ symbol: 'AAA', bars: toBars(bars, everyMs) }],
    options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 10_000, commissionRate: 0, ...options },
    ...rest,
  });
}
