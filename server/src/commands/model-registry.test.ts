import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainInWorker } from '@tidemark/compute/models';
import type { BarSeries } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invite } from '../accounts/people-service.ts';
import { changeModel } from '../models/life-service.ts';
import { modelById } from '../models/service.ts';
import { createTraining, trainingById } from '../models/training-record-service.ts';
import { workOutTraining } from '../models/training-work-service.ts';
import { instant, instantFromMs } from '../money/instant.ts';
import type { Database } from '../platform/database.ts';
import { measureDrift } from '../predictions/drift.ts';
import { recordProgress } from '../predictions/service.ts';
import { withDatabase } from './stored-bars.ts';
import { runCommand } from './test/run-command.ts';
import type { Ended } from './test/run-command.ts';

const ROWS = 260;
const column = (read: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => read(row));
const close = (row: number): number => 100 + 8 * Math.sin(row / 11) + 5 * Math.sin(row / 7);
const SERIES: BarSeries = {
  length: ROWS,
  startAtMs: column((row) => Date.UTC(2018, 0, 1) + row * 86_400_000),
  open: column(close),
  high: column((row) => close(row) + 1),
  low: column((row) => close(row) - 1),
  close: column(close),
  volume: column(() => 1_000),
};
const LONG_AGO = instant('2020-02-03T04:05:06Z');
const now = () => instantFromMs(Date.now());

/** Trains as the server does, at some time, and gives the model's id. */
async function train(db: Kysely<Database>, id: string, seed: string, by: string, at = now(), parent?: string): Promise<string> {
  const features = seed === '0' ? 'return_5,rsi_14' : 'return_5';
  const flags = { strategy: 'ml-direction', model: 'logistic', features, split: 'k-fold:3', seed, notes: `seed ${seed}` };
  const request = {
    flags: parent === undefined ? flags : { ...flags, parent },
    symbols: ['ALDR'],
    timeframe: '1Day',
    from: undefined,
    to: undefined,
    lifeDays: 91,
  } as const;
  await db.transaction().execute((trx) => createTraining(trx, { id, request, by, at }));
  await workOutTraining(
    id,
    { signal: new AbortController().signal },
    {
      db,
      now: () => at,
      version: 'test',
      bars: () => Promise.resolve(SERIES),
      train: trainInWorker,
      watch: { add: () => () => undefined, notify: () => undefined },
      report: (what, error) => expect.unreachable(`${what}: ${String(error)}`),
    },
  );
  const training = await trainingById(db, id);
  return training?.modelId ?? expect.unreachable(training?.error);
}

let folder: string;
let first: string;
let second: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
  await withDatabase(folder, {}, async (db) => {
    const ann = await invite(db, { name: 'Ann', role: 'trader', by: 'test' }, now());
    const by = `user:${ann?.person.id ?? ''}`;
    first = await train(db, 'training-1', '0', by, LONG_AGO);
    second = await train(db, 'training-2', '1', by, now(), first);
    await changeModel(db, second, 'shadow', { by, reason: 'to be watched', at: now() });
    await changeModel(db, second, 'freeze', { by, reason: 'until Monday', at: now() });
    const reference = (await modelById(db, second))?.reference ?? expect.unreachable('a model has a reference');
    // A window in which nothing moves is far from any training.
    const rows = Array.from({ length: reference.window }, () => ({ features: new Float64Array([0.5]), score: 0.9 }));
    const measured = measureDrift(reference, rows, []);
    const drift = measured ?? expect.unreachable('a full window is measured');
    await recordProgress(db, 1, [{ ...drift, strategyId: 'mind', version: 'v', modelId: second, decidedAt: LONG_AGO }]);
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const models = (...args: readonly string[]): Promise<Ended> => runCommand(['models', ...args, '--data-dir', folder]);
const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await models(...args, '--json')).out) as unknown;
const short = (id: string): string => id.slice(0, 12);

