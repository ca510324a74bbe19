import { openStatistics } from '@tidemark/compute/statistics';
import { describe, expect, test } from 'vitest';
import { renderReport, reportJson } from './report.ts';
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
    { name: 'one bar', result: plainResult([100]), words: ['1 return, fewer than 30'] },
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
