import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeyKind, Scope } from '../approvals/keys.ts';
import { NEEDS } from './authorization.ts';
import { costOf } from './limits.ts';
import type { Principal } from './principal.ts';
import { isNeverRefused, NEVER_REFUSED, RATE_DEFAULTS, RateLimits } from './rate-limits.ts';
import type { RateLimit, RateSettings } from './rate-limits.ts';

const person = (id: string, proof = id): Principal => ({
  id,
  name: id,
  kind: 'person',
  personId: id,
  role: 'trader',
  key: undefined,
  proof,
});
const keyOf = (owner: string, id: string, scopes: readonly Scope[] = ['read'], kind: KeyKind = 'service'): Principal => ({
  ...person(id),
  kind: 'api-key',
  personId: owner,
  key: { kind, scopes },
});

const VIEWER = '{ viewer { name } }';
const SMALL: RateSettings = { operationsPerSecond: 2, costPerMinute: 600 };
/** Half a minute of two a second. */
const BURST = 60;

let refusals: RateLimit[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  refusals = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (seconds: number): void => void vi.advanceTimersByTime(seconds * 1_000);
const limits = (settings: RateSettings = SMALL): RateLimits => new RateLimits(settings, (limit) => refusals.push(limit));

/** An operation as a transport counts it: `undefined` where it is taken, else by which limit it is refused and for how long. */
function ask(rates: RateLimits, principal: Principal, text: string, variables: Record<string, unknown> = {}) {
  const refused =
    rates.beforeParsing(principal, text) ?? rates.beforeRunning(principal, { text, document: parse(text), variables, operationName: null });
  if (refused === undefined) return undefined;
  const { code, limit, retryAfterSeconds, http } = refused.extensions;
  expect(http).toEqual({ status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } });
  return [code, limit, retryAfterSeconds];
}

const askTimes = (rates: RateLimits, principal: Principal, times: number, text = VIEWER): unknown[] =>
  Array.from({ length: times }, () => ask(rates, principal, text));

describe('operations a second', () => {
  test.each([
    ['half a minute’s worth at once is taken', BURST, 0, undefined],
    ['one more is not, and may come in half a second', BURST + 1, 0, 1],
    ['one more after that half second is', BURST + 1, 0.5, undefined],
    ['two more after it are not', BURST + 2, 0.5, 1],
    ['a second refills two', BURST + 2, 1, undefined],
    ['an hour refills no more than the bucket holds', 2 * BURST + 1, 3_600, 1],
  ])('%s', (_name, times, waited, retryAfterSeconds) => {
    const rates = limits({ ...SMALL, costPerMinute: 1e9 });
    const before = Math.min(times - 1, BURST);
    expect(askTimes(rates, person('ann'), before).filter((each) => each !== undefined)).toEqual([]);
    pass(waited);
    const last = askTimes(rates, person('ann'), times - before).at(-1);
    expect(last).toEqual(retryAfterSeconds === undefined ? undefined : ['RATE_LIMITED', 'operations', retryAfterSeconds]);
    expect(refusals).toEqual(retryAfterSeconds === undefined ? [] : ['operations']);
  });

  test('are refilled steadily, not at the turn of a minute', () => {
    const rates = limits({ ...SMALL, costPerMinute: 1e9 });
    askTimes(rates, person('ann'), BURST);
    for (let second = 0; second < 120; second += 1) {
      pass(1);
      expect(askTimes(rates, person('ann'), 3).map((each) => each === undefined)).toEqual([true, true, false]);
    }
  });
});

