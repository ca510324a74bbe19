import { returnsOf } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import { describe, expect, test } from 'vitest';
import { renderReport, reportJson } from './report.ts';
import { resampledEquityOf } from './resampled-equity.ts';
import type { ResampledEquity } from './resampled-equity.ts';
import { plainResult, realRun } from './test/results.ts';

const statistics = await openStatistics();

const run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { slippageBps: 2 });
const context = { series: run.series, command: 'npx tidemark backtest --strategy sma-crossover', engineVersion: '1.2.3' };
const page = renderReport(run.result, context, statistics);

function embedded(text: string): { result: unknown; figures: Record<string, unknown> } {
  const json = /<script type="application\/json" id="report-data">([\s\S]*?)<\/script>/.exec(text)?.[1];
  return JSON.parse(json ?? '') as { result: unknown; figures: Record<string, unknown> };
}

describe('a real run', () => {
  test('gives the same bytes again, and after a journey through JSON', () => {
    expect(renderReport(run.result, context, statistics)).toBe(page);
    expect(renderReport(JSON.parse(JSON.stringify(run.result)) as typeof run.result, context, statistics)).toBe(page);
  });

  test('names nothing outside the file', () => {
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/@import|url\((?!#)|<script(?! type="application\/json")|<iframe|<object/);
  });

  test('shows its figures as the result has them', () => {
    const { metrics, strategy, data } = run.result;
    expect(page).toContain((metrics.sharpe ?? 0).toFixed(2));
    for (const text of [strategy.version, data.hash, context.command, 'Tidemark 1.2.3', 'fast = 10, slow = 50'])
      expect(page).toContain(text);
  });

  test('carries the whole result as JSON, the same that is given alone', () => {
    expect(embedded(page).result).toEqual(JSON.parse(JSON.stringify(run.result)));
    expect(JSON.parse(reportJson(run.result, context, statistics))).toEqual(embedded(page));
  });

  test('its cone is stated with its seed, ends where the bootstrap of the statistics core ends, and is another one of another seed', () => {
    const seeded = (seed: number) => ({ ...run.result, options: { ...run.result.options, seed } });
    const text = renderReport(seeded(7), context, statistics);
    expect(renderReport(seeded(7), context, statistics)).toBe(text);
    expect(text).toMatch(/Monte Carlo cone <small>of 1,000 accounts/);
    expect(text).toMatch(/in blocks of \d+ bars on average, by the stationary bootstrap with\s+seed 7\./);
    const coneIn = (page: string) => embedded(page).figures['cone'] as ResampledEquity;
    const cone = coneIn(text);
    expect(cone).toMatchObject({ method: 'stationary', seed: 7, paths: 1_000 });
    const returns = returnsOf(run.result) ?? expect.unreachable('the run is not ruined');
    expect(cone.points.at(-1)?.bar).toBe(returns.length);
    const { cumulativeReturn } = statistics.bootstrap(returns, { seed: 7, replications: 1_000, blockLength: cone.blockLength });
    for (const [place, share] of cumulativeReturn.quantiles.entries())
      expect((cone.points.at(-1)?.wealth[place] ?? 0) - 1).toBeCloseTo(share ?? Number.NaN, 9);
    const lost = cumulativeReturn.values.filter((value) => value < 0).length;
    expect(cone.lossShare).toBeCloseTo(lost / 1_000, 12);
    expect(coneIn(renderReport(seeded(8), context, statistics)).points).not.toEqual(cone.points);
  });

  test('derived figures agree with the metrics of the kernel', () => {
    const figures = embedded(page).figures as {
      sharpe: { sharpe: number };
      drawdowns: { depth: number }[];
      costs: { net: number };
      years: { return: number }[];
    };
    const { metrics, options } = run.result;
    expect(figures.sharpe.sharpe).toBeCloseTo(metrics.sharpe ?? Number.NaN, 12);
    expect(figures.drawdowns[0]?.depth).toBeCloseTo(metrics.maxDrawdown, 12);
    expect(figures.costs.net).toBeCloseTo(metrics.finalEquity - options.cash, 9);
    expect(figures.years.reduce((total, year) => total * (1 + year.return), 1) - 1).toBeCloseTo(metrics.totalReturn, 10);
  });
});

describe('runs with little to say', () => {
  test.each([
    { name: 'no bars at all', result: plainResult([]), words: ['n/a', 'there were no trades'] },
    { name: 'one bar', result: plainResult([100]), words: ['1 return, fewer than 30', 'Monte Carlo cone</h2>'] },
    {
      name: 'nothing ever moved',
      result: plainResult(Array.from({ length: 31 }, () => 100)),
      words: ['equity never moved', 'never below its high-water mark'],
    },
    { name: 'ruin', result: plainResult([100, 0, -20]), words: ['Equity reached zero or less', 'equity reached zero'] },
  ])('$name', ({ result, words }) => {
    const text = renderReport(result, { engineVersion: '1' }, statistics);
    for (const word of words) expect(text).toContain(word);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([
    { name: 'a ruin', result: plainResult([100, 0, -20]), reason: 'equity reached zero' },
    { name: 'few returns', result: plainResult([100, 90, 95]), reason: 'fewer than 30 returns' },
    { name: 'no movement', result: plainResult(Array.from({ length: 31 }, () => 100)), reason: 'equity never moved' },
  ])('$name has no cone, and says why', ({ result, reason }) => {
    const text = renderReport(result, { engineVersion: '1' }, statistics);
    expect(embedded(text).figures['cone']).toEqual({ reason });
    expect(text).toMatch(new RegExp(`<h2>Monte Carlo cone</h2>\\s*<p class="muted">n/a: ${reason}\\.</p>`));
  });

  test('a long run has fewer accounts, and never fewer than a hundred', () => {
    const pathsOf = (bars: number): number => {
      const cone = resampledEquityOf(
        Float64Array.from({ length: bars }, (_, bar) => 0.001 * Math.sin(bar)),
        1,
        undefined,
        statistics,
      );
      return 'reason' in cone ? expect.unreachable(cone.reason) : cone.paths;
    };
    expect([pathsOf(50_000), pathsOf(100_000), pathsOf(600_000)]).toEqual([1_000, 500, 100]);
  });

  test('few trades withhold figures per trade, and a short run the annual ones', async () => {
    const { result, series } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 120 });
    const text = renderReport(result, { series, engineVersion: '1' }, statistics);
    expect(text).toMatch(/\d closed trades?, fewer than 30/);
    expect(text).toContain('less than a year of bars');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('bars of a day’s quarters are named, and a year of daily bars is not theirs', () => {
    const day = (index: number): number => Date.UTC(2024, 0, 1 + Math.floor(index / 26), 14, 30 + (index % 26) * 15);
    const equity = Array.from({ length: 26 * 60 }, (_, index) => ({
      time: new Date(day(index)).toISOString().replace('.000', ''),
      equity: 100 + (index % 7),
    }));
    const base = plainResult([]);
    const data = { ...base.data, from: equity[0]?.time ?? '', to: equity.at(-1)?.time ?? '', bars: equity.length };
    const daily = renderReport({ ...base, data, equity }, { engineVersion: '1' }, statistics);
    expect(daily).toContain('1,560 bars of 15Min');
    expect(daily).toMatch(/Annual figures take 252 bars for a year, but a year has about 9,\d{3} of these bars of 15Min/);
    const options = { ...base.options, periodsPerYear: 6_552 };
    const text = renderReport({ ...base, data, equity, options }, { engineVersion: '1' }, statistics);
    expect(text).not.toContain('Annual figures take');
    expect(text).toContain('Less than a year of bars');
    expect(text).toContain('less than a year of bars');
    const { rolling } = embedded(text).figures as { rolling: { window: number } };
    expect(rolling.window).toBe(3_276);
  });

  test('fills at the signal’s own close are called what they are', async () => {
    const { result, series } = await realRun('rsi-reversion', {}, { fill: 'same-close' });
    expect(renderReport(result, { series, engineVersion: '1' }, statistics)).toContain(
      'nobody can trade at a price that is known only when it is past',
    );
  });
});
