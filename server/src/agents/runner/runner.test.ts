import { afterEach, describe, expect, test } from 'vitest';
import { arrived } from '../../graphql/test/principals.ts';
import { rowsWith } from '../../graphql/test/rows-with.ts';
import { openEmbeddedTestDatabase, withTestDatabases } from '../../platform/test-database.ts';
import { FENCE } from '../mcp/answer.ts';
import { fields, text } from '../mcp/tool.ts';
import { queueRun, takeRun } from './service.ts';
import type { Reply } from './test/model-servers.ts';
import { calling, closePlaces, create, CREATE, ended, MODEL_KEY, now, open, PAUSE, RESUME, RUN, seen } from './test/runner-place.ts';

afterEach(closePlaces);

withTestDatabases('an agent that this server runs', (openDatabase) => {
  test('asks a model, calls tools under its key, and each call is traced to its turn', async () => {
    const { owner, model, run, api } = await open(openDatabase, (_heard, turn) =>
      turn === 1 ? calling('get_overview') : { text: 'All is well.' },
    );
    await run();
    const agent = await create(owner, 'REPORT');
    expect(await owner.ask(RUN, { id: agent.id })).toMatchObject({ __typename: 'AgentRunPayload' });
    const [first] = await ended(owner, agent.id);
    const actor = `agent:${agent.keyId}`;
    expect(first).toMatchObject({ trigger: 'PERSON', outcome: 'DONE', summary: 'All is well.', tokensIn: 200, tokensOut: 20 });
    expect(first?.turns).toMatchObject([
      {
        number: 1,
        said: 'I look.',
        tools: ['get_overview'],
        calls: [{ tool: 'get_overview', outcome: 'ANSWERED', actor, cause: 'the agent One', turn: `${first?.id ?? ''}/1` }],
      },
      { number: 2, said: 'All is well.', calls: [] },
    ]);
    expect((await seen(owner, agent.id)).used).toEqual({ tokens: 220, trials: 0, workSeconds: 0 });
    // The model was told of the role's tools alone, and was answered with data.
    const told = ((model.heard[0]?.body['tools'] ?? []) as readonly { readonly function: { readonly name: string } }[]).map(
      (tool) => tool.function.name,
    );
    expect(told).toContain('get_overview');
    expect(told).not.toContain('engage_kill_switch');
    expect(JSON.stringify(model.heard[1]?.body['messages'])).toContain(FENCE);
    // Whoever made it stands in the journal, and no key anywhere.
    const { journal } = (await owner.post('{ journal(first: 500) { edges { node { kind payload } } } }')).data ?? {};
    expect(JSON.stringify(journal)).toMatch(/AgentMade.*One, Report, configured, trader, read/);
    expect(JSON.stringify([journal, first])).not.toContain(MODEL_KEY);
    expect(api.failures).toEqual([]);
  });

  test('turns and what was queued cannot be changed afterwards', async () => {
    const { owner, run, api } = await open(openDatabase, () => ({ text: 'Done.' }));
    await run();
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    await ended(owner, id);
    await expect(api.database.db.updateTable('agent_turns').set({ said: 'other' }).execute()).rejects.toThrow(/never changed/);
    await expect(api.database.db.deleteFrom('agent_turns').execute()).rejects.toThrow(/never changed/);
  });

  test('what it remembers and recalls is in no record: erased, it is nowhere', async () => {
    const marker = 'Quittenbrot';
    const words = (length: number): string => marker.padEnd(length, '!');
    const asked: readonly Reply[] = [
      calling('remember', { kind: 'FACT', text: words(40) }),
      calling('recall'),
      // Refused: too long, wrong, and no arguments at all.
      calling('remember', { kind: 'FACT', text: words(3_000) }),
      calling('remember', { kind: 'SECRET', text: words(40) }),
      { text: 'I look.', calls: [{ tool: 'remember', arguments: JSON.stringify(words(40)) }] },
      { text: 'Kept.' },
    ];
    const { owner, model, run, api } = await open(openDatabase, (_heard, turn) => asked[turn - 1] ?? { text: 'no more' });
    await run();
    const { id, keyId } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    const [done] = await ended(owner, id);
    const calls = done?.turns.flatMap((turn) => turn.calls) ?? [];
    expect(calls.map(({ tool }) => tool)).toEqual(['remember', 'recall', 'remember', 'remember', 'remember']);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['ANSWERED', 'ANSWERED', 'FAILED', 'REFUSED', 'REFUSED']);
    expect(calls[1]?.['answer']).toContain('not kept here: SHA-256');
    expect(JSON.stringify(model.heard[2]?.body['messages'])).toContain(marker);
    // Where it is kept, and nowhere else.
    expect(await rowsWith(api, marker)).toBe(1);
    const input = { agent: keyId, reason: 'a test' };
    expect(
      await owner.ask(
        'mutation ($input: EraseAgentMemoryInput!) { eraseAgentMemory(input: $input) { __typename ... on AgentMemoriesErasedPayload { erased } } }',
        { input },
      ),
    ).toMatchObject({ erased: 1 });
    expect(await rowsWith(api, marker)).toBe(0);
  });

  test('a call that is refused before it is made leaves nothing of the memory either', async () => {
    const { owner, run, api } = await open(openDatabase, () => ({ text: 'Here.' }));
    await run();
    const { keyId } = await create(owner, 'REPORT');
    const door = await api.server.openDoor(keyId, []);
    const { signal } = new AbortController();
    const about = { cause: 'a test', turn: 'run/1', signal, refusal: () => Promise.resolve('Not now.') };
    await door?.call({ ...about, name: 'remember', given: { kind: 'FACT', text: 'Quittenbrot' } });
    await door?.call({ ...about, name: 'get_order', given: { id: 'Birnbrot' } });
    expect([await rowsWith(api, 'Quittenbrot'), await rowsWith(api, 'Birnbrot')]).toEqual([0, 1]);
  });

  test('two runs of one agent never overlap, and one at most waits', async () => {
    const { owner, run, api } = await open(openDatabase, (_heard, turn) => (turn === 1 ? 'silence' : { text: 'Second.' }));
    await run();
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    await expect.poll(async () => (await seen(owner, id)).runs[0]?.begunAt, { timeout: 5_000 }).toBeTypeOf('string');
    expect(await owner.ask(RUN, { id })).toMatchObject({ __typename: 'AgentRunPayload' });
    expect(await owner.ask(RUN, { id })).toMatchObject({ __typename: 'ConflictError' });
    // The database itself lets no second one begin.
    const [waiting] = (await seen(owner, id)).runs;
    await expect(takeRun(api.database.db, waiting?.id ?? '', now())).rejects.toThrow(/agent_runs_at_work/);
    await owner.ask(PAUSE, { id });
    await ended(owner, id, 1);
    await owner.ask(RESUME, { id });
    const [second, first] = await ended(owner, id, 2);
    expect([first?.outcome, second?.outcome]).toEqual(['STOPPED', 'DONE']);
    expect(Date.parse(second?.begunAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.endedAt ?? ''));
  });

  test('pausing stops a run that asks its model within a second, and begins none', async () => {
    const { owner, run, model } = await open(openDatabase, () => 'silence');
    await run();
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    await expect.poll(() => model.heard.length, { timeout: 5_000 }).toBe(1);
    const startMs = Date.now();
    await owner.ask(PAUSE, { id });
    const [stopped] = await ended(owner, id);
    expect(Date.parse(stopped?.endedAt ?? '') - startMs).toBeLessThan(1_000);
    expect(stopped).toMatchObject({ outcome: 'STOPPED', reason: 'Its agent was paused.' });
    expect(await owner.ask(RUN, { id })).toMatchObject({ __typename: 'ConflictError', message: 'The agent is paused: resume it first.' });
    expect(model.hungUp()).toBe(1);
  });

  test('revoking its key stops a run within a second, and every later one', async () => {
    const { owner, run, model } = await open(openDatabase, () => 'silence');
    await run();
    const { id, keyId } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    await expect.poll(() => model.heard.length, { timeout: 5_000 }).toBe(1);
    const startMs = Date.now();
    await owner.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }', { id: keyId });
    const [stopped] = await ended(owner, id);
    expect(Date.parse(stopped?.endedAt ?? '') - startMs).toBeLessThan(1_000);
    expect(stopped).toMatchObject({ outcome: 'STOPPED', reason: 'The key of its agent has ended or is paused.' });
    await owner.ask(RUN, { id });
    const [later] = await ended(owner, id, 2);
    expect(later).toMatchObject({ outcome: 'STOPPED', turns: [] });
  });

  test('a run that a crash left behind is marked at the next start, and its turns count', async () => {
    const { owner, run, api } = await open(openDatabase, () => ({ text: 'Here.' }));
    const { id } = await create(owner, 'REPORT');
    const left = await queueRun(api.database.db, id, 'user:x', now());
    await takeRun(api.database.db, left?.id ?? '', now());
    await run();
    const [cut] = await ended(owner, id);
    expect(cut).toMatchObject({ outcome: 'CUT_OFF', reason: 'The server ended before the run did.' });
    await owner.ask(RUN, { id });
    expect((await ended(owner, id, 2))[0]).toMatchObject({ outcome: 'DONE' });
  });
});

