import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeAny, predictAny } from '@tidemark/compute/models';
import type { StrategyModule } from '../../../compute/host/types.ts';
import { eventually } from '../engine/test/session-world.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { ratio } from '../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../risk/limits.ts';
import { driftOfModel, listPredictions, outcomesOf, progressOf } from './service.ts';
import type { ListedPrediction } from './service.ts';
import { askedModel, whatIfOf } from './what-if.ts';
import { MODEL, MODEL_ID, openModelWorld, openModule, said, WINDOW } from './test/model-world.ts';
import type { ModelWorld } from './test/model-world.ts';

const LIMITS = {
  ...UNLIMITED,
  modelDriftHalfRatioMax: DEFAULT_LIMITS.modelDriftHalfRatioMax,
  // A window that moves on by a day at a time passes both levels one after the other.
  modelDriftPauseRatioMax: ratio('1.5'),
};

let database: TestDatabase;
let module: StrategyModule;
beforeAll(async () => {
  [database, module] = await Promise.all([openEmbeddedTestDatabase(), openModule()]);
});
afterAll(() => database.close());

let desk: ModelWorld | undefined;
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

const open = async (change: Partial<Parameters<typeof openModelWorld>[0]> = {}): Promise<ModelWorld> => {
  await database.db.deleteFrom('prediction_progress').execute();
  desk = await openModelWorld({ database, module, limits: LIMITS, ...change });
  return desk;
};
const recorded = async (strategyId: string): Promise<readonly ListedPrediction[]> =>
  (await listPredictions(database.db, { strategyId }, { first: 200 })).nodes.map(({ node }) => node);
const brakes = ({ world }: ModelWorld): readonly string[] =>
  [...world.session.state().brakes.values()].map(({ code, effect }) => `${code} ${effect}`);
const alerts = ({ world }: ModelWorld): readonly string[] => [...world.session.state().alerts.keys()];

async function days({ day, followed }: ModelWorld, probabilities: readonly number[]): Promise<void> {
  for (const probability of probabilities) await day(probability);
  await followed();
}

test('each decided bar is written once, across restarts, with what the module made; drift halves, then pauses, and is told', async () => {
  const mind = await open();
  const ordinary = Array.from({ length: WINDOW + 2 }, (_, day) => said(day));
  await days(mind, ordinary.slice(0, 5));
  await mind.stopWatch();
  // Decided while nobody watched.
  for (const probability of ordinary.slice(5, 8)) await mind.day(probability);
  mind.startWatch();
  await mind.followed();
  await days(mind, ordinary.slice(8));
  const rows = (await recorded('mind')).toReversed();

  expect(rows).toHaveLength(ordinary.length);
  expect(rows.every(({ agrees, modelId, version }) => agrees && modelId === MODEL_ID && version === module.version)).toBe(true);
  // The gap of the first bar has no value.
  expect([rows[0]?.score, rows[0]?.verdict]).toEqual([undefined, 'unknown']);
  const asked = askedModel(encodeAny(MODEL), ['body@2', 'gap@2'], undefined);
  for (const { score, features, explanation, verdict } of rows.slice(1)) {
    // Asked by hand about what was recorded, it says what the module said, bit for bit.
    const byHand = whatIfOf(asked, features);
    expect([byHand.score, byHand.base]).toEqual([score, explanation?.base]);
    expect(byHand.features.map(({ contribution }) => contribution)).toEqual([...(explanation?.contributions ?? [])]);
    expect(score).toBe(predictAny(MODEL, features));
    expect(explanation?.contributions[0]).toBe(features[0]);
    expect(verdict).toBe((score ?? 0) >= 0.55 ? 'long' : (score ?? 0) > 0.45 ? 'abstain' : 'out');
  }
  expect(rows.slice(1).map(({ score }) => score)).toEqual(ordinary.slice(1).map((probability) => expect.closeTo(probability, 12)));
  expect(rows.some(({ reason }) => reason.startsWith('abstains: '))).toBe(true);

  // The next day tells what came: that bars open where the last closed, a rise within the bar is a rise.
  const outcomes = rows.map(({ outcome }) => outcome?.label);
  expect(outcomes).toEqual([undefined, ...ordinary.slice(2).map((probability) => Number(probability > 0.5)), undefined]);
  expect(await outcomesOf(database.db, { modelId: MODEL_ID, strategyId: 'mind' }, 500)).toHaveLength(ordinary.length - 2);

  const drift = await driftOfModel(database.db, { modelId: MODEL_ID, strategyId: 'mind', limit: 100 });
  expect(drift.map((each) => each.rows)).toEqual([WINDOW, WINDOW]);
  expect(drift.every(({ health }) => health > 50)).toBe(true);
  expect([brakes(mind), alerts(mind)]).toEqual([[], []]);

  // Shifted data: one day after the other enters the window.
  const seen: string[] = [];
  for (let day = 0; day < WINDOW && mind.world.session.state().strategies.get('mind')?.state !== 'paused'; day += 1) {
    await days(mind, [0.63 + 0.001 * day]);
    const now = brakes(mind).join() || 'none';
    if (seen.at(-1) !== now) seen.push(now);
  }
  expect(seen.slice(seen[0] === 'none' ? 1 : 0)).toEqual(['ModelDrift half', 'ModelDrift entries-off']);
  expect(mind.world.session.state().strategies.get('mind')?.pausedBecause).toContain('The population stability index is');
  expect(alerts(mind)).toContain('ModelHealth-mind');
  const [newest] = await driftOfModel(database.db, { modelId: MODEL_ID, strategyId: 'mind', limit: 1 });
  expect(newest?.health).toBe(0);
  expect(newest?.measures.features.map(({ name }) => name)).toEqual(['body@2', 'gap@2']);

  // Nothing is written twice, and replay reproduces it: the measured drift is an event of the journal.
  const before = (await recorded('mind')).length;
  await mind.stopWatch();
  // As if nothing of the journal had been gone through.
  await database.db.updateTable('prediction_progress').set({ seq: 0 }).execute();
  const state = mind.world.session.state();
  await mind.world.restart();
  expect(mind.world.session.recovered.problem).toBeUndefined();
  expect(brakes(mind)).toEqual(['ModelDrift entries-off']);
  expect(mind.world.session.state().alerts.get('ModelHealth-mind')).toEqual(state.alerts.get('ModelHealth-mind'));
  mind.startWatch();
  await mind.followed();
  expect((await recorded('mind')).length).toBe(before);
  expect(await progressOf(database.db)).toBeGreaterThan(0);
});

