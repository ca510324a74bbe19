import { expect, test } from 'vitest';
import { openStatistics } from '@tidemark/compute/statistics';
import { draw } from '../../backtests/drawings.ts';
import { plainResult, realRun } from '../../backtests/report/test/results.ts';
import { openDrawing } from '../../platform/drawing/drawing.ts';
import { runResultsOf } from './run-results.ts';

const statistics = await openStatistics();
const stored = new Map(
  [100, 200].map((start) => [`run-${start}`, JSON.stringify(plainResult(Array.from({ length: 50 }, (_, day) => start + Math.sin(day))))]),
);

test('several fields of a run read its text once, what a run came to is worked out once, and a failure is not kept', async () => {
  const read: string[] = [];
  const drawing = openDrawing({ report: () => undefined });
  const results = runResultsOf({
    drawing,
    result: (id) => {
      read.push(id);
      return Promise.resolve(stored.get(id));
    },
    selection: () => Promise.resolve(undefined),
    series: () => Promise.resolve(undefined),
  });
  try {
    const [figures, trades, curve] = await Promise.all([
      results.figures('run-100'),
      results.trades('run-100'),
      results.curve('run-100', 10),
    ]);
    expect(read).toEqual(['run-100']);
    const result = stored.get('run-100') ?? '';
    expect(figures).toEqual(await draw({ kind: 'figures', result, selection: undefined }, statistics));
    expect(figures.badges).toContain('fewer than 30 trades');
    expect(trades).toEqual([]);
    expect(curve).toEqual(await draw({ kind: 'curve', result, points: 10 }, statistics));
    expect(curve).toHaveLength(10);
    expect(await results.figures('run-100')).toEqual(figures);
    expect(read).toHaveLength(1);
    expect((await results.figures('run-200')).metrics).not.toEqual(figures.metrics);
    await expect(results.figures('run-300')).rejects.toThrow('the run run-300 is done and has no result');
    stored.set('run-300', stored.get('run-200') ?? '');
    expect((await results.figures('run-300')).metrics).toEqual((await results.figures('run-200')).metrics);
  } finally {
    await drawing.close();
  }
});

test('round trips are read with the bars of the run’s span, and a cone is worked out once', async () => {
  const { result, series } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 600 });
  const text = JSON.stringify(result);
  let read = 0;
  const spans: unknown[] = [];
  const drawing = openDrawing({ report: () => undefined });
  const results = runResultsOf({
    drawing,
    result: () => {
      read += 1;
      return Promise.resolve(text);
    },
    selection: () => Promise.resolve(undefined),
    series: (span) => {
      spans.push(span);
      return Promise.resolve(series);
    },
  });
  try {
    const { symbols, from, to } = result.data;
    expect(await results.roundTrips('run-1')).toEqual(await draw({ kind: 'round-trips', result: text, series }, statistics));
    expect(spans).toEqual([{ symbols, from, to, timeframe: '1Day' }]);
    read = 0;
    const [cone, again] = await Promise.all([results.cone('run-1'), results.cone('run-1')]);
    expect(cone).toEqual(await draw({ kind: 'cone', result: text }, statistics));
    expect(again).toBe(cone);
    expect(await results.cone('run-1')).toBe(cone);
    expect(read).toBe(1);
  } finally {
    await drawing.close();
  }
});