describe('what an agent may not', () => {
  test('a tool outside its role, one that there is not, and wrong arguments are refused and written down', async () => {
    const asked: readonly Reply[] = [
      calling('engage_kill_switch', { action: 'FREEZE', reason: 'x' }),
      calling('get_order', { id: 'x' }),
      calling('transfer_money', { to: 'me' }),
      calling('get_orders', { first: 'many' }),
      { text: 'I could not.' },
    ];
    const { owner, run } = await open(openEmbeddedTestDatabase, (_heard, turn) => asked[turn - 1] ?? { text: 'no more' });
    await run();
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    const [done] = await ended(owner, id);
    expect(done?.outcome).toBe('DONE');
    const calls = done?.turns.flatMap((turn) => turn.calls) ?? [];
    expect(calls.map(({ tool, outcome }) => [tool, outcome])).toEqual([
      ['engage_kill_switch', 'REFUSED'],
      ['get_order', 'REFUSED'],
      ['transfer_money', 'REFUSED'],
      ['get_orders', 'REFUSED'],
    ]);
    expect(calls.at(3)?.['refusal']).toMatch(/arguments are wrong/);
    const { controls } = (await owner.post('{ controls { tradingState } }')).data as { controls: { tradingState: string } };
    expect(controls.tradingState).toBe('ACTIVE');
  });

  test('the day’s tokens are shared by all runs', async () => {
    const { owner, run, model } = await open(openEmbeddedTestDatabase, () => ({ text: 'Report.', tokensIn: 900, tokensOut: 100 }));
    await run();
    const { id } = await create(owner, 'REPORT', { tokens: 1_000 });
    await owner.ask(RUN, { id });
    await ended(owner, id);
    await owner.ask(RUN, { id });
    const [second] = await ended(owner, id, 2);
    expect(second).toMatchObject({ outcome: 'OVER_BUDGET', reason: 'The tokens of the day are used up.', turns: [] });
    expect(model.heard).toHaveLength(1);
  });

  test('a sweep beyond the day’s trials is refused, and one within counts', async () => {
    const sweep = (grid: readonly string[]): Reply => calling('run_sweep', { symbol: 'ALDR', template: 'sma-crossover', grid });
    const asked: readonly Reply[] = [sweep(['fast=2..20', 'slow=21..40']), sweep(['fast=2..4', 'slow=5..6']), { text: 'Tried six.' }];
    const { owner, run } = await open(openEmbeddedTestDatabase, (_heard, turn) => asked[turn - 1] ?? { text: 'no more' });
    await run();
    const { id } = await create(owner, 'RESEARCH');
    await owner.ask(RUN, { id });
    const [done] = await ended(owner, id);
    const calls = done?.turns.flatMap((turn) => turn.calls) ?? [];
    expect(calls.map(({ outcome }) => outcome)).toEqual(['REFUSED', 'ANSWERED']);
    expect(calls[0]?.['refusal']).toMatch(/would be 380 trials, and 200 of the day’s 200 are left/);
    expect((await seen(owner, id)).used).toMatchObject({ trials: 6 });
  });

  test('a walk-forward counts with all of its windows: beyond the day’s trials it is never queued', async () => {
    const walk = (grid: string, train: number, test: number): Reply =>
      calling('run_sweep', { symbol: 'ALDR', template: 'sma-crossover', grid: [grid], train, test });
    // Of 400 bars: 5 sets over 50 windows, then 2 sets over 2 of them.
    const asked: readonly Reply[] = [walk('fast=2..6', 150, 5), walk('fast=2..3', 200, 100), { text: 'Tried six.' }];
    const { api, owner, run } = await open(openEmbeddedTestDatabase, (_heard, turn) => asked[turn - 1] ?? { text: 'no more' });
    const { id } = await create(owner, 'RESEARCH');
    await api.database.db.updateTable('agents').set({ trials_per_day_max: 10 }).execute();
    await run();
    await owner.ask(RUN, { id });
    const [done] = await ended(owner, id);
    const calls = done?.turns.flatMap((turn) => turn.calls) ?? [];
    expect(calls.map(({ outcome }) => outcome)).toEqual(['REFUSED', 'ANSWERED']);
    expect(calls[0]?.['refusal']).toMatch(
      /would be 255 trials: 5 in each of 50 windows and over all of them, and 10 of the day’s 10 are left\. Nothing was done/,
    );
    // Refused, it left nothing behind.
    expect(await api.database.db.selectFrom('sweeps').select('kind').execute()).toEqual([{ kind: 'walk-forward' }]);
    expect((await seen(owner, id)).used).toMatchObject({ trials: 6 });
  });
});

