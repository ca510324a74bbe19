import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBuiltIn, DEFAULT_BACKTEST_OPTIONS, runBacktest } from '@tidemark/compute';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRun, finishRun } from '../backtests/service.ts';
import { sampleShare } from '../instruments/sample-instrument.ts';
import { saveInstruments } from '../instruments/service.ts';
import { importCsv } from '../market-data/service.ts';
import { storedBars } from '../graphql/capabilities/stored-bars.ts';
import { instantFromMs } from '../money/instant.ts';
import { openDatabase } from '../platform/database.ts';
import type { OpenedDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { saveVersion } from '../strategies/service.ts';
import { replay } from './replay/test/recorded-backups.ts';

let dataDir: string;
const parameters = { fast: 3, slow: 8 };
const AT = instantFromMs(0);

async function withDatabase(use: (db: OpenedDatabase['db']) => Promise<void>): Promise<void> {
  const database = await openDatabase({ dataDir });
  await use(database.db);
  await database.close();
}

function csv(): string {
  const rows = Array.from({ length: 200 }, (_, index) => {
    const close = (100 + 10 * Math.sin(index / 6)).toFixed(2);
    return `${new Date(Date.UTC(2022, 0, 1) + index * 86_400_000).toISOString()},${close},${close},${close},${close},1000`;
  });
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidemark-run-'));
  const path = join(dataDir, 'aldr.csv');
  await writeFile(path, csv());
  const module = await compileBuiltIn('sma-crossover');
  await withDatabase(async (db) => {
    await migrate(db);
    await saveInstruments(db, [sampleShare('ALDR', { name: 'Alder' })]);
    await importCsv(db, { path, timeframe: '1Day', symbol: 'ALDR', adjustment: 'raw', onBad: 'fail' });
    await saveVersion(db, { module, name: 'sma-crossover', source: '' }, AT);
    const bars = await storedBars(db).read({ symbol: 'ALDR', timeframe: '1Day', from: undefined, to: undefined, last: undefined });
    const result = runBacktest({ module, parameters, series: [{ symbol: 'ALDR', bars }], options: DEFAULT_BACKTEST_OPTIONS });
    const run = {
      strategyName: 'sma-crossover',
      version: module.version,
      parameters,
      symbols: ['ALDR'],
      command: '',
      request: '{}',
      createdAt: AT,
    };
    for (const id of ['run-1', 'run-2']) await createRun(db, { ...run, id, from: undefined, to: undefined });
    await finishRun(db, 'run-1', result, { at: AT, command: '', contentKey: '' });
  });
});
afterAll(async () => await rm(dataDir, { recursive: true }));

test('a recorded backtest is made again, and a changed result, other bars and another module are told', async () => {
  const of = async (...args: readonly string[]) => await replay(['--data-dir', dataDir, '--run', ...args]);
  expect(await of('run-1')).toMatchObject({ code: 0, out: expect.stringContaining('the same in every figure'), err: '' });
  const json = await of('run-1', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ run: 'run-1', equal: true, bars: 200, difference: null });
  expect(await of('run-2')).toMatchObject({ code: 2, err: expect.stringMatching(/has no result: it is queued/) });
  expect(await of('run-9')).toMatchObject({ code: 2, err: expect.stringMatching(/no run with the id run-9/) });
  expect(await of('run-1', '--from', '5')).toMatchObject({ code: 2, err: expect.stringMatching(/--from does not go with it/) });
  expect(await replay(['--data-dir', '/nowhere', '--run', 'run-1'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/does not exist/),
  });

  await withDatabase(async (db) => {
    await sql`update runs set result = jsonb_set(result::jsonb, '{trades,0,entryPrice}', '1.5')`.execute(db);
  });
  expect(await of('run-1')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/Field trades\[0\]\.entryPrice: recorded 1\.5, replayed \d/),
  });
  await withDatabase(async (db) => {
    await sql`update bars set close = close * 1.0001, high = high * 1.001 where ctid = (select min(ctid) from bars)`.execute(db);
  });
  expect(await of('run-1')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/Field data\.hash: recorded "[0-9a-f]{64}", replayed "[0-9a-f]{64}"/),
  });
  await withDatabase(async (db) => void (await sql`delete from strategy_versions`.execute(db)));
  expect(await of('run-1')).toMatchObject({ code: 2, err: expect.stringMatching(/is not among the records/) });
});
