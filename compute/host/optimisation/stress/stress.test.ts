import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../../backtest-options.ts';
import { runBacktest } from '../../backtest.ts';
import { compileBuiltIn } from '../../built-ins.ts';
import type { BacktestRequest } from '../../kernel-run.ts';
import { randomBars } from '../../random-bars.ts';
import type { BarSeries } from '../../types.ts';
import { keptBars, missingBars, priceGap, volatilitySpike } from './changed-bars.ts';
import { stressScenarios } from './scenarios.ts';
import { formatStress, runStressCommand, type StressCommand } from './stress-command.ts';
import { runStress } from './stress.ts';

const module = await compileBuiltIn('sma-crossover');
const [BARS, OTHERS] = fc.sample(randomBars(300, 300), { numRuns: 2, seed: 11 });
if (BARS === undefined || OTHERS === undefined) throw new Error('Invariant: two samples');
const SERIES = [
  { symbol: 'AAA', bars: BARS },
  { symbol: 'BBB', bars: OTHERS },
];
const PRICES = ['open', 'high', 'low', 'close'] as const;
const at = (bar: number): number => BARS.startAtMs[bar] ?? Number.NaN;
const only = (bars: BarSeries | undefined): BarSeries => {
  if (bars === undefined) throw new Error('Invariant: a series');
  return bars;
};
const move = ({ close }: BarSeries, bar: number): number => Math.log((close[bar] ?? Number.NaN) / (close[bar - 1] ?? Number.NaN));

describe('changed bars', () => {
  test('a spike multiplies moves in its span, and no others', () => {
    const spiked = only(volatilitySpike(SERIES, at(100), at(119), 3)[0]?.bars);
    for (const name of PRICES) expect(spiked[name].slice(0, 100)).toEqual(BARS[name].slice(0, 100));
    for (let bar = 100; bar < 300; bar += 1) expect(move(spiked, bar)).toBeCloseTo(move(BARS, bar) * (bar < 120 ? 3 : 1), 9);
    for (let bar = 0; bar < 300; bar += 1) {
      const [open = 0, high = 0, low = 0, close = 0] = PRICES.map((name) => spiked[name][bar]);
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close) * (1 - 1e-12));
      expect(low).toBeLessThanOrEqual(Math.min(open, close) * (1 + 1e-12));
    }
  });

  test('a gap moves one open, and every later price with it', () => {
    const gapped = only(priceGap(SERIES, at(50) - 1, -0.1)[0]?.bars);
    for (const name of PRICES) {
      expect(gapped[name].slice(0, 50)).toEqual(BARS[name].slice(0, 50));
      expect(gapped[name].slice(50)).toEqual(BARS[name].slice(50).map((price) => price * 0.9));
    }
    expect(only(priceGap(SERIES, at(299) + 1, -0.1)[0]?.bars).close).toEqual(BARS.close);
  });

  test('bars that are missing are missing for all symbols, whatever other bars there are', () => {
    const both = missingBars(
      [
        { symbol: 'AAA', bars: BARS },
        { symbol: 'BBB', bars: { ...OTHERS, startAtMs: BARS.startAtMs } },
      ],
      0.2,
      7,
    );
    const left = only(both[0]?.bars);
    expect(only(both[1]?.bars).startAtMs).toEqual(left.startAtMs);
    expect(left.length).toBeGreaterThan(210);
    expect(left.length).toBeLessThan(270);
    const half = keptBars(SERIES, (atMs) => atMs < at(150));
    expect(only(missingBars(half, 0.2, 7)[0]?.bars).startAtMs).toEqual(left.startAtMs.filter((each) => each < at(150)));
    expect(only(missingBars(SERIES, 0.2, 8)[0]?.bars).startAtMs).not.toEqual(left.startAtMs);
  });
});

const OPTIONS = { ...DEFAULT_BACKTEST_OPTIONS, slippageBps: 5, fill: 'spread' as const, spreadBps: 10 };
const BASE: BacktestRequest = { module, parameters: { fast: 3, slow: 10 }, series: [{ symbol: 'AAA', bars: BARS }], options: OPTIONS };