describe('who makes and runs agents', () => {
  test('a trader makes one that may no more than he, and another trader only pauses it', async () => {
    const { api, run, owner } = await open(openEmbeddedTestDatabase, () => ({ text: 'x' }));
    await run();
    const [ann, bob, viewer] = [
      await arrived(api, 'Ann', 'trader'),
      await arrived(api, 'Bob', 'trader'),
      await arrived(api, 'Vic', 'viewer'),
    ];
    const { id, keyId } = await create(ann, 'RISK');
    const { apiKeys } = (await owner.post('{ apiKeys { id kind role scopes } }')).data as { apiKeys: readonly { id: string }[] };
    expect(apiKeys.find((key) => key.id === keyId)).toEqual({ id: keyId, kind: 'AGENT', role: 'TRADER', scopes: ['READ', 'STOP'] });
    expect(await bob.ask(RUN, { id })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await bob.ask(PAUSE, { id })).toMatchObject({ agent: { isPaused: true } });
    expect(await bob.ask(RESUME, { id })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await ann.ask(RESUME, { id })).toMatchObject({ agent: { isPaused: false } });
    expect((await viewer.post(CREATE, { role: 'REPORT' })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    const { journal } = (await owner.post('{ journal(first: 500) { edges { node { payload } } } }')).data ?? {};
    expect(JSON.stringify(journal)).toMatch(/AgentResumed[\s\S]*AgentPaused|AgentPaused[\s\S]*AgentResumed/);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a schedule that is too short', { role: 'REPORT', everyMinutes: 4 }, 'everyMinutes'],
    ['no tokens', { role: 'REPORT', tokens: 0 }, 'tokensPerDayMax'],
  ])('%s is refused, and leaves no key', async (_name, variables, field) => {
    const { owner } = await open(openEmbeddedTestDatabase, () => ({ text: 'x' }));
    expect(await owner.ask(CREATE, variables)).toMatchObject({ __typename: 'InvalidInputError', field });
    const { apiKeys } = (await owner.post('{ apiKeys { kind } }')).data as { apiKeys: readonly { kind: string }[] };
    expect(apiKeys.filter(({ kind }) => kind === 'AGENT')).toEqual([]);
  });
});

test('tools and data of the server’s own stand beside the role’s: data at the beginning, calls in the same record', async () => {
  const keep = (given: unknown): Reply => calling('keep_note', given);
  const asked: readonly Reply[] = [keep({ text: 'remember' }), keep({ text: 7 }), { text: 'Kept.' }];
  const { owner, run, model } = await open(openEmbeddedTestDatabase, (_heard, turn) => asked[turn - 1] ?? { text: 'no more' });
  const kept: unknown[] = [];
  await run({
    openingData: ({ name }) => Promise.resolve(`a note of ${name}`),
    ownTools: () => [
      {
        name: 'keep_note',
        description: 'Keeps a note',
        input: fields({ text: text() }, ['text']),
        work: (given) => {
          kept.push(given);
          return Promise.resolve({ outcome: 'answered', cost: 0, result: { content: [{ type: 'text', text: 'kept' }] } });
        },
      },
    ],
  });
  const { id } = await create(owner, 'REPORT');
  await owner.ask(RUN, { id });
  const [done] = await ended(owner, id);
  expect(kept).toEqual([{ text: 'remember' }]);
  expect(done?.turns.flatMap(({ calls }) => calls.map(({ tool, outcome }) => [tool, outcome]))).toEqual([
    ['keep_note', 'ANSWERED'],
    ['keep_note', 'REFUSED'],
  ]);
  const [system, first] = (model.heard[0]?.body['messages'] ?? []) as readonly { readonly role: string; readonly content: unknown }[];
  expect([system?.role, first?.role]).toEqual(['system', 'user']);
  expect(JSON.stringify(first)).toMatch(/never an instruction.*a note of One/);
  expect(JSON.stringify(system)).not.toContain('a note of');
});

test('a scripted agent runs by its schedule, without a model, and leaves a summary', async () => {
  const { owner, run } = await open(openEmbeddedTestDatabase, () => 'silence');
  await run({ model: undefined });
  const { id } = await create(owner, 'REPORT', { model: 'SCRIPTED', everyMinutes: 60 });
  const [done, ...others] = await ended(owner, id);
  expect(others).toEqual([]);
  expect(done).toMatchObject({ trigger: 'SCHEDULE', outcome: 'DONE', tokensIn: 0 });
  expect(done?.summary).toMatch(/^Summary of the day, by a script and not by a model\.\nEquity [0-9.]+/);
  expect(done?.summary).not.toMatch(/not known/);
  expect(done?.turns.flatMap(({ calls }) => calls.map(({ tool }) => tool))).toEqual(['get_overview', 'get_risk', 'get_health']);
});

test('a model that speaks Anthropic’s protocol runs an agent as well', async () => {
  const { owner, run } = await open(
    openEmbeddedTestDatabase,
    (_heard, turn) => (turn === 1 ? calling('get_risk') : { text: 'Safe.' }),
    'anthropic',
  );
  await run();
  const { id } = await create(owner, 'RISK');
  await owner.ask(RUN, { id });
  expect((await ended(owner, id))[0]).toMatchObject({ outcome: 'DONE', summary: 'Safe.' });
});
