import { closeCompiler } from '@tidemark/compute';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { arrived, keyOf } from './test/principals.ts';
import type { Known } from './test/principals.ts';
import { refuseAccess } from './test/unwritten-access.ts';

const PARTS =
  '__typename ... on Error { message } ... on ChangeProposalPayload { proposal { id hash title state outcome lines { label before after } } }';
const PROPOSE = `mutation ($input: ProposeChangeInput!) { proposeChange(input: $input) { ${PARTS} } }`;
const APPROVE = `mutation ($id: ID!, $hash: String!) { approveChangeProposal(id: $id, hash: $hash) { ${PARTS} } }`;
const APPROVE_SECOND =
  'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } ... on ProposalPayload { proposal { state } } } }';
const MODEL = 'query ($id: ID!) { model(id: $id) { state changes { action by secondPerson reason } } }';
const FREEZE =
  'mutation ($id: ID!, $frozen: Boolean!) { freezeModel(id: $id, frozen: $frozen, reason: "as it is") { __typename ... on ModelPayload { model { frozen } } } }';
const TRAIN =
  'mutation ($input: TrainModelInput!) { trainModel(input: $input) { __typename ... on Error { message } ... on TrainingPayload { training { id } } } }';

type Answer = Record<string, unknown>;
interface Shown {
  readonly id: string;
  readonly hash: string;
}

let api: ApiWorld;
let owner: LoggedIn;
let trader: Known;
let officer: Known;
let secret: string;
let model: string;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  owner = await logIn(api);
  trader = await arrived(api, 'Tess', 'trader');
  officer = await arrived(api, 'Olga', 'risk_officer');
  ({ secret } = await keyOf(owner, 'trader', { kind: 'agent', scopes: ['read', 'propose'] }));
  const input = { symbols: ['ALDR'], features: ['return_5', 'rsi_14', 'volatility_21'], model: 'logistic', split: 'k-fold:3' };
  const { id } = (await owner.ask(TRAIN, { input }))['training'] as { id: string };
  const ended = async () => await owner.ask('query ($id: ID!) { training(id: $id) { __typename state model { id } } }', { id });
  await vi.waitFor(async () => expect(await ended()).toMatchObject({ state: 'DONE' }), { timeout: 400_000, interval: 200 });
  model = ((await ended())['model'] as { id: string }).id;
}, 420_000);
afterAll(async () => {
  await closeCompiler();
  await api.close();
});

async function propose(idempotencyKey: string): Promise<Answer> {
  const input = { idempotencyKey, promotion: { modelId: model }, explanation: 'It was right on unseen rows.' };
  const { data } = await api.post(PROPOSE, { input }, { authorization: `Bearer ${secret}` });
  return (data as Record<string, Answer>)['proposeChange'] ?? expect.unreachable();
}
const shown = (answer: Answer): Shown => answer['proposal'] as Shown;
const now = () => owner.ask(MODEL, { id: model });

test('what is approved and cannot be written down is not done', async () => {
  const { id, hash } = shown(await propose('unwritten'));
  const again = refuseAccess(api);
  expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({
    __typename: 'ConflictError',
    message: expect.stringMatching(/^Nothing was done: it could not be written down\./),
  });
  again();
  expect(await now()).toMatchObject({ state: 'CANDIDATE' });
  expect(await api.opened.capabilities.changeProposals.byId(id)).toMatchObject({
    state: 'failed',
    outcome: expect.stringMatching(/could not be written down/),
  });
  expect(await trader.ask(APPROVE, { id, hash })).toMatchObject({ message: expect.stringMatching(/waits no more/) });
  expect(await now()).toMatchObject({ state: 'CANDIDATE' });
});

test('a candidate becomes a shadow by one person, and champion only by a second one', async () => {
  const first = await propose('shadow');
  expect(first).toMatchObject({ proposal: { title: 'Promote a model to shadow: ml-direction on ALDR (1Day)' } });
  await owner.ask(FREEZE, { id: model, frozen: true });
  expect(await trader.ask(APPROVE, { ...shown(first) })).toMatchObject({ message: expect.stringMatching(/frozen/) });
  await owner.ask(FREEZE, { id: model, frozen: false });
  expect(await trader.ask(APPROVE, { ...shown(first) })).toMatchObject({ proposal: { state: 'APPROVED', outcome: 'It is done.' } });
  expect(await now()).toMatchObject({ state: 'SHADOW' });

  const second = await propose('champion');
  expect(second).toMatchObject({
    proposal: {
      lines: [
        { label: `Model ${model.slice(0, 12)}`, before: 'shadow', after: 'champion' },
        { label: 'Takes', after: expect.stringMatching(/two people/) },
        { label: 'Evidence' },
        { label: 'Evidence' },
      ],
    },
  });
  const asked = await trader.ask(APPROVE, { ...shown(second) });
  expect(asked).toMatchObject({ proposal: { state: 'APPROVED', outcome: expect.stringMatching(/^It waits for a second person: /) } });
  expect(await now()).toMatchObject({ state: 'SHADOW' });
  const [waiting] = [...api.world.session.state().proposals.values()];
  expect(waiting).toMatchObject({ person: trader.id, reason: expect.stringContaining(shown(second).id) });
  expect(await officer.ask(APPROVE_SECOND, { id: waiting?.id, hash: waiting?.hash })).toMatchObject({ proposal: { state: 'APPLIED' } });
  expect(await now()).toMatchObject({
    state: 'CHAMPION',
    changes: [{}, {}, { action: 'shadow', reason: expect.stringContaining(shown(first).id) }, { action: 'promote', secondPerson: 'Olga' }],
  });
  expect(await propose('more')).toMatchObject({ __typename: 'ConflictError', message: expect.stringMatching(/only a shadow/) });
});