describe('scenarios', () => {
  const result = runBacktest(BASE);
  test('strike where it hurts, and change nothing before', () => {
    const longest = Math.max(...result.trades.map(({ entryBar, exitBar }) => (exitBar ?? 299) - entryBar));
    const scenarios = stressScenarios(BASE, result);
    const { title, request } = scenarios.find(({ name }) => name === 'gap-down') ?? { title: '', request: null };
    const struck = result.equity.findIndex(({ time }) => title.endsWith(time));
    expect(
      result.trades.some(
        ({ entryBar, exitBar }) => (exitBar ?? 299) - entryBar === longest && entryBar <= struck && struck <= (exitBar ?? 299),
      ),
    ).toBe(true);
    if (request === null) throw new Error('Invariant: a gap is run');
    const gapped = runBacktest(request);
    expect(gapped.equity.slice(0, struck)).toEqual(result.equity.slice(0, struck));
    expect(gapped.equity[struck]?.equity).toBeLessThan(result.equity[struck]?.equity ?? 0);
  });

  test('an outage hides its bars and no others', () => {
    const outage = stressScenarios(BASE, result, { atMs: at(200), outageBars: 4 }).find(({ name }) => name === 'outage');
    const times = outage?.request?.series[0]?.bars.startAtMs;
    expect(times).toEqual(BARS.startAtMs.filter((_, bar) => bar < 200 || bar > 203));
  });

  test('dearer trading costs more; what would be the same is not run, and says why', async () => {
    const rows = (await runStress(BASE, {}, runBacktest)).scenarios;
    for (const name of ['slippage', 'spread']) expect(rows.find((row) => row.name === name)?.change?.totalReturn).toBeLessThan(0);
    const cheap = stressScenarios({ ...BASE, options: DEFAULT_BACKTEST_OPTIONS }, result);
    expect(cheap.filter(({ request }) => request === null).map(({ name, note }) => `${name}: ${note}`)).toEqual([
      'slippage: the base run has no slippage: give --slippage-bps',
      'spread: the base run has no spread: give --fill spread and --spread-bps',
      'late: orders fill at the next open already, and there is no later fill',
    ]);
    const early = stressScenarios({ ...BASE, options: { ...OPTIONS, fill: 'same-close' } }, result);
    expect(early.find(({ name }) => name === 'late')?.request?.options.fill).toBe('next-open');
  });

  test('a what-if is the backtest that it names', async () => {
    const { scenarios } = await runStress(BASE, { parameters: [{ fast: 4 }], withoutDays: ['1970-01-03'] }, runBacktest);
    const changed = scenarios.find(({ name }) => name === 'what if fast=4');
    expect(changed?.metrics).toEqual(runBacktest({ ...BASE, parameters: { fast: 4, slow: 10 } }).metrics);
    const day = scenarios.find(({ name }) => name === 'without 1970-01-03');
    const series = keptBars(BASE.series, (atMs) => !new Date(atMs).toISOString().startsWith('1970-01-03'));
    expect(day?.metrics).toEqual(runBacktest({ ...BASE, series }).metrics);
  });
});

const COMMAND: StressCommand = { strategy: 'sma-crossover', series: BASE.series, param: ['fast=3', 'slow=10'], slippageBps: '5' };

test('the command tells every scenario that ran, and why one did not', async () => {
  const told: string[] = [];
  const { result } = await runStressCommand(
    { ...COMMAND, whatIf: ['fast=4,slow=12'] },
    { onProgress: (done, total) => told.push(`${done}/${total}`) },
  );
  expect(told.at(-1)).toBe('9/9');
  const table = formatStress(result);
  for (const { title } of result.scenarios) expect(table).toContain(title);
  expect(table).toContain('Not run: spread × 5; the base run has no spread');
});

test.each<readonly [Partial<StressCommand>, string]>([
  [{ at: 'soon' }, '--at is "soon"; it must be a day or an instant'],
  [{ at: '2024-01-01' }, '--at is 2024-01-01T00:00:00Z, after the last bar'],
  [{ without: ['1970-02-30'] }, '--without is "1970-02-30"; it must be a day'],
  [{ without: ['1999-01-01'] }, '--without is 1999-01-01, a day without bars'],
  [{ whatIf: ['fast'] }, '--what-if is "fast"; it must be name=value'],
  [{ spikeBars: '0' }, '--spike-bars is "0"; it must be a whole number from 1'],
])('%j is wrong usage', async (change, message) => {
  const failing = runStressCommand({ ...COMMAND, ...change });
  await expect(failing).rejects.toThrow(message);
  await expect(failing).rejects.toMatchObject({ name: 'UsageError' });
});
