import { describe, expect, test } from 'vitest';
import { renderReport, reportJson } from './report.ts';
import { plainResult, realRun } from './test/results.ts';

const run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { slippageBps: 2 });
const context = { series: run.series, command: 'npx tidemark backtest --strategy sma-crossover', engineVersion: '1.2.3' };
const page = renderReport(run.result, context);

function embedded(text: string): { result: unknown; figures: Record<string, unknown> } {
  const json = /<script type="application\/json" id="report-data">([\s\S]*?)<\/script>/.exec(text)?.[1];
  return JSON.parse(json ?? '') as { result: unknown; figures: Record<string, unknown> };
}

describe('a real run', () => {
  test('gives the same bytes again, and after a journey through JSON', () => {
    expect(renderReport(run.result, context)).toBe(page);
    expect(renderReport(JSON.parse(JSON.stringify(run.result)) as typeof run.result, context)).toBe(page);
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
    expect(JSON.parse(reportJson(run.result, context))).toEqual(embedded(page));
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
    const text = renderReport(result, { engineVersion: '1' });
    for (const word of words) expect(text).toContain(word);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('few trades withhold figures per trade, and a short run the annual ones', async () => {
    const { result, series } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 120 });
    const text = renderReport(result, { series, engineVersion: '1' });
    expect(text).toMatch(/\d closed trades?, fewer than 30/);
    expect(text).toContain('less than a year of bars');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('fills at the signal’s own close are called what they are', async () => {
    const { result, series } = await realRun('rsi-reversion', {}, { fill: 'same-close' });
    expect(renderReport(result, { series, engineVersion: '1' })).toContain(
      'nobody can trade at a price that is known only when it is past',
    );
  });
});