describe('cost a minute', () => {
  const PAGE = '{ orders(first: 100) { totalCount } }';
  const cost = costOf(parse(PAGE), null, {});

  test('a minute’s worth at once; what a page costs comes back at a tenth of the bucket every six seconds', () => {
    expect(cost).toBe(101);
    const rates = limits();
    // Five of them leave 95.
    expect(askTimes(rates, person('ann'), 5, PAGE)).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(ask(rates, person('ann'), PAGE)).toEqual(['RATE_LIMITED', 'cost', 1]);
    pass(0.5);
    expect(ask(rates, person('ann'), PAGE)).toEqual(['RATE_LIMITED', 'cost', 1]);
    pass(0.1);
    expect(ask(rates, person('ann'), PAGE)).toBeUndefined();
    expect(ask(rates, person('ann'), PAGE)).toEqual(['RATE_LIMITED', 'cost', 11]);
    expect(refusals).toEqual(['cost', 'cost', 'cost']);
  });

  test('is that of the variables, and a small operation passes where a large one does not', () => {
    const rates = limits();
    const text = 'query ($first: Int) { orders(first: $first) { totalCount } }';
    expect(ask(rates, person('ann'), text, { first: 500 })).toBeUndefined();
    expect(ask(rates, person('ann'), text, { first: 500 })).toEqual(['RATE_LIMITED', 'cost', 41]);
    expect(ask(rates, person('ann'), text, { first: 5 })).toBeUndefined();
  });

  test('what no document may cost is left to that limit, and uses nothing up', () => {
    const rates = limits();
    const text = 'query ($first: Int) { orders(first: $first) { totalCount } }';
    expect(ask(rates, person('ann'), text, { first: 1_000_000 })).toBeUndefined();
    expect(ask(rates, person('ann'), text, { first: 500 })).toBeUndefined();
  });

  test('variables that no page can have are refused as what they are', () => {
    const refused = limits().beforeRunning(person('ann'), {
      text: PAGE,
      document: parse('query ($first: Int) { orders(first: $first) { totalCount } }'),
      variables: { first: -1 },
    });
    expect(refused?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('who shares a bucket', () => {
  test.each([
    ['another session of the same person', person('ann', 'another browser'), false],
    ['another person', person('bob'), true],
    ['a key of the same person', keyOf('ann', 'key-1'), true],
  ])('%s', (_name, other, isTaken) => {
    const rates = limits();
    askTimes(rates, person('ann'), BURST + 1);
    expect(ask(rates, other, VIEWER) === undefined).toBe(isTaken);
  });

  test('two keys of one person have one each', () => {
    const rates = limits();
    askTimes(rates, keyOf('ann', 'key-1'), BURST + 1);
    expect(ask(rates, keyOf('ann', 'key-2'), VIEWER)).toBeUndefined();
  });

  test('who has used theirs up is not forgotten however many others come', () => {
    const rates = limits({ ...SMALL, costPerMinute: 1e9 });
    askTimes(rates, person('ann'), BURST);
    for (let other = 0; other < 2_500; other += 1) ask(rates, person(`other-${other}`), VIEWER);
    expect(ask(rates, person('ann'), VIEWER)).toEqual(['RATE_LIMITED', 'operations', 1]);
  });
});

describe('what stops is taken at any time', () => {
  const stop = (field: string): string => `mutation { ${field} { __typename } }`;

  /** Somebody with nothing left, neither operations nor cost. */
  function exhausted(who = person('ann')): RateLimits {
    const rates = limits();
    askTimes(rates, who, 5, '{ orders(first: 100) { totalCount } }');
    askTimes(rates, who, BURST);
    expect(ask(rates, who, VIEWER)).toEqual(['RATE_LIMITED', 'operations', 1]);
    return rates;
  }

  test('each of them is a mutation of the schema', () =>
    expect([...NEVER_REFUSED].filter((field) => !Object.hasOwn(NEEDS.Mutation, field))).toEqual([]));

  test.each([...NEVER_REFUSED])('%s', (field) => {
    expect(ask(exhausted(), person('ann'), stop(field))).toBeUndefined();
  });

  test('a hundred of them', () => {
    const rates = exhausted();
    expect(askTimes(rates, person('ann'), 100, stop('cancelOrder')).every((each) => each === undefined)).toBe(true);
  });

  test.each([
    ['one behind a fragment', 'mutation { ...f } fragment f on Mutation { ... on Mutation { engageKillSwitch { __typename } } }', true],
    ['one under another name', 'mutation { a: cancelOrder { __typename } b: cancelOrder { __typename } }', true],
    ['an order beside a stop', 'mutation { cancelOrder { __typename } placeOrder { __typename } }', false],
    ['an order under the name of a stop', 'mutation { cancelOrder: placeOrder { __typename } }', false],
    [
      'an order behind a fragment beside a stop',
      'mutation { cancelOrder { id } ...f } fragment f on Mutation { placeOrder { id } }',
      false,
    ],
    ['a query that is named like one', 'query cancelOrder { viewer { name } }', false],
    ['a query of the same field', '{ cancelOrder { id } }', false],
    ['a comment', '{ viewer { name } } # cancelOrder', false],
    ['what adds risk', stop('enableStrategy'), false],
    ['what lets more through', stop('approveChange'), false],
  ])('%s: %s', (_name, text, isTaken) => {
    expect(isNeverRefused(person('ann'), { document: parse(text), operationName: null })).toBe(isTaken);
    expect(ask(exhausted(), person('ann'), text)).toEqual(isTaken ? undefined : ['RATE_LIMITED', 'operations', 1]);
  });

  const viewer: Principal = { ...person('vic'), role: 'viewer' };
  test.each<readonly [string, Principal, string, boolean]>([
    ['a key to stop pauses', keyOf('ann', 'key', ['read', 'stop']), stop('pauseEntries'), true],
    ['a key to stop cancels, which takes trading', keyOf('ann', 'key', ['read', 'stop']), stop('cancelOrder'), false],
    ['a key to trade cancels', keyOf('ann', 'key', ['read', 'propose', 'stop', 'trade']), stop('cancelOrder'), true],
    ['a key to read cancels', keyOf('ann', 'key', ['read'], 'agent'), stop('cancelOrder'), false],
    ['an agent takes back what it proposed', keyOf('ann', 'key', ['read', 'propose'], 'agent'), stop('withdrawRecommendation'), true],
    ['an agent pauses an agent, which is for others', keyOf('ann', 'key', ['read', 'stop'], 'agent'), stop('pauseAgent'), false],
    ['a program ends a key, which is for people', keyOf('ann', 'key', ['read', 'stop']), stop('revokeApiKey'), false],
    ['beside one that it may, one that it may not', keyOf('ann', 'key', ['read', 'stop']), 'mutation { pauseEntries cancelOrder }', false],
    ['a viewer’s key that is to stop', { ...keyOf('vic', 'key', ['read', 'stop']), role: 'viewer' }, stop('pauseEntries'), false],
    ['a viewer cancels', viewer, stop('cancelOrder'), false],
    ['a viewer ends a key of theirs', viewer, stop('revokeApiKey'), true],
  ])('by whoever may do it: %s', (_name, who, text, isTaken) => {
    expect(ask(exhausted(who), who, text)).toEqual(isTaken ? undefined : ['RATE_LIMITED', 'operations', 1]);
  });

  test('what cannot run is counted although it names one, and nothing is counted twice', () => {
    const rates = limits();
    const read = (text: string) => rates.beforeParsing(person('ann'), text) ?? rates.whenUnreadable(person('ann'), text);
    const texts = Array.from({ length: BURST }, (_each, index) => (index % 2 === 0 ? '{ # setLimit' : '{'));
    expect(texts.map(read).filter((each) => each !== undefined)).toEqual([]);
    expect(read('{ # setLimit')?.extensions['code']).toBe('RATE_LIMITED');
    expect(read('{')?.extensions['code']).toBe('RATE_LIMITED');
  });

  test('of a document with two operations the one that is asked for counts', () => {
    const document = parse('mutation Stop { cancelOrder { id } } mutation Buy { placeOrder { id } }');
    expect(['Stop', 'Buy'].map((operationName) => isNeverRefused(person('ann'), { document, operationName }))).toEqual([true, false]);
  });
});

test('ten pages that are opened again each second, a quarter of a minute long, stay within the defaults', () => {
  const rates = limits(RATE_DEFAULTS);
  // The snapshot, seven subscriptions, and what a page asks besides.
  const start = 'query ($first: Int) { orders(first: $first) { edges { node { id } } } }';
  for (let second = 0; second < 15; second += 1) {
    for (let page = 0; page < 10; page += 1) {
      expect(ask(rates, person('ann'), start, { first: 30_000 })).toBeUndefined();
      expect(askTimes(rates, person('ann'), 20).every((each) => each === undefined)).toBe(true);
    }
    pass(1);
  }
});
