import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeCompiler } from '@tidemark/compute';
import { checkModelFiles, runTrainCommand } from '@tidemark/compute/models';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rebuildProjections } from '../journal/projector.ts';
import { tradingOfVersions } from '../models/service.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openRetrainings } from '../models/retraining-service.ts';
import { MODEL_HEALTH_MIN } from '../engine/strategy-watch.ts';
import { storedBars } from './capabilities/stored-bars.ts';
import { openJobQueue } from '../platform/job-queue.ts';
import { instantFromMs } from '../money/instant.ts';
import { lookAtModels } from './capabilities/model-watch.ts';
import { lookAtRetraining } from './capabilities/retraining-watch.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { keyOf } from './test/principals.ts';
import { ask, CREATE_STRATEGY, ENABLE_STRATEGY } from './test/trading-day.ts';

const ERRORS = '__typename ... on Error { message } ... on InvalidInputError { field hint }';
const TRAIN = `mutation ($input: TrainModelInput!) { trainModel(input: $input) { ${ERRORS} ... on TrainingPayload { training { id state } } } }`;
const TRAINING =
  'query ($id: ID!) { training(id: $id) { state progress error reused command createdBy model { id } request { notes parameters { name value } } } }';
const MODEL = `query ($id: ID!) { model(id: $id) { id version state frozen expired kind label symbols features rows tradingProblem parentId
  parent { id } previousChampion { id } folds { testRows baselineName found { auc logLoss rmse } baseline { logLoss } baseRate { logLoss } coin { logLoss } }
  importances { feature mean } reliability { expectedError bins { rows } } confusion { trueNegatives falsePositives falseNegatives truePositives }
  changes { action from to by secondPerson reason other } files { name path } } }`;
const PROPOSAL = '... on ProposalPayload { proposal { id hash title state whyNot lines { label before after } } }';
const PROMOTE = `mutation ($id: ID!, $reason: String!) { promoteModel(id: $id, reason: $reason) { ${ERRORS} ... on ModelPayload { model { state } } ${PROPOSAL} } }`;
const APPROVE = `mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { ${ERRORS} ${PROPOSAL} } }`;
const changing = (name: string): string =>
  `mutation ($id: ID!, $reason: String!) { ${name}(id: $id, reason: $reason) { ${ERRORS} ... on ModelPayload { model { id state } } } }`;
const FREEZE = `mutation ($id: ID!, $frozen: Boolean!) { freezeModel(id: $id, frozen: $frozen, reason: "as it is") { ${ERRORS} ... on ModelPayload { model { frozen } } } }`;
const CLONE =
  'query ($id: ID!) { cloneModel(id: $id) { strategy symbols timeframe features label model parameters { name value } split seed parent notes lifeDays retrainDays } }';
const RETRAINING = 'id state reason evidence newBars by because model { id retraining { id reason } } training { id }';
const RETRAININGS = `query ($state: RetrainingState) { retrainings(first: 10, state: $state) { __typename edges { node { ${RETRAINING} } } } }`;
const START = `mutation ($id: ID!) { startRetraining(id: $id) { __typename ... on Error { message } ... on RetrainingPayload {
  retraining { ${RETRAINING} } training { id state request { parent retrainDays } } } } }`;
const DISMISS = `mutation ($id: ID!, $reason: String!) { dismissRetraining(id: $id, reason: $reason) { ${ERRORS} ... on RetrainingPayload { retraining { ${RETRAINING} } } } }`;
const STRATEGY = 'query ($id: ID!) { strategy(id: $id) { state pausedBecause version } }';

interface Read extends Record<string, unknown> {
  readonly state: string;
  readonly version: string;
}

const REQUEST = {
  symbols: ['ALDR'],
  features: ['return_5', 'rsi_14', 'volatility_21'],
  model: 'logistic',
  split: 'k-fold:3',
};

