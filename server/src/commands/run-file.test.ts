import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_LIMITS } from '../../../compute/host/backtest-options.ts';
import { plainResult, realRun } from '../backtests/report/test/results.ts';
import { parseRun, RunFileError } from './run-file.ts';

const run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 400 });

/** The fields that a run had before there were orders, other fill models, margin and limits. */
function asWrittenBefore(text: string): Record<string, unknown> {
  const { options, metrics, decisions, ...rest } = JSON.parse(text) as {
    options: Record<string, unknown>;
    metrics: Record<string, unknown>;
    decisions: Record<string, unknown>[];
  };
  const old = ['cash', 'commissionRate', 'commissionFixed', 'commissionPerUnit', 'slippageBps', 'fill', 'size', 'wholeUnits'];
  const kept = (fields: Record<string, unknown>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
  const { financing: _financing, dividends: _dividends, ...oldMetrics } = metrics;
  return {
    ...rest,
    options: kept(options, [...old, 'unaffordable', 'periodsPerYear', 'seed']),
    metrics: oldMetrics,
    decisions: decisions.map((decision) => kept(decision, ['time', 'symbol', 'exposure', 'reason'])),
  };
}

describe('a run file', () => {
  test('is read as it was printed', () => {
    expect(parseRun(JSON.stringify(run.result), 'run.json')).toEqual(run.result);
  });

  test('with limits and orders is read as it was printed', () => {
    const limited = plainResult([100, 101]);
    const order = {
      time: '2024-01-01T00:00:00Z',
      symbol: 'SYM',
      exposure: null,
      reason: 'r',
      kind: 'stop-limit',
      measure: 'notional',
      amount: -5,
      limit: 9,
      stop: 10,
      trail: null,
      trailFraction: null,
      stopLoss: 12,
      takeProfit: null,
      orderId: 3,
    } as const;
    const options = {
      ...limited.options,
      fill: 'volume-share',
      leverage: 2,
      risk: { ...DEFAULT_BACKTEST_LIMITS, orderRisk: null },
    } as const;
    const whole = { ...limited, options, decisions: [order] };
    expect(parseRun(JSON.stringify(whole), 'run.json')).toEqual(whole);
  });

  test('that was written before there was more is read as the run that it was', () => {
    expect(run.result.decisions.length).toBeGreaterThan(2);
    const old = asWrittenBefore(JSON.stringify(run.result));
    expect(JSON.stringify(old)).not.toMatch(/"kind":"target"|financing|leverage/);
    expect(parseRun(JSON.stringify(old), 'old.json')).toEqual(run.result);
  });

  test.each([
    { name: 'no JSON', text: '{', message: 'old.json: is not JSON' },
    { name: 'an unknown fill model', change: { fill: 'hope' }, message: 'field options.fill' },
    { name: 'a limit that is no number', change: { risk: { drawdown: 'much' } }, message: 'field options.risk.drawdown' },
    { name: 'a missing option that was always there', change: { cash: undefined }, message: 'field options.cash' },
  ])('with $name is refused, the field named', ({ text, change, message }) => {
    const given = text ?? JSON.stringify({ ...run.result, options: { ...run.result.options, ...change } });
    expect(() => parseRun(given, 'old.json')).toThrow(RunFileError);
    expect(() => parseRun(given, 'old.json')).toThrow(message);
  });
});
