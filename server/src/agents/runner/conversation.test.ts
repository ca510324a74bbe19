import { afterEach, describe, expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { FENCE } from '../mcp/answer.ts';
import { fields, text } from '../mcp/tool.ts';
import type { AgentTurn } from './agent.ts';
import { converse } from './conversation.ts';
import type { Conversation } from './conversation.ts';
import { hidingKey, MODEL_PROTOCOLS } from './model-settings.ts';
import type { ModelProtocol } from './model-settings.ts';
import { configuredModel } from './providers/configured-model.ts';
import { scriptedModel } from './providers/scripted-model.ts';
import { ask, scriptOf } from './scripts/course.ts';
import { Stopping } from './stopping.ts';
import { openModelServer } from './test/model-servers.ts';
import type { Heard, ModelServer, Reply } from './test/model-servers.ts';

const API_KEY = 'planted-key-of-the-model';
const INSTRUCTIONS = 'You are the agent of a test.';
const servers: ModelServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The messages of a request, in order. */
const messagesOf = (heard: Heard | undefined): readonly { readonly role: string }[] =>
  (heard?.body['messages'] ?? []) as readonly { readonly role: string }[];

interface Talk {
  readonly turns: readonly AgentTurn[];
  readonly called: readonly (readonly [name: string, given: unknown, turn: number])[];
  readonly server: ModelServer;
  readonly ended: Awaited<ReturnType<typeof converse>>;
}

async function talk(protocol: ModelProtocol, reply: (turn: number) => Reply, change: Partial<Conversation> = {}): Promise<Talk> {
  const server = await openModelServer(protocol, (_heard, turn) => reply(turn));
  servers.push(server);
  const turns: AgentTurn[] = [];
  const called: [string, unknown, number][] = [];
  const settings = { protocol, baseUrl: server.url, apiKey: API_KEY, name: 'test-model', turnMsMax: 2_000, retriesMax: 0 };
  const ended = await converse({
    ...settings,
    model: configuredModel(settings),
    hide: hidingKey(settings),
    instructions: INSTRUCTIONS,
    opening: 'Begin.',
    tools: [{ name: 'get_order', description: 'An order', input: fields({ id: text() }, ['id']) }],
    turnsMax: 5,
    tokensMax: 10_000,
    signal: new AbortController().signal,
    now: () => instantFromMs(Date.now()),
    clockMs: () => performance.now(),
    write: (turn) => Promise.resolve(void turns.push(turn)),
    call: (name, given, turn) => {
      called.push([name, given, turn]);
      return Promise.resolve(`${FENCE}\n{"name":"${name}"}`);
    },
    ...change,
  });
  return { turns, called, server, ended };
}

const asking = (tool: string, given = '{}'): Reply => ({ text: 'I look.', calls: [{ tool, arguments: given }] });

describe.each(MODEL_PROTOCOLS)('a model that speaks %s', (protocol) => {
  test('asks for tools, reads their answers as data and comes to a report', async () => {
    const { turns, called, server, ended } = await talk(protocol, (turn) =>
      turn === 1 ? asking('get_order', '{"id":"o-1"}') : { text: 'All is well.', tokensIn: 150, tokensOut: 7 },
    );
    expect(ended).toEqual({ outcome: 'done', reason: 'The agent was finished.', summary: 'All is well.' });
    expect(called).toEqual([['get_order', { id: 'o-1' }, 1]]);
    expect(turns).toMatchObject([
      { number: 1, said: 'I look.', tools: ['get_order'], tokensIn: 100, tokensOut: 10 },
      { number: 2, said: 'All is well.', tools: [], tokensIn: 150, tokensOut: 7 },
    ]);
    const [first, second] = server.heard;
    expect(first?.path).toBe(protocol === 'openai' ? '/v1/chat/completions' : '/v1/messages');
    expect(first?.headers[protocol === 'openai' ? 'authorization' : 'x-api-key']).toContain(API_KEY);
    const system = protocol === 'openai' ? messagesOf(second).slice(0, 1) : second?.body['system'];
    expect(JSON.stringify(system)).toContain(INSTRUCTIONS);
    // The answer of a tool is no part of what the model is told that it is.
    expect(JSON.stringify(system)).not.toContain(FENCE);
    const last = messagesOf(second).at(-1);
    expect(last?.role).toBe(protocol === 'openai' ? 'tool' : 'user');
    expect(JSON.stringify(last)).toContain(FENCE);
  });

  test.each<[string, Reply]>([
    ['a tool that there is not', asking('transfer_money', '{"to":"me"}')],
    ['wrong arguments', asking('get_order', '{"id":7,"more":true}')],
  ])('%s goes to where calls are written down and refused', async (_name, reply) => {
    const { called, server, ended } = await talk(protocol, (turn) => (turn === 1 ? reply : { text: 'Understood.' }));
    expect(ended.outcome).toBe('done');
    expect(called).toHaveLength(1);
    expect(JSON.stringify(messagesOf(server.heard[1]).at(-1))).toContain(called[0]?.[0]);
  });

  test('turns are bounded, and what was said last is kept', async () => {
    const { turns, ended, server } = await talk(protocol, () => asking('get_order', '{"id":"x"}'), { turnsMax: 3 });
    expect(ended).toEqual({ outcome: 'over_budget', reason: 'The run has had its 3 turns.', summary: 'I look.' });
    expect(turns.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(server.heard).toHaveLength(3);
  });

  test('tokens are bounded before a turn that would go beyond them', async () => {
    const reply: Reply = { ...(asking('get_order', '{"id":"x"}') as object), tokensIn: 400, tokensOut: 50 };
    const { ended, server } = await talk(protocol, () => reply, { tokensMax: 1_000 });
    expect(ended).toMatchObject({ outcome: 'over_budget', reason: 'The tokens of the day are used up.' });
    expect(server.heard).toHaveLength(2);
    expect(server.heard.map(({ body }) => body['max_tokens'])).toEqual([1_000, 150]);
  });

  test('no token is asked for where none is left', async () => {
    const { ended, server } = await talk(protocol, () => ({ text: 'x' }), { tokensMax: 0 });
    expect(ended.outcome).toBe('over_budget');
    expect(server.heard).toHaveLength(0);
  });

  test.each<[string, Reply, RegExp]>([
    [
      'an error',
      { status: 400, body: '{"type":"error","error":{"type":"invalid_request_error","message":"no such model"}}' },
      /no such model/,
    ],
    ['a page in place of JSON', { status: 200, body: '<html>proxy</html>' }, /could not be asked/],
    ['JSON of another kind', { status: 200, body: '{"hello":"world"}' }, /could not be asked/],
    ['an answer that is cut off', { text: 'The', finish: 'length' }, /most that it may write/],
    ['nothing said', { text: '' }, /said nothing/],
  ])('%s ends the run with a reason', async (_name, reply, reason) => {
    const { ended } = await talk(protocol, () => reply);
    expect(ended.outcome).toBe('failed');
    expect(ended.reason).toMatch(reason);
  });

  test('a key that the server repeats stands nowhere', async () => {
    const refused = await talk(protocol, () => ({
      status: 401,
      body: `{"type":"error","error":{"type":"x","message":"wrong key ${API_KEY}"}}`,
    }));
    expect(refused.ended).toMatchObject({ outcome: 'failed', reason: 'The model could not be asked: wrong key …' });
    const said = await talk(protocol, () => ({ text: `My key is ${API_KEY}.` }));
    expect([said.ended.summary, said.turns[0]?.said]).toEqual(['My key is ….', 'My key is ….']);
  });

  test('what fails in a way that passes is asked again', async () => {
    const { ended, server } = await talk(protocol, (turn) => (turn === 1 ? { status: 503, body: '{}' } : { text: 'Here.' }), {
      retriesMax: 1,
      turnMsMax: 20_000,
    });
    expect(ended.outcome).toBe('done');
    expect(server.heard).toHaveLength(2);
  });

  test('silence ends with the time of a turn', async () => {
    const { ended } = await talk(protocol, () => 'silence', { turnMsMax: 200 });
    expect(ended).toMatchObject({ outcome: 'failed', reason: 'The model did not answer within 0.2 seconds.' });
  });

  test('stopping ends a turn under way at once, and hangs up', async () => {
    const stop = new AbortController();
    let stoppedMs = 0;
    const { ended, server } = await talk(
      protocol,
      () => {
        setTimeout(() => {
          stoppedMs = performance.now();
          stop.abort(new Stopping({ outcome: 'stopped', reason: 'Its agent was paused.' }));
        }, 50);
        return 'silence';
      },
      { signal: stop.signal },
    );
    expect(performance.now() - stoppedMs).toBeLessThan(1_000);
    expect(ended).toEqual({ outcome: 'stopped', reason: 'Its agent was paused.', summary: undefined });
    await expect.poll(() => server.hungUp()).toBe(1);
  });
});

test.each<[string, object | undefined]>([
  ['counts no tokens', undefined],
  ['counts less than none', { prompt_tokens: -5, completion_tokens: -5 }],
])('a server that %s has them guessed, so that the budget holds', async (_name, usage) => {
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'get_order', arguments: '{}' } }],
  };
  const body = JSON.stringify({ id: 'x', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage });
  const { ended, turns } = await talk('openai', () => ({ status: 200, body }), { tokensMax: 400 });
  expect(ended).toMatchObject({ outcome: 'over_budget', reason: 'The tokens of the day are used up.' });
  expect(turns[0]?.tokensIn).toBeGreaterThan(50);
  expect(turns[0]?.tokensOut).toBeGreaterThan(10);
});