let api: ApiWorld;
let owner: LoggedIn;
let officer: LoggedIn & { readonly id: string };
let home: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  owner = await logIn(api);
  officer = await joined(api, owner, 'Olga', 'risk_officer');
  home = await mkdtemp(join(tmpdir(), 'tidemark-api-models-'));
});
afterAll(async () => {
  await closeCompiler();
  await api.close();
  await rm(home, { recursive: true });
});

const ended = async (id: string): Promise<Record<string, unknown> & { readonly state: string }> => {
  const read = async () => (await owner.ask(TRAINING, { id })) as unknown as Record<string, unknown> & { readonly state: string };
  await vi.waitFor(async () => expect((await read()).state).toMatch(/DONE|FAILED|ABORTED/), { timeout: 400_000, interval: 200 });
  return await read();
};
const trainOne = async (penalty: string, change: Record<string, unknown> = {}): Promise<string> => {
  const input = { ...REQUEST, parameters: [{ name: 'penalty', value: penalty }], ...change };
  const started = await owner.ask(TRAIN, { input });
  expect(started).toMatchObject({ __typename: 'TrainingPayload', training: { state: 'QUEUED' } });
  const training = await ended((started['training'] as { id: string }).id);
  expect(training).toMatchObject({ state: 'DONE', progress: 1, error: null });
  return (training['model'] as { id: string }).id;
};
const modelOf = async (id: string): Promise<Read> => (await owner.ask(MODEL, { id })) as unknown as Read;
const approve = async (answer: Record<string, unknown>, by: LoggedIn): Promise<Record<string, unknown>> => {
  const { id, hash } = answer['proposal'] as { id: string; hash: string };
  return await by.ask(APPROVE, { id, hash });
};
const carrier = async (name: string, model: string): Promise<string> => {
  const created = await ask(api, CREATE_STRATEGY, { input: { name, model, parameters: [], symbols: ['ALDR'] } });
  expect(created).toMatchObject({
    __typename: 'StrategyPayload',
    strategy: { template: 'ml-direction', version: (await modelOf(model)).version },
  });
  return (created['strategy'] as { id: string }).id;
};