describe('models list without a folder', () => {
  test('is the registry, newest first: state, expiry, health', async () => {
    const { code, out, err } = await models('list');
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^model +state +expires +health +trained +of$/);
    expect(lines[1]).toMatch(
      new RegExp(`^${short(second)} +shadow, frozen +\\d{4}-\\d\\d-\\d\\d +0 LOW +\\S+ +ml-direction on ALDR \\(1Day\\)$`),
    );
    expect(lines[2]).toMatch(new RegExp(`^${short(first)} +candidate +2020-05-04 EXPIRED +n/a +2020-02-03 +ml-direction on ALDR`));
    expect(lines).toHaveLength(3);
  });

  test('of one state, as JSON', async () => {
    expect(await json('list', '--state', 'candidate')).toMatchObject({
      models: [{ id: first, state: 'candidate', frozen: false, expired: true, health: null, createdBy: 'Ann', parent: null }],
    });
    expect(await json('list', '--state', 'shadow')).toMatchObject({
      models: [{ id: second, frozen: true, expired: false, health: { score: 0, alertBelow: 50, strategyId: 'mind' }, parent: first }],
    });
    expect(await json('list', '--state', 'champion')).toEqual({ models: [] });
    const none = await models('list', '--state', 'retired');
    expect([none.code, none.out, none.err]).toEqual([0, '', 'No model of the registry is retired\n']);
  });
});

test('models show of the first digits of an id: what its training came to, and what it is now', async () => {
  const { code, out } = await models('show', short(second));
  expect(code).toBe(0);
  for (const part of [
    `model    ${second}`,
    'state    shadow, frozen',
    'health   0.0 of 100, LOW: people are told below 50, by psi; strategy mind, 2020-02-03T04:05:06Z',
    ' by Ann\n',
    `parent   ${first}`,
    'notes    seed 1',
  ])
    expect(out).toContain(part);
  expect((await models('show', first)).out).toContain('expires  2020-05-04T04:05:06Z: EXPIRED, it opens no positions');
  expect(await json('show', short(first))).toMatchObject({ id: first, manifest: { id: first, training: { seed: 0 } } });
});

test('models lineage: whom it follows, who follows it, and each step of its life', async () => {
  const { out } = await models('lineage', short(second));
  expect(out).toMatch(new RegExp(`\\n  +${short(first)} .*\\n> +${short(second)} `));
  expect(out).toMatch(/Z {2}shadow, candidate to shadow, by Ann: to be watched\n/);
  expect(out).toMatch(/Z {2}freeze, by Ann: until Monday\n$/);
  expect(await json('lineage', first)).toMatchObject({
    unknownAncestor: null,
    ancestors: [],
    model: { id: first },
    successors: [{ id: second }],
    changes: [],
  });
  expect(await json('lineage', second)).toMatchObject({
    ancestors: [{ id: first }],
    successors: [],
    changes: [{ action: 'shadow', from: 'candidate', to: 'shadow', by: 'Ann', secondPerson: null }, { action: 'freeze' }],
  });
});

test.each([
  ['a state that is none', ['list', '--state', 'gone'], '--state is one of candidate, shadow, champion, retired; "gone" is none of them'],
  ['an id that nothing has', ['show', '00000000'], 'The registry holds no model 00000000'],
  ['a word that is no id', ['lineage', 'mine'], '"mine" is no id of a model: give six of its hex digits or more'],
  ['nothing to show', ['show'], 'models show needs a folder, or the id of a model in the registry.'],
  ['another word', ['life'], 'models life: give list, show, lineage, export, check.'],
  ['a state of a folder', ['list', 'models', '--state', 'shadow'], '--state is of the registry'],
])('%s is wrong usage', async (_name, args, says) => {
  const { code, out, err } = await models(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
});

test('a folder that no server has used is refused, and stays as it is', async () => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  for (const place of [empty, join(folder, 'nowhere')]) {
    const { code, err } = await runCommand(['models', 'list', '--data-dir', place]);
    expect(code).toBe(2);
    expect(err).toContain(`${place} holds no registry: name the server's data directory with --data-dir`);
  }
  expect(await readdir(empty)).toEqual([]);
});
