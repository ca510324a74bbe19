import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Principal } from '../../graphql/principal.ts';
import type { Authenticated } from './credentials.ts';
import { TIMER_MS_MAX, whenExpired } from './expiry.ts';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

const principal: Principal = { id: 'owner', name: 'owner', kind: 'person', personId: 'owner', role: 'admin', key: undefined, proof: 'p' };
const until = (expiresAtMs: number | undefined): Authenticated => ({
  principal,
  proof: 'p',
  by: 'session',
  expiresAtMs,
  renewalDue: false,
});

let ends: number[];
const end = (): void => void ends.push(Date.now() - START);
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  ends = [];
});
afterEach(() => vi.useRealTimers());

describe('what rests on a proof', () => {
  test.each<{ name: string; first: number | undefined; later: readonly (number | undefined | Error)[]; endsAt: readonly number[] }>([
    { name: 'ends with it', first: MINUTE, later: [undefined], endsAt: [MINUTE] },
    { name: 'ends with it where the end is already past', first: -1, later: [undefined], endsAt: [0] },
    {
      name: 'is put off by use, as often as there is some',
      first: MINUTE,
      later: [3 * MINUTE, 4 * MINUTE, undefined],
      endsAt: [4 * MINUTE],
    },
    { name: 'ends where the end was not put off', first: MINUTE, later: [MINUTE], endsAt: [MINUTE] },
    { name: 'ends where nobody can say', first: MINUTE, later: [new Error('no database')], endsAt: [MINUTE] },
    { name: 'stays without an end', first: undefined, later: [], endsAt: [] },
    { name: 'stays for longer than a timer can wait', first: 3 * TIMER_MS_MAX, later: [undefined], endsAt: [3 * TIMER_MS_MAX] },
  ])('$name', async ({ first, later, endsAt }) => {
    const answers = [...later];
    const standing = vi.fn<() => Promise<Authenticated | undefined>>(() => {
      const answer = answers.shift();
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve(answer === undefined ? undefined : until(START + answer));
    });
    whenExpired(until(first === undefined ? undefined : START + first), standing, end);
    await vi.advanceTimersByTimeAsync(4 * TIMER_MS_MAX);
    expect(ends).toEqual(endsAt);
    expect(standing).toHaveBeenCalledTimes(later.length);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is left alone once it has closed by itself, also while somebody looks', async () => {
    const answer = Promise.withResolvers<undefined>();
    const stop = whenExpired(until(START + MINUTE), () => answer.promise, end);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    stop();
    answer.resolve(undefined);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(ends).toEqual([]);
    whenExpired(until(START + 10 * MINUTE), () => answer.promise, end)();
    expect(vi.getTimerCount()).toBe(0);
  });
});