test('drift is told though the record grows as fast as it is read', async () => {
  const mind = await open({
    id: 'grows',
    // Page after page is full, and the end is always further on.
    watched: ({ journal, ...usual }) => ({
      ...usual,
      pageSize: 1,
      journal: {
        read: (after, limit) => journal.read(after, limit),
        onAppended: (listener) => journal.onAppended(listener),
        head: () => ({ ...journal.head(), seq: journal.head().seq + 1 }),
      },
    }),
  });
  for (let day = 0; day <= 2 * WINDOW; day += 1) await mind.day(day <= WINDOW ? said(day) : 0.63 + 0.001 * day);
  await eventually(() => expect(alerts(mind)).toContain('ModelHealth-grows'));
  expect(mind.reports).toEqual([]);
});

test('the last step of a record that ends with a full page is gone through', async () => {
  const mind = await open({ id: 'page', watched: (usual) => ({ ...usual, pageSize: 1 }) });
  await days(mind, [0.5, 0.5, 0.6]);
  expect(await recorded('page')).toHaveLength(3);
});

test('a decision that the module does not make again is told, and the prediction says so', async () => {
  let asked = 0;
  const mind = await open({
    id: 'liar',
    altered: (runner) => ({
      close: () => runner.close(),
      onBars: async (slice) => {
        const wishes = await runner.onBars(slice);
        asked += 1;
        return asked < 3 ? wishes : wishes.map((wish) => ({ ...wish, amount: 0.25 }));
      },
    }),
  });
  await days(mind, [0.5, 0.5]);
  expect(alerts(mind)).toEqual([]);
  await days(mind, [0.6]);
  expect(alerts(mind)).toEqual(['PredictionDifference-liar']);
  const alert = mind.world.session.state().alerts.get('PredictionDifference-liar');
  expect(alert?.severity).toBe('critical');
  expect(alert?.detail).toContain('decision.targets[0].exposure is 0.25 in the journal, and 1 now');
  expect((await recorded('liar')).map(({ agrees }) => agrees)).toEqual([false, true, true]);
});

test('an output that is no number pauses at once, before there is a window', async () => {
  const mind = await open({ id: 'nobody' });
  await days(mind, [0.5, 0.5, 0.5]);
  expect(brakes(mind)).toEqual([]);
  await mind.day(0.5, 7);
  await mind.followed();
  expect(brakes(mind)).toEqual(['ModelDrift entries-off']);
  expect(mind.world.session.state().strategies.get('nobody')?.pausedBecause).toContain('not a number');
  expect(alerts(mind)).toContain('ModelHealth-nobody');
  const [newest] = await recorded('nobody');
  expect([newest?.score, newest?.verdict, newest?.features[1]]).toEqual([undefined, 'unknown', expect.closeTo(Math.log(7), 9)]);
});

test('an output that is no number pauses though the strategy has decided again when it is read', async () => {
  const mind = await open({ id: 'again' });
  await days(mind, [0.5, 0.5, 0.5]);
  await mind.stopWatch();
  await mind.day(0.5, 7);
  await mind.day(0.5);
  mind.startWatch();
  await mind.followed();
  expect((await recorded('again')).map(({ score }) => score === undefined)).toEqual([false, true, false, false, true]);
  expect(brakes(mind)).toEqual(['ModelDrift entries-off']);
  expect(mind.world.session.state().strategies.get('again')?.pausedBecause).toContain('not a number');
});

test('predictions, outcomes and drift are only ever added', async () => {
  for (const table of ['predictions', 'prediction_outcomes', 'model_drift'] as const)
    await expect(database.db.deleteFrom(table).execute()).rejects.toThrow('only ever added');
});
