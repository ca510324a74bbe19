import { predictAny, writeManifest } from '@tidemark/compute/models';
import type { ModelManifest } from '@tidemark/compute/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeAny } from '../../../../compute/host/model-strategies/any-model.ts';
import type { StrategyModule } from '../../../../compute/host/types.ts';
import { carriedModels } from '../../commands/serve/predictions.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { recordOutcomes, recordPredictions } from '../../predictions/service.ts';
import type { Prediction } from '../../predictions/prediction.ts';
import { MODEL, MODEL_ID, openModule, ordinaryReference, WINDOW } from '../../predictions/test/model-world.ts';
import { saveVersion } from '../../strategies/service.ts';
import { predictionsOf } from './predictions.ts';

const AT = instantFromMs(Date.UTC(2024, 2, 4));
const dayAfter = (days: number): Instant => instantFromMs(AT + days * 86_400_000);
const LABEL = { kind: 'fixed-horizon', horizon: 1, target: 'direction' } as const;

/** The parts of a manifest that are read where models are at work. */
function manifestOf({ version, wasm }: StrategyModule): Uint8Array {
  const features = [
    { name: 'body', version: 2 },
    { name: 'gap', version: 2 },
  ];
  const manifest = {
    id: MODEL_ID,
    kind: 'logistic',
    strategy: { name: 'ml-direction', version, file: 'strategy.wasm', bytes: wasm.length },
    features,
    horizon: 1,
    dataset: { hash: 'd', manifest: { spec: { features: ['body', 'gap'], label: LABEL } } },
    validation: { task: 'classes', folds: [] },
  };
  return writeManifest(manifest as unknown as ModelManifest);
}

let database: TestDatabase;
let module: StrategyModule;
beforeAll(async () => {
  [database, module] = await Promise.all([openEmbeddedTestDatabase(), openModule()]);
  const { db } = database;
  await saveVersion(db, { module, name: 'ml-direction', source: '' }, AT);
  await db
    .insertInto('models')
    .values({
      id: MODEL_ID,
      version: module.version,
      strategy_name: 'ml-direction',
      state: 'candidate',
      frozen: false,
      manifest: new TextDecoder().decode(manifestOf(module)),
      bytes: Buffer.from(encodeAny(MODEL)),
      label: 'direction:1',
      symbols: JSON.stringify(['ALDR']),
      timeframe: '1Day',
      dataset_hash: 'd',
      from_at: new Date(AT),
      to_at: new Date(AT),
      evaluation: '{}',
      reference: JSON.stringify(ordinaryReference()),
      content_key: 'k',
      parent: null,
      notes: '',
      expires_at: new Date(dayAfter(1000)),
      created_at: new Date(AT),
      created_by: 'user:ada',
    })
    .execute();
});
afterAll(() => database.close());

const prediction = (day: number): Prediction => ({
  strategyId: 's1',
  version: module.version,
  symbol: 'ALDR',
  barAt: dayAfter(day),
  decidedAt: dayAfter(day + 1),
  modelId: MODEL_ID,
  seq: day + 1,
  score: 0.6,
  verdict: 'long',
  reason: 'test',
  features: Float64Array.of(-0, Number.NaN),
  explanation: { base: 0.1, contributions: Float64Array.of(1 / 3, -1e-300) },
  agrees: true,
});

test('a model is carried as it was trained: module, bytes, label and reference', async () => {
  const modelOf = carriedModels(database.db);
  const carried = await modelOf(module.version);
  expect(carried).toMatchObject({ id: MODEL_ID, label: LABEL, reference: ordinaryReference() });
  expect(carried?.module.version).toBe(module.version);
  expect(Buffer.from(carried?.bytes ?? []).equals(Buffer.from(encodeAny(MODEL)))).toBe(true);
  // It never changes, and is read once.
  expect(await modelOf(module.version)).toBe(carried);
  expect(await modelOf('another')).toBeUndefined();
});