describe('what cannot be trained is refused by its field', () => {
  test.each([
    ['another strategy', { strategy: 'sma-crossover' }, 'strategy', /must be one of ml-direction, ml-rank/],
    ['no symbols', { symbols: [] }, 'symbols', /0 symbols/],
    ['a symbol twice', { symbols: ['ALDR', 'ALDR'] }, 'symbols', /twice/],
    ['a symbol without bars', { symbols: ['ZZZZ'] }, 'symbols', /no bars of ZZZZ/],
    ['an unknown feature', { features: ['oracle'] }, 'features', /no feature oracle/],
    ['no feature', { features: [] }, 'features', /No feature/],
    ['a label that is none', { label: 'direction' }, 'label', /must have numbers/],
    ['a label of values for a direction', { label: 'return:5', model: 'ridge' }, 'label', /two classes/],
    ['a regression of classes', { model: 'ridge' }, 'model', /labels of two classes/],
    ['a model that there is not', { model: 'oracle' }, 'model', /must be one of/],
    ['a parameter that it does not take', { parameters: [{ name: 'trees', value: '5' }] }, 'parameters', /it takes penalty/],
    ['a parameter of trees out of bounds', { model: 'boosting', parameters: [{ name: 'trees', value: '0' }] }, 'parameters', /trees/],
    ['a parameter that is no number', { parameters: [{ name: 'penalty', value: 'much' }] }, 'parameters', /name and a number/],
    ['a calibration of trees', { model: 'forest', calibration: 'platt' }, 'calibration', /logistic regression only/],
    ['a split that is none', { split: 'halves' }, 'split', /must be one of/],
    ['weights that are none', { weights: 'heavy' }, 'weights', /must be one of/],
    ['a seed below zero', { seed: -1 }, 'seed', /seed is -1/],
    ['a life without end', { lifeDays: 4000 }, 'lifeDays', /lifeDays is 4000/],
    ['a schedule beyond its life', { retrainDays: 92 }, 'retrainDays', /retrainDays is 92/],
    ['a span that ends before it begins', { from: '2023-01-01T00:00:00Z', to: '2022-01-01T00:00:00Z' }, 'from', /not before/],
    ['a parent that there is not', { parent: 'nobody' }, 'parent', /no such model/],
    ['hidden characters', { notes: 'a\u202eb' }, 'notes', /hidden/],
  ])('%s', async (_name, change, field, message) => {
    expect(await owner.ask(TRAIN, { input: { ...REQUEST, ...change } })).toMatchObject({
      __typename: 'InvalidInputError',
      field,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  test('and what only the bars can tell fails with its reason', async () => {
    const { training } = (await owner.ask(TRAIN, { input: { ...REQUEST, to: '2022-07-20T00:00:00Z' } })) as unknown as {
      training: { id: string };
    };
    expect(await ended(training.id)).toMatchObject({
      state: 'FAILED',
      model: null,
      error: expect.stringMatching(/at least 2 of each class/) as string,
    });
  });
});

describe('a model', () => {
  let [first, second] = ['', ''];
  beforeAll(async () => {
    first = await trainOne('1');
    second = await trainOne('3', { parent: first });
  }, 900_000);

  test('is the one that the command makes of the same bars, and can be downloaded as its three files', async () => {
    const csv = join(api.world.dir, 'aldr.csv');
    const command = { csv, symbol: 'ALDR', out: join(home, 'model'), strategy: 'ml-direction', model: 'logistic', split: 'k-fold:3' };
    const { manifest } = await runTrainCommand(
      { ...command, features: REQUEST.features.join(','), modelParam: ['penalty=1'], seed: '0' },
      'test',
    );
    const model = await modelOf(first);
    expect([first, model.version]).toEqual([manifest.id, manifest.strategy.version]);
    const files = model['files'] as { name: string; path: string }[];
    const [ours, theirs] = await Promise.all([
      Promise.all(
        files.map(
          async ({ path }) =>
            new Uint8Array(await (await fetch(`${api.server.url}${path}`, { headers: { cookie: owner.cookie } })).arrayBuffer()),
        ),
      ),
      Promise.all(files.map(async ({ name }) => new Uint8Array(await readFile(join(home, 'model', name))))),
    ]);
    expect(ours.map((bytes) => Buffer.from(bytes).toString('base64'))).toEqual(
      theirs.map((bytes) => Buffer.from(bytes).toString('base64')),
    );
    const [told = new Uint8Array(), bytes = new Uint8Array(), module = new Uint8Array()] = ours;
    expect(checkModelFiles({ manifest: told, model: bytes, module }).manifest.id).toBe(first);
    expect((await fetch(`${api.server.url}${files[0]?.path}`)).status).toBe(401);
    expect((await fetch(`${api.server.url}/models/${'0'.repeat(64)}/model`, { headers: { cookie: owner.cookie } })).status).toBe(404);
  }, 900_000);

  test('says what it was worth on unseen rows, beside whoever knows less', async () => {
    const model = await modelOf(first);
    expect(model).toMatchObject({
      state: 'CANDIDATE',
      expired: false,
      kind: 'logistic',
      label: 'direction:5',
      symbols: ['ALDR'],
      tradingProblem: null,
      changes: [],
    });
    const folds = model['folds'] as { testRows: number; coin: { logLoss: number } }[];
    expect(folds).toHaveLength(3);
    expect(folds[0]).toMatchObject({ baselineName: 'logistic regression', found: { logLoss: expect.any(Number) as number, rmse: null } });
    expect(folds[0]?.coin.logLoss).toBeCloseTo(0.6931, 4);
    const unseen = folds.reduce((sum, { testRows }) => sum + testRows, 0);
    expect(unseen).toBe(model['rows']);
    const { bins } = model['reliability'] as { bins: { rows: number }[] };
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(unseen);
    expect(Object.values(model['confusion'] as Record<string, number>).reduce((sum, count) => sum + count, 0)).toBe(unseen);
    expect((model['importances'] as { feature: string }[]).map(({ feature }) => feature)).toEqual(model['features']);
    expect(await modelOf(second)).toMatchObject({ parent: { id: first }, parentId: first });
  });

  test('that nobody has asked yet has no outcomes, and a window of too few says nothing', async () => {
    const rolling = (window: number) =>
      owner.post(`query ($id: ID!) { modelOutcomes(modelId: $id) { n unknownBecause rolling(window: ${window}) { at accuracy ic } } }`, {
        id: first,
      });
    expect((await rolling(50)).data).toMatchObject({ modelOutcomes: { n: 0, rolling: [] } });
    for (const window of [29, 1_001]) {
      const { errors } = await rolling(window);
      expect(errors?.[0]?.message).toBe(`window must be 30 to 1000, got ${window}`);
    }
  });

  test('is not trained again, and says so', async () => {
    const input = { ...REQUEST, parameters: [{ name: 'penalty', value: '1' }], notes: 'once more' };
    const { training } = (await owner.ask(TRAIN, { input })) as unknown as { training: { id: string } };
    expect(await ended(training.id)).toMatchObject({ state: 'DONE', reused: true, model: { id: first } });
    const { data } = await owner.post(
      '{ models(first: 10) { edges { node { id } } } trainings(first: 10) { edges { node { id state } } } }',
    );
    const counts = Object.values(data ?? {}).map((list) => (list as { readonly edges: readonly object[] }).edges.length);
    expect(counts).toEqual([2, 4]);
  });

  test('gives the request of its successor', async () => {
    expect(await owner.ask(CLONE, { id: first })).toEqual({
      strategy: 'ml-direction',
      timeframe: 'DAY1',
      label: null,
      seed: 0,
      parent: first,
      notes: '',
      lifeDays: 91,
      retrainDays: null,
      parameters: [{ name: 'penalty', value: '1' }],
      ...REQUEST,
    });
    expect((await owner.post(CLONE, { id: 'nobody' })).data).toEqual({ cloneModel: null });
  });

  test('becomes champion by two people, is displaced by the next, and comes back by a rollback', async () => {
    expect(await owner.ask(PROMOTE, { id: first, reason: '' })).toMatchObject({ __typename: 'InvalidInputError', field: 'reason' });
    expect(await owner.ask(PROMOTE, { id: 'nobody', reason: 'why' })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await owner.ask(PROMOTE, { id: first, reason: 'its folds' })).toMatchObject({ model: { state: 'SHADOW' } });
    const proposed = await owner.ask(PROMOTE, { id: first, reason: 'it was watched' });
    expect(proposed).toMatchObject({
      proposal: { title: 'Make a model champion: ml-direction on ALDR (1Day)', whyNot: expect.stringMatching(/somebody else/) as string },
    });
    expect((await modelOf(first)).state).toBe('SHADOW');
    expect(await approve(proposed, owner)).toMatchObject({ __typename: 'ConflictError' });
    expect(await approve(proposed, officer)).toMatchObject({ proposal: { state: 'APPLIED' } });
    expect(await modelOf(first)).toMatchObject({
      state: 'CHAMPION',
      changes: [
        { action: 'shadow', from: 'CANDIDATE', to: 'SHADOW', secondPerson: null },
        { action: 'promote', from: 'SHADOW', to: 'CHAMPION', secondPerson: 'Olga', reason: 'it was watched', other: null },
      ],
    });
    expect(await owner.ask(PROMOTE, { id: second, reason: 'its folds' })).toMatchObject({ model: { state: 'SHADOW' } });
    const better = await owner.ask(PROMOTE, { id: second, reason: 'better' });
    const lines = (better['proposal'] as { lines: readonly object[] }).lines;
    expect(lines[0]).toEqual({ label: 'Champion of ml-direction on ALDR (1Day)', before: first.slice(0, 12), after: second.slice(0, 12) });
    // What the registry says counts when it is approved, too.
    expect(await owner.ask(FREEZE, { id: first, frozen: true })).toMatchObject({ model: { frozen: true } });
    expect(await owner.ask(FREEZE, { id: first, frozen: true })).toMatchObject({ __typename: 'ConflictError' });
    expect(await approve(better, officer)).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/frozen/) as string,
    });
    expect((await modelOf(second)).state).toBe('SHADOW');
    // A key that only stops may freeze, and thaws nothing.
    const { secret } = await keyOf(owner, 'trader', { kind: 'agent', scopes: ['read', 'stop'] });
    const byAgent = (id: string, frozen: boolean) => api.post(FREEZE, { id, frozen }, { authorization: `Bearer ${secret}` });
    expect((await byAgent(second, true)).data).toMatchObject({ freezeModel: { model: { frozen: true } } });
    for (const id of [first, second]) expect((await byAgent(id, false)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect([(await modelOf(first))['frozen'], (await modelOf(second))['frozen']]).toEqual([true, true]);
    expect(await owner.ask(FREEZE, { id: second, frozen: false })).toMatchObject({ model: { frozen: false } });
    expect(await owner.ask(FREEZE, { id: first, frozen: false })).toMatchObject({ model: { frozen: false } });
    expect(await approve(better, officer)).toMatchObject({ proposal: { state: 'APPLIED' } });
    expect(await modelOf(second)).toMatchObject({ state: 'CHAMPION', previousChampion: { id: first } });
    expect((await modelOf(first)).state).toBe('SHADOW');
    const rollBack = changing('rollBackModel');
    expect(await owner.ask(rollBack, { id: first, reason: 'it is none' })).toMatchObject({ __typename: 'ConflictError' });
    expect(await owner.ask(rollBack, { id: second, reason: 'it loses' })).toMatchObject({ model: { id: first, state: 'CHAMPION' } });
    expect((await modelOf(second)).state).toBe('RETIRED');
    expect(await owner.ask(rollBack, { id: first, reason: 'once more' })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/no champion before/) as string,
    });
    const changes = () => api.database.db.selectFrom('model_changes').selectAll().orderBy('id').execute();
    const before = await changes();
    // The projections are built anew from the journal, and nothing happens twice.
    await rebuildProjections(api.database.db, api.world.journal);
    expect(await changes()).toEqual(before);
    expect((await modelOf(first)).state).toBe('CHAMPION');
  });

  test('that is retired is not promoted, and what carries it cannot be enabled', async () => {
    expect(await owner.ask(PROMOTE, { id: second, reason: 'once more' })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/is retired/) as string,
    });
    const id = await carrier('Of the retired', second);
    expect(await ask(api, ENABLE_STRATEGY, { id })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/is retired/) as string,
    });
  });

  test('is proposed to be trained again, told of while that is open, and a person dismisses it or starts it', async () => {
    const { session } = api.world;
    const id = await trainOne('5', { to: '2023-06-30T00:00:00Z', retrainDays: 30 });
    expect(await owner.ask(CLONE, { id })).toMatchObject({ retrainDays: 30 });
    const { createdAt } = (await owner.ask('query ($id: ID!) { model(id: $id) { createdAt __typename } }', { id })) as unknown as {
      createdAt: string;
    };
    const queue = openJobQueue({ database: api.database, report: (what) => void api.failures.push(what) });
    const stored = storedBars(api.database.db);
    const retrainings = openRetrainings({
      db: api.database.db,
      queue,
      bars: (query) => stored.read(query),
      driftOf: () => Promise.resolve(undefined),
      healthMin: MODEL_HEALTH_MIN,
      present: () => session.state().now,
      now: () => instantFromMs(Date.parse(createdAt) + 30 * 86_400_000),
    });
    const told = new Set<string>();
    const look = () => lookAtRetraining({ session, retrainings, watched: () => Promise.resolve([{ id }]) }, told);
    const alert = `RetrainingProposed-${id}`;
    await look();
    await look();
    const open = await owner.ask(RETRAININGS, { state: 'OPEN' });
    expect(open).toMatchObject({
      edges: [{ node: { model: { id, retraining: { reason: 'SCHEDULED' } }, state: 'OPEN', by: null, training: null } }],
    });
    expect(session.state().alerts.get(alert)).toMatchObject({
      severity: 'info',
      detail: expect.stringMatching(/after 30 days.*newer bars/) as string,
    });
    const [edge] = open['edges'] as { node: { id: string } }[];
    const proposal = edge?.node.id ?? '';
    expect(await owner.ask(DISMISS, { id: proposal, reason: '' })).toMatchObject({ __typename: 'InvalidInputError', field: 'reason' });
    expect(await owner.ask(DISMISS, { id: 'nobody', reason: 'why' })).toMatchObject({ __typename: 'NotFoundError' });
    const started = await owner.ask(START, { id: proposal });
    expect(started).toMatchObject({
      retraining: { state: 'STARTED', by: 'owner' },
      training: { state: 'QUEUED', request: { parent: id, retrainDays: 30 } },
    });
    expect(await owner.ask(START, { id: proposal })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/started already/) as string,
    });
    expect(await owner.ask(DISMISS, { id: proposal, reason: 'too late' })).toMatchObject({ __typename: 'ConflictError' });
    expect(session.state().alerts.has(alert)).toBe(false);
    await look();
    expect(session.state().alerts.has(alert)).toBe(false);
    const { model } = (await ended((started['training'] as { id: string }).id)) as unknown as { model: { id: string } };
    expect(await modelOf(model.id)).toMatchObject({ parentId: id, state: 'CANDIDATE' });
    await queue.close();
  }, 900_000);

  test('that has expired pauses what it trades and tells people; one that is retired pauses it at once', async () => {
    const id = await carrier('Of the champion', first);
    expect(await ask(api, ENABLE_STRATEGY, { id })).toMatchObject({ __typename: 'StrategyPayload' });
    await quiet(api.world);
    const { session } = api.world;
    const watched = (versions: readonly string[]) => tradingOfVersions(api.database.db, versions);
    const [model] = await watched([(await modelOf(first)).version]);
    if (model === undefined) throw new Error('Invariant: the champion is there');
    const at = (beforeMs: number) => () => (model.expiresAt - beforeMs) as typeof model.expiresAt;
    await lookAtModels({ session, watched, now: at(8 * 86_400_000) }, new Set());
    expect(await ask(api, STRATEGY, { id })).toMatchObject({ state: 'PAPER' });
    expect(session.state().alerts.has(`ModelExpires-${first}`)).toBe(false);
    await lookAtModels({ session, watched, now: at(86_400_000) }, new Set());
    expect(session.state().alerts.has(`ModelExpires-${first}`)).toBe(true);
    expect(await ask(api, STRATEGY, { id })).toMatchObject({ state: 'PAPER' });
    await lookAtModels({ session, watched, now: at(0) }, new Set());
    expect(await ask(api, STRATEGY, { id })).toMatchObject({
      state: 'PAUSED',
      pausedBecause: expect.stringMatching(/expired at/) as string,
    });
    expect([session.state().alerts.has(`ModelExpired-${first}`), session.state().alerts.has(`StrategyFailed-${id}`)]).toEqual([true, true]);
    expect(await ask(api, ENABLE_STRATEGY, { id })).toMatchObject({ __typename: 'StrategyPayload' });
    await quiet(api.world);
    expect(await owner.ask(changing('retireModel'), { id: first, reason: 'the end' })).toMatchObject({ model: { state: 'RETIRED' } });
    expect(await ask(api, STRATEGY, { id })).toMatchObject({
      state: 'PAUSED',
      pausedBecause: expect.stringMatching(/ retired/) as string,
    });
  });
});