test('stopping ends a call under way at once, and makes no further one', async () => {
  const stop = new AbortController();
  const called: string[] = [];
  const { ended, turns } = await talk('openai', () => ({ calls: ['a', 'b'].map((tool) => ({ tool, arguments: '{}' })) }), {
    signal: stop.signal,
    call: (name) => {
      called.push(name);
      setTimeout(() => stop.abort(new Stopping({ outcome: 'stopped', reason: 'stop' })), 20);
      return new Promise<string>(() => undefined);
    },
  });
  expect(ended.outcome).toBe('stopped');
  expect(called).toEqual(['a']);
  expect(turns).toHaveLength(1);
});

test('a turn that cannot be written down makes no call', async () => {
  const called: string[] = [];
  const failing = talk('openai', () => asking('get_order'), {
    write: () => Promise.reject(new Error('disk full')),
    call: (name) => Promise.resolve(String(called.push(name))),
  });
  await expect(failing).rejects.toThrow('disk full');
  expect(called).toEqual([]);
});

test('hidden characters of a model are shown, and a long text ends', async () => {
  const { turns } = await talk('openai', () => ({ text: `a\u202eb${'x'.repeat(20_000)}` }));
  expect(turns[0]?.said.startsWith('a\\u{202E}b')).toBe(true);
  expect(turns[0]?.said).toHaveLength(16_000);
});