test('lists page by page without a gap, bit for bit, and says why there are no figures yet', async () => {
  const { db } = database;
  const reads = predictionsOf(db);
  const made = [0, 1, 2, 3, 4].map(prediction);
  await recordPredictions(db, made);
  // The same again, and another in its place, change nothing.
  await recordPredictions(db, [prediction(0), { ...prediction(1), score: 0.1 }]);
  const seen: Prediction[] = [];
  for (let after: string | undefined; ;) {
    const page = await reads.list({ strategyId: 's1' }, { first: 2, after });
    seen.push(...page.nodes.map(({ node }) => node));
    if (!page.hasNextPage) break;
    after = page.nodes.at(-1)?.cursor;
  }
  expect(seen).toEqual(made.toReversed().map((each) => ({ ...each, outcome: undefined })));
  expect(seen.every(({ features }) => Object.is(features[0], -0) && Number.isNaN(features[1]))).toBe(true);
  expect((await reads.list({ modelId: 'none' }, { first: 2 })).nodes).toEqual([]);
  await expect(reads.list({}, { first: 2, after: 'nonsense' })).rejects.toThrow('cursor');
  expect(await reads.featureNames(MODEL_ID)).toEqual(['body@2', 'gap@2']);

  expect(await reads.drift(MODEL_ID, undefined, 10)).toEqual({
    window: WINDOW,
    newest: undefined,
    history: [],
    unknownBecause: 'There are 5 predictions of a strategy so far, and a window needs 10.',
  });
  expect(await reads.drift('none', undefined, 10)).toBeUndefined();
  expect(await reads.outcomes('none', undefined, 10)).toBeUndefined();
});

test('outcomes are joined once, the newest count', async () => {
  const { db } = database;
  const reads = predictionsOf(db);
  const made = Array.from({ length: 40 }, (_, place) => prediction(place + 10));
  await recordPredictions(db, made);
  const outcomes = made.map((each, place) => ({ ...each, label: place < 5 ? 0 : 1, gained: 0.01, endsAt: dayAfter(100) }));
  await recordOutcomes(db, outcomes);
  await recordOutcomes(
    db,
    outcomes.map((each) => ({ ...each, label: 0 })),
  );
  expect(await reads.outcomes(MODEL_ID, undefined, 40)).toMatchObject({ n: 40, figures: { accuracy: 0.875 } });
  expect(await reads.outcomes(MODEL_ID, 's1', 35)).toMatchObject({ n: 35, figures: { accuracy: 1 } });
  expect(await reads.outcomes(MODEL_ID, 'another', 35)).toMatchObject({ n: 0, figures: undefined });
});

test('a model is asked by hand: about its training’s means, or about what is given; a row without a value has no answer', async () => {
  const reads = predictionsOf(database.db);
  const { features } = ordinaryReference();
  const row = Float64Array.of(0.3, -0.02);
  const found = await reads.whatIf(MODEL_ID, row);
  expect(found).toMatchObject({ score: predictAny(MODEL, row), isProbability: true });
  expect(found?.features.map(({ name, value, mean }) => [name, value, mean])).toEqual([
    ['body@2', 0.3, features[0]?.mean],
    ['gap@2', -0.02, features[1]?.mean],
  ]);
  const log = Math.log((found?.score ?? 0) / (1 - (found?.score ?? 0)));
  const parts = found?.features.reduce((sum, { contribution }) => sum + (contribution ?? Number.NaN), found.base ?? Number.NaN);
  expect(parts).toBeCloseTo(log, 10);
  const usual = await reads.whatIf(MODEL_ID, undefined);
  expect(usual?.features.map(({ value }) => value)).toEqual(features.map(({ mean }) => mean));
  expect(await reads.whatIf(MODEL_ID, Float64Array.of(0.3, Number.NaN))).toMatchObject({ score: undefined, base: undefined });
  await expect(reads.whatIf(MODEL_ID, Float64Array.of(1))).rejects.toThrow('a model of 2 features was asked about 1');
  expect(await reads.whatIf('none', row)).toBeUndefined();
});
