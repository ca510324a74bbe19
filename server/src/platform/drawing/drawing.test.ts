import { openStatistics } from '@tidemark/compute/statistics';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { plainResult, realRun } from '../../backtests/report/test/results.ts';
import type { RealRun } from '../../backtests/report/test/results.ts';
import { tradesCsv } from '../../backtests/run-csv.ts';
import type { ReportParts } from '../../backtests/drawings.ts';
import { openArtifacts } from '../artifacts/settings.ts';
import type { ArtifactSettings } from '../artifacts/settings.ts';
import { reportName } from './kept-reports.ts';
import { DrawingFailed, openDrawing } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { draw } from '../../backtests/drawings.ts';

const statistics = await openStatistics();

const failures: string[] = [];
const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
const PARTS = { engineVersion: '1.2.3', title: 'Crossover', series: undefined, module: undefined };

let run: RealRun;
let text: string;
let drawing: Drawing;
beforeAll(async () => {
  run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { slippageBps: 2 });
  text = JSON.stringify(run.result);
  drawing = openDrawing({ report });
});
afterAll(() => drawing.close());

describe('in a thread of its own', () => {
  test('the documents are those that are drawn here', { timeout: 60_000 }, async () => {
    const parts = { ...PARTS, series: run.series };
    const page = await drawing.report(text, parts);
    expect(page).toContain('the strategy was run again over the same bars');
    expect(page).toBe(await draw({ kind: 'report', result: text, parts }, statistics));
    expect(await drawing.document('trades', text)).toBe(tradesCsv(run.result));
    expect(JSON.parse(await drawing.document('json', text))).toEqual(JSON.parse(text));
    expect(await drawing.figures(text, undefined)).toEqual(await draw({ kind: 'figures', result: text, selection: undefined }, statistics));
    expect(await drawing.trades(text)).toEqual(JSON.parse(JSON.stringify(run.result.trades)));
    expect(await drawing.curve(text, 100)).toEqual(await draw({ kind: 'curve', result: text, points: 100 }, statistics));
    expect(await drawing.compare([text, text])).toEqual(await draw({ kind: 'comparison', results: [text, text] }, statistics));
  });

  test('tells what a run is over, the timeframe too', { timeout: 60_000 }, async () => {
    const { symbols, from, to } = run.result.data;
    expect(await drawing.span(text)).toEqual({ symbols, from, to, timeframe: '1Day' });
    const quarters = run.result.equity.map((point, index) => ({ ...point, time: new Date(index * 900_000).toISOString() }));
    expect(await drawing.span(JSON.stringify({ ...run.result, equity: quarters }))).toMatchObject({ timeframe: '15Min' });
    expect(await drawing.span(JSON.stringify(plainResult([100])))).toMatchObject({ timeframe: undefined });
  });

  test('what cannot be drawn says what and why, and the next one is drawn', { timeout: 60_000 }, async () => {
    const [failed, drawn] = await Promise.allSettled([drawing.document('equity', '{"half'), drawing.document('equity', text)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(DrawingFailed) });
    expect(failed).toMatchObject({ reason: { message: expect.stringMatching(/^The equity as CSV could not be drawn: .*JSON/) } });
    expect(drawn).toMatchObject({ status: 'fulfilled', value: expect.stringMatching(/^time,equity,drawdown\n/) });
    expect(await drawing.document('equity', text)).toMatch(/^time,equity/);
  });
});

test('whatever takes too long is ended and said', { timeout: 60_000 }, async () => {
  const hasty = openDrawing({ deadlineMs: 1, report });
  try {
    await expect(hasty.report(text, { ...PARTS, series: run.series })).rejects.toThrow(
      'The report could not be drawn: it took longer than 0.001 s and was ended',
    );
  } finally {
    await hasty.close();
  }
});

test('closing ends what is being drawn, and nothing is drawn afterwards', { timeout: 60_000 }, async () => {
  const closing = openDrawing({ report });
  const waiting = closing.report(text, { ...PARTS, series: run.series });
  const refused = expect(waiting).rejects.toThrow(DrawingFailed);
  await closing.close();
  await refused;
  await expect(closing.document('json', text)).rejects.toThrow('The run as JSON is not drawn: the server is closing.');
});

describe('reports that are kept', () => {
  let folder: string;
  let artifacts: ArtifactSettings;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
    artifacts = { kind: 'folder', folder, bytesMax: Infinity };
    failures.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const nameOf = (parts: ReportParts = PARTS, program?: string): string => reportName({ kind: 'report', result: text, parts }, program);

  test('the second reader is handed the first one’s bytes', { timeout: 60_000 }, async () => {
    const keeping = openDrawing({ artifacts, report });
    try {
      const page = await keeping.report(text, PARTS);
      const kept = openArtifacts(artifacts);
      const hash = await kept.find(nameOf());
      expect(Buffer.from((await kept.get(hash ?? '')) ?? []).toString('utf8')).toBe(page);
      // What stands there now is what is handed out: it is not drawn again.
      await kept.point(nameOf(), await kept.put(Buffer.from('kept')));
      expect(await keeping.report(text, PARTS)).toBe('kept');
      expect(await keeping.report(text, { ...PARTS, title: 'Another' })).toContain('Another');
      expect(failures).toEqual([]);
    } finally {
      await keeping.close();
    }
  });

  test('a damaged one, and a place that cannot be written, are told of and drawn anew', { timeout: 60_000 }, async () => {
    const kept = openArtifacts(artifacts);
    const hash = await kept.put(Buffer.from('whole'));
    await kept.point(nameOf(), hash);
    await writeFile(join(folder, 'sha256', hash.slice(0, 2), hash), 'broken');
    const keeping = openDrawing({ artifacts, report });
    const nowhere = openDrawing({
      artifacts: { kind: 'folder', folder: join(folder, 'sha256', hash.slice(0, 2), hash), bytesMax: Infinity },
      report,
    });
    try {
      expect(await keeping.report(text, PARTS)).toContain('Crossover');
      expect(failures.splice(0)).toEqual([expect.stringMatching(/could not be read, and is drawn anew: .*holds bytes of the SHA-256/)]);
      expect(await keeping.report(text, PARTS)).toContain('Crossover');
      expect(failures.splice(0)).toEqual([]);
      expect(await nowhere.report(text, PARTS)).toContain('Crossover');
      expect(failures).toEqual([
        expect.stringMatching(/ENOTDIR/),
        expect.stringMatching(/a report could not be kept: .*(?:ENOTDIR|EEXIST)/),
      ]);
    } finally {
      await keeping.close();
      await nowhere.close();
    }
  });

  test('another result, word, module, bar or program is another name', () => {
    const { series } = run;
    const dearer = series.map(({ symbol, bars }) => ({ symbol, bars: { ...bars, close: bars.close.map((close) => close * 2) } }));
    const names = [
      nameOf(),
      nameOf({ ...PARTS, title: 'Another' }),
      nameOf({ ...PARTS, engineVersion: '1.2.4' }),
      nameOf({ ...PARTS, series }),
      nameOf({ ...PARTS, series: dearer }),
      nameOf(PARTS, 'another program'),
      reportName({ kind: 'report', result: `${text} `, parts: PARTS }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(nameOf()).toBe(names[0]);
  });
});
