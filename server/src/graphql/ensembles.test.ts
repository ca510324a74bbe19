import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY, tradeSomeDays } from './test/trading-day.ts';

const ENSEMBLE =
  'id name total memberMax stepMax sessions priorSessions everySessions waited members { strategy { id capital } capital cap returns sharpe }';
const ERRORS = '__typename ... on Error { message } ... on InvalidInputError { field hint }';
const SET = `mutation ($input: SetEnsembleInput!) { setEnsemble(input: $input) { ${ERRORS} ... on EnsemblePayload { ensemble { ${ENSEMBLE} } } } }`;
const DISSOLVE = `mutation ($id: ID!, $reason: String!) { dissolveEnsemble(id: $id, reason: $reason) { ${ERRORS} ... on EnsembleDissolvedPayload { id } } }`;
const LIST = `query ($asOf: AsOf) { ensembles(asOf: $asOf) { ${ENSEMBLE} } }`;

interface Member {
  readonly strategy: { readonly id: string; readonly capital: string };
  readonly capital: string;
  readonly returns: readonly number[];
}
interface Listed {
  readonly id: string;
  readonly members: readonly Member[];
}

let api: ApiWorld;
let ids: readonly string[] = [];
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  const first = await tradeSomeDays(api);
  const created = await ask(api, CREATE_STRATEGY, {
    input: { name: 'Beside', template: 'sma-crossover', parameters: [], symbols: ['ALDR'], allocation: '0.3', size: 'units:10' },
  });
  ids = [first, (created['strategy'] as { id: string }).id].toSorted();
});
afterAll(() => api.close());

const input = (change: Record<string, unknown> = {}) => ({
  input: { name: 'Two of them', members: ids, total: '0.9', memberMax: '0.6', everySessions: 1, reason: 'side by side', ...change },
});
const ensembles = async (asOf?: Record<string, unknown>): Promise<readonly Listed[]> => {
  const { data } = await api.post(LIST, { asOf });
  return (data?.['ensembles'] ?? []) as readonly Listed[];
};

describe('what is no ensemble is refused by its field', () => {
  test.each([
    ['one member', { members: ['x'] }, 'members'],
    ['no share', { total: '0' }, 'total'],
    ['a share beyond all', { memberMax: '1.5' }, 'memberMax'],
    ['no step', { stepMax: '0' }, 'stepMax'],
    ['a window of one session', { sessions: 1 }, 'sessions'],
    ['no prior', { priorSessions: 0 }, 'priorSessions'],
    ['never', { everySessions: 0 }, 'everySessions'],
    ['a name that is none', { name: '' }, 'name'],
    ['no reason', { reason: ' ' }, 'reason'],
  ])('%s', async (_name, change, field) => {
    expect(await ask(api, SET, input(change))).toMatchObject({ __typename: 'InvalidInputError', field });
  });
  test('a strategy, and an ensemble, that there is not', async () => {
    expect(await ask(api, SET, input({ members: ['a', 'b'] }))).toMatchObject({
      __typename: 'ConflictError',
      message: 'There is no strategy a.',
    });
    expect(await ask(api, SET, input({ id: 'nobody' }))).toMatchObject({ __typename: 'NotFoundError' });
    expect(await ask(api, DISSOLVE, { id: 'nobody', reason: 'why' })).toMatchObject({ __typename: 'NotFoundError' });
  });
});

test('an ensemble is set, measures sessions, is told by the journal and of the past, and is dissolved', async () => {
  const set = await ask(api, SET, input());
  expect(set).toMatchObject({
    __typename: 'EnsemblePayload',
    ensemble: { total: '0.9', memberMax: '0.6', stepMax: '0.05', sessions: 63, waited: 0 },
  });
  const { id } = set['ensemble'] as Listed;
  const [first] = await ensembles();
  const byId = new Map(first?.members.map((member) => [member.strategy.id, member]));
  const [crossing, beside] = [
    byId.get(ids.find((one) => one.startsWith('crossing')) ?? ''),
    byId.get(ids.find((one) => one.startsWith('beside')) ?? ''),
  ];
  // Equal parts of 0.9, of which the one may have 0.3 only: what it may not have goes to the other, up to its own 0.5.
  expect([crossing?.capital, beside?.capital]).toEqual(['0.5', '0.3']);
  expect(first?.members.map(({ strategy, capital }) => strategy.capital === capital)).toEqual([true, true]);
  const { seq } = api.world.journal.head();
  await api.world.day(99, 101);
  await api.world.day(101, 104);
  await quiet(api.world);
  const [now] = await ensembles();
  // Only the one that runs has sessions; the other is a draft.
  expect(now?.members.map(({ strategy, returns }) => returns.length === (strategy.id.startsWith('crossing') ? 1 : 0))).toEqual([
    true,
    true,
  ]);
  const [then] = await ensembles({ seq });
  expect(then?.members.map(({ returns }) => returns)).toEqual([[], []]);
  const entries = await api.world.journal.read(0, 100_000);
  const told = entries.filter(({ kind }) => kind === 'CapitalAllotted');
  expect(told.map(({ payload }) => (payload as { because: string }).because)).toEqual(['set', 'session', 'session']);
  expect(told[0]?.actor).toMatch(/^engine|^key:|^user:/);
  expect(await ask(api, SET, input({ name: 'Others' }))).toMatchObject({
    __typename: 'ConflictError',
    message: expect.stringContaining('is in the ensemble Two of them') as string,
  });
  expect(await ask(api, SET, input({ id, total: '0.4' }))).toMatchObject({
    ensemble: { id, members: [{ capital: '0.2' }, { capital: '0.2' }] },
  });
  expect(await ask(api, DISSOLVE, { id, reason: '' })).toMatchObject({ __typename: 'InvalidInputError', field: 'reason' });
  expect(await ask(api, DISSOLVE, { id, reason: 'apart again' })).toMatchObject({ id });
  expect(await ensembles()).toEqual([]);
  const [strategy] = ids;
  expect(await ask(api, 'query ($id: ID!) { strategy(id: $id) { __typename capital } }', { id: strategy })).toMatchObject({
    capital: '0.2',
  });
});