describe('the scripted model', () => {
  const script = scriptedModel(
    scriptOf(function* () {
      const { data, tool } = yield* ask('First.', 'get_order', { id: '1' });
      return `It is ${String(data?.['name'])} of ${tool}.`;
    }),
  );

  test('plays its turns by the answers so far, any number of times, without tokens', async () => {
    for (let run = 0; run < 2; run += 1) {
      const { ended, turns, called } = await talk('openai', () => 'silence', { model: script });
      expect(ended).toMatchObject({ outcome: 'done', summary: 'It is get_order of get_order.' });
      expect(called).toEqual([['get_order', { id: '1' }, 1]]);
      expect(turns.map(({ tokensIn, tokensOut }) => tokensIn + tokensOut)).toEqual([0, 0]);
    }
  });

  test('sees a refusal as a text without data', async () => {
    const refusing = scriptedModel(
      scriptOf(function* () {
        const { data, text: told } = yield* ask('First.', 'x');
        return `${typeof data}: ${told}`;
      }),
    );
    const { ended } = await talk('openai', () => 'silence', { model: refusing, call: () => Promise.resolve('Refused.\nReally.') });
    expect(ended.summary).toBe('undefined: Refused.\nReally.');
  });

  test('waits before a turn where the script says so, and no longer than the run', async () => {
    const waiting = (afterMs: number) => scriptedModel(() => ({ text: 'Done.', afterMs }));
    const { ended, turns } = await talk('openai', () => 'silence', { model: waiting(60) });
    expect(ended.summary).toBe('Done.');
    expect(turns[0]?.durationMs).toBeGreaterThanOrEqual(50);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Stopping({ outcome: 'stopped', reason: 'Its agent was paused.' })), 30);
    const stopped = await talk('openai', () => 'silence', { model: waiting(60_000), turnMsMax: 90_000, signal: stop.signal });
    expect(stopped.ended).toEqual({ outcome: 'stopped', reason: 'Its agent was paused.', summary: undefined });
  });

  test('ends a run where its script fails', async () => {
    const failing = scriptedModel(() => {
      throw new Error('There is no such turn.');
    });
    const { ended } = await talk('openai', () => 'silence', { model: failing });
    expect(ended).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/no such turn/) as unknown });
  });
});
