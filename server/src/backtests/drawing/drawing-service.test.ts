import { openStatistics } from '@tidemark/compute/statistics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainResult, realRun } from '../report/test/results.ts';
import type { RealRun } from '../report/test/results.ts';
import { tradesCsv } from '../run-csv.ts';
import { DrawingFailed, openDrawing } from './drawing-service.ts';
import type { Drawing } from './drawing-service.ts';
import { draw } from './drawings.ts';

const statistics = await openStatistics();

const PARTS = { engineVersion: '1.2.3', title: 'Crossover', series: undefined, module: undefined };

let run: RealRun;
let text: string;
let drawing: Drawing;
beforeAll(async () => {
  run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { slippageBps: 2 });
  text = JSON.stringify(run.result);
  drawing = openDrawing();
});
afterAll(() => drawing.close());

describe('in a thread of its own', () => {
  test('the documents are those that are drawn here', async () => {
    const parts = { ...PARTS, series: run.series };
    const page = await drawing.report(text, parts);
    expect(page).toContain('the strategy was run again over the same bars');
    expect(page).toBe(await draw({ kind: 'report', result: text, parts }, statistics));
    expect(await drawing.document('trades', text)).toBe(tradesCsv(run.result));
    expect(JSON.parse(await drawing.document('json', text))).toEqual(JSON.parse(text));
    expect(await drawing.compare([text, text])).toEqual(await draw({ kind: 'comparison', results: [text, text] }, statistics));
  }, 60_000);

  test('tells what a run is over, the timeframe too', async () => {
    const { symbols, from, to } = run.result.data;
    expect(await drawing.span(text)).toEqual({ symbols, from, to, timeframe: '1Day' });
    const quarters = run.result.equity.map((point, index) => ({ ...point, time: new Date(index * 900_000).toISOString() }));
    expect(await drawing.span(JSON.stringify({ ...run.result, equity: quarters }))).toMatchObject({ timeframe: '15Min' });
    expect(await drawing.span(JSON.stringify(plainResult([100])))).toMatchObject({ timeframe: undefined });
  });

  test('what cannot be drawn says what and why, and the next one is drawn', async () => {
    const [failed, drawn] = await Promise.allSettled([drawing.document('equity', '{"half'), drawing.document('equity', text)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(DrawingFailed) });
    expect(failed).toMatchObject({ reason: { message: expect.stringMatching(/^The equity as CSV could not be drawn: .*JSON/) } });
    expect(drawn).toMatchObject({ status: 'fulfilled', value: expect.stringMatching(/^time,equity,drawdown\n/) });
    expect(await drawing.document('equity', text)).toMatch(/^time,equity/);
  });
});

test('whatever takes too long is ended and said', async () => {
  const hasty = openDrawing({ deadlineMs: 1 });
  try {
    await expect(hasty.report(text, { ...PARTS, series: run.series })).rejects.toThrow(
      'The report could not be drawn: it took longer than 0.001 s and was ended',
    );
  } finally {
    await hasty.close();
  }
});

test('closing ends what is being drawn, and nothing is drawn afterwards', async () => {
  const closing = openDrawing();
  const waiting = closing.report(text, { ...PARTS, series: run.series });
  const refused = expect(waiting).rejects.toThrow(DrawingFailed);
  await closing.close();
  await refused;
  await expect(closing.document('json', text)).rejects.toThrow('The run as JSON is not drawn: the server is closing.');
});
