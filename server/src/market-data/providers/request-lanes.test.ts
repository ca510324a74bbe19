import { describe, expect, test } from 'vitest';
import { seededJitter } from './jitter.ts';
import type { Lane } from './request-budget.ts';
import { RequestBudget } from './request-budget.ts';
import { LANE_TIMING, laneOf, RequestLanes, RequestNotSent, RequestUnanswered, wasNeverSent } from './request-lanes.ts';
import type { RequestRecord } from './request-lanes.ts';
import { handClock } from './test/hand-clock.ts';

const HOST = 'https://broker.example';
const PATHS: Readonly<Record<Lane, readonly [string, string]>> = {
  cancel: ['DELETE', '/v2/orders/7'],
  order: ['POST', '/v2/orders'],
  lookup: ['GET', '/v2/orders:by_client_order_id?client_order_id=a'],
  read: ['GET', '/v2/positions'],
};

/** Lanes over a network that a test answers by hand. */
function desk(limit = 200) {
  const clock = handClock();
  const sent: string[] = [];
  const records: RequestRecord[] = [];
  const answers: ((response: Response | Error) => void)[] = [];
  let instant: (() => Response) | undefined;
  const lanes = new RequestLanes({
    budget: new RequestBudget(limit),
    timers: clock,
    jitter: seededJitter(7),
    onRequest: (record) => records.push(record),
    send: async (url, init) => {
      sent.push(`${init?.method ?? 'GET'} ${new URL(url as string).pathname}`);
      if (instant !== undefined) return await Promise.resolve(instant());
      return await new Promise<Response>((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      });
    },
  });
  const ask = (lane: Lane): Promise<Response> => lanes.send(HOST + PATHS[lane][1], { method: PATHS[lane][0] });
  const outcome = (asked: Promise<Response>): Promise<string> =>
    asked.then(
      ({ status }) => String(status),
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  return { clock, lanes, sent, records, answers, ask, outcome, answerAll: (by: () => Response) => (instant = by) };
}

const limited = (resetMs: number): Response =>
  new Response('{"code":42910000,"message":"rate limit exceeded"}', {
    status: 429,
    headers: { 'X-RateLimit-Limit': '200', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(resetMs / 1_000) },
  });

describe('a lane', () => {
  test.each<[string, string, Lane]>([
    ['POST', '/v2/orders', 'order'],
    ['PATCH', '/v2/orders/7', 'order'],
    ['DELETE', '/v2/orders/7', 'cancel'],
    ['GET', '/v2/orders/7', 'lookup'],
    ['GET', '/v2/orders:by_client_order_id', 'lookup'],
    ['GET', '/v2/orders', 'read'],
    ['GET', '/v2/account/activities', 'read'],
  ])('%s %s goes by %s', (method, path, lane) => expect(laneOf(method, path)).toBe(lane));

  test('does not wait for another: an order passes any number of reads', async () => {
    const { clock, sent, ask, outcome } = desk();
    const reads = Array.from({ length: 50 }, () => outcome(ask('read')));
    const order = outcome(ask('order'));
    await clock.pass(0);
    expect(sent.filter((each) => each === 'GET /v2/positions')).toHaveLength(LANE_TIMING.read.atOnceMax);
    expect(sent.at(-1)).toBe('POST /v2/orders');
    await clock.pass(300_000);
    expect(await order).toBe('RequestUnanswered');
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['RequestUnanswered', 'RequestNotSent']));
  });

  test('lets a hundred cancels leave before one is answered, and holds back what is beyond its room', async () => {
    const { clock, sent, ask, outcome } = desk();
    const cancels = Array.from({ length: 150 }, () => outcome(ask('cancel')));
    await clock.pass(0);
    expect(sent).toHaveLength(LANE_TIMING.cancel.atOnceMax);
    expect(LANE_TIMING.cancel.atOnceMax).toBeGreaterThan(100);
    await clock.pass(300_000);
    await Promise.all(cancels);
  });

  test('keeps a fifth of the allowance for cancels, whatever is ordered and read', async () => {
    const { clock, sent, ask, outcome, answerAll } = desk();
    answerAll(() => new Response('{}', { status: 200 }));
    const others = (['read', 'order', 'lookup'] as const).flatMap((lane) => Array.from({ length: 200 }, () => outcome(ask(lane))));
    await clock.pass(1_000);
    expect(sent).toHaveLength(160);
    const cancels = Array.from({ length: 40 }, () => outcome(ask('cancel')));
    await clock.pass(1_000);
    expect(await Promise.all(cancels)).toEqual(Array.from({ length: 40 }, () => '200'));
    expect(sent).toHaveLength(200);
    await clock.pass(300_000);
    await Promise.all(others);
  });

  test('stops at a 429 until the window’s end and a moment; cancels go on, and nothing goes before', async () => {
    const { clock, sent, ask, outcome, answerAll } = desk();
    const reset = clock.now() + 20_000;
    answerAll(() => limited(reset));
    expect(await outcome(ask('order'))).toBe('429');
    answerAll(() => new Response(null, { status: 204 }));
    const late = outcome(ask('lookup'));
    await clock.pass(19_900);
    expect(sent).toHaveLength(1);
    // A lane before the stopped one is not stopped by it, but the broker has said that nothing is left.
    const cancel = outcome(ask('cancel'));
    await clock.pass(2_000);
    expect(await cancel).toBe('204');
    expect(await late).toBe('204');
    expect(sent).toHaveLength(3);
  });

  test('believes no reset time of last week or of next year', async () => {
    for (const offMs of [-7 * 86_400_000, 365 * 86_400_000]) {
      const { clock, ask, outcome, answerAll } = desk();
      answerAll(() => limited(clock.now() + offMs));
      expect(await outcome(ask('read'))).toBe('429');
      answerAll(() => new Response('{}'));
      const again = outcome(ask('read'));
      await clock.pass(62_000);
      expect(await again).toBe('200');
    }
  });

  test('an order whose turn does not come is not sent, and that is certain; one that was sent is not', async () => {
    const { clock, sent, ask, answerAll } = desk();
    const reset = clock.now() + 50_000;
    answerAll(() => limited(reset));
    await ask('order');
    const waiting = ask('order');
    const failure = waiting.catch((error: unknown) => error);
    await clock.pass(LANE_TIMING.order.queueMsMax);
    expect(await failure).toBeInstanceOf(RequestNotSent);
    expect(sent).toHaveLength(1);
    const answered = desk();
    const unanswered = answered.ask('order').catch((error: unknown) => error);
    await answered.clock.pass(LANE_TIMING.order.answerMsMax);
    expect(await unanswered).toBeInstanceOf(RequestUnanswered);
    expect(answered.sent).toHaveLength(1);
  });

  test('each request is recorded with the broker’s id of it', async () => {
    const { ask, records, answerAll } = desk();
    answerAll(() => new Response('{}', { headers: { 'X-Request-ID': 'r-1' } }));
    await ask('lookup');
    expect(records).toEqual([
      { lane: 'lookup', method: 'GET', path: PATHS.lookup[1], status: 200, requestId: 'r-1', queuedMs: 0, tookMs: 0 },
    ]);
  });

  test('the broker’s own count is believed where it is smaller: other programs use the account too', async () => {
    const { clock, sent, ask, outcome, answerAll } = desk();
    const headers = {
      'X-RateLimit-Limit': '200',
      'X-RateLimit-Remaining': '41',
      'X-RateLimit-Reset': String((clock.now() + 30_000) / 1_000),
    };
    answerAll(() => new Response('{}', { headers }));
    await ask('order');
    expect(await outcome(ask('order'))).toBe('200');
    const third = outcome(ask('order'));
    await clock.pass(1_000);
    expect(sent).toHaveLength(2);
    await clock.pass(10_000);
    expect(await third).toBe('RequestNotSent');
  });
});

describe('certain not to have left', () => {
  const failed = (code: string): Error => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) });
  test.each([
    { error: failed('ECONNREFUSED'), never: true },
    { error: failed('ENOTFOUND'), never: true },
    { error: failed('UND_ERR_CONNECT_TIMEOUT'), never: true },
    { error: failed('ECONNRESET'), never: false },
    { error: failed('UND_ERR_SOCKET'), never: false },
    { error: failed('UND_ERR_HEADERS_TIMEOUT'), never: false },
    { error: new Error('something'), never: false },
    {
      error: new TypeError('fetch failed', { cause: new AggregateError([failed('ECONNREFUSED').cause, failed('ECONNREFUSED').cause]) }),
      never: true,
    },
    {
      error: new TypeError('fetch failed', { cause: new AggregateError([failed('ECONNREFUSED').cause, failed('ETIMEDOUT').cause]) }),
      never: false,
    },
  ])('$error.cause: $never', ({ error, never }) => expect(wasNeverSent(error)).toBe(never));
});

test('what is left of a minute is the smaller of our count and the broker’s, and whole again in the next', async () => {
  const { clock, lanes, ask, outcome, answerAll } = desk();
  expect(lanes.left()).toMatchObject({ limit: 200, remaining: 200 });
  const resetMs = clock.now() + 30_000;
  answerAll(
    () =>
      new Response('{}', {
        headers: { 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '650', 'X-RateLimit-Reset': String(resetMs / 1_000) },
      }),
  );
  const asked = outcome(ask('read'));
  await clock.pass(0);
  expect(await asked).toBe('200');
  expect(lanes.left()).toEqual({ limit: 1000, remaining: 650, resetInMs: 30_000 });
  await clock.pass(30_001);
  expect(lanes.left().remaining).toBe(1000);
});
