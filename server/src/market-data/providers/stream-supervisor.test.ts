import { describe, expect, test } from 'vitest';
import type { Notice } from '../notice.ts';
import { seededJitter } from './jitter.ts';
import { endOf } from './stream-socket.ts';
import { retryWaitMs, STREAM_TIMING, superviseStream } from './stream-supervisor.ts';
import type { StreamAttempt, SupervisedListener } from './stream-supervisor.ts';
import { handClock } from './test/hand-clock.ts';

function desk(given: { readonly listener?: Partial<SupervisedListener>; readonly muteAfterMs?: () => number | undefined } = {}) {
  const clock = handClock();
  const attempts: StreamAttempt[] = [];
  const told: string[] = [];
  const notices: Notice[] = [];
  let closed = 0;
  const supervised = superviseStream({
    name: 'stream',
    open: (attempt) => {
      attempts.push(attempt);
      return () => {
        closed += 1;
      };
    },
    listener: {
      onConnected: () => told.push('connected'),
      onDisconnected: (reason) => told.push(reason),
      onNotice: (notice) => notices.push(notice),
      ...given.listener,
    },
    timers: clock,
    jitter: seededJitter(1),
    timing: STREAM_TIMING,
    muteAfterMs: given.muteAfterMs ?? (() => undefined),
  });
  const last = (): StreamAttempt => {
    const attempt = attempts.at(-1);
    if (attempt === undefined) throw new Error('no attempt yet');
    return attempt;
  };
  const raised = (): readonly string[] => notices.filter(({ over }) => over !== true).map(({ code }) => code);
  return { clock, attempts, told, notices, raised, supervised, last, closed: () => closed };
}

describe('a supervised stream', () => {
  test('comes back after each end, a thousand times', async () => {
    const { clock, attempts, last } = desk();
    for (let time = 0; time < 1_000; time += 1) {
      last().end({ kind: 'lost', reason: 'cut' });
      await clock.pass(STREAM_TIMING.retryMsMax);
    }
    expect(attempts.length).toBeGreaterThan(1_000);
  });

  test('that gets no answer to its log-in is closed at the deadline', async () => {
    const { clock, attempts, told, closed } = desk();
    await clock.pass(STREAM_TIMING.readyMsMax);
    expect(told).toEqual([`no answer within ${STREAM_TIMING.readyMsMax} ms of connecting`]);
    expect(closed()).toBe(1);
    await clock.pass(STREAM_TIMING.retryFirstMs * 2);
    expect(attempts).toHaveLength(2);
  });

  test.each([
    ['connection limit exceeded', 'StreamOccupied'],
    ['Unexpected server response: 429', 'StreamOccupied'],
  ])('whose place is taken (%s) waits a minute and a half', async (message, code) => {
    const { clock, attempts, last, raised, notices } = desk();
    last().end(endOf(message));
    expect(raised()).toEqual([code]);
    await clock.pass(89_000);
    expect(attempts).toHaveLength(1);
    await clock.pass(11_000);
    expect(attempts).toHaveLength(2);
    last().ready();
    expect(notices.filter(({ over, code: about }) => over === true && about === code)).toHaveLength(1);
  });

  test.each(['auth failed', 'Unexpected server response: 401', 'insufficient subscription'])(
    'that is refused (%s) ends, and people hear of it',
    async (message) => {
      const { clock, attempts, last, raised, told } = desk();
      last().end(endOf(message));
      await clock.pass(86_400_000);
      expect(attempts).toHaveLength(1);
      expect(raised()).toEqual(['StreamRefused']);
      expect(told).toEqual([message]);
    },
  );

  test('whose log-in came too late is tried again', async () => {
    const { clock, attempts, last } = desk();
    last().end(endOf('auth timeout'));
    await clock.pass(1_000);
    expect(attempts).toHaveLength(2);
  });

  test('that is mute while data are due is connected anew; outside of hours silence is natural', async () => {
    let due: number | undefined;
    const { clock, attempts, told, raised, last } = desk({ muteAfterMs: () => due });
    last().ready();
    await clock.pass(8 * 3_600_000);
    expect(attempts).toHaveLength(1);
    due = 60_000;
    await clock.pass(58_000);
    last().heard();
    await clock.pass(58_000);
    expect(attempts).toHaveLength(1);
    await clock.pass(4_000);
    expect(attempts).toHaveLength(2);
    expect(told.at(-1)).toMatch(/nothing was heard for 6\d s/);
    expect(raised()).toEqual(['StreamMute']);
  });

  test('an attempt that is over is heard no more', async () => {
    const { clock, attempts, told } = desk();
    attempts[0]?.end({ kind: 'lost', reason: 'cut' });
    attempts[0]?.ready();
    attempts[0]?.end({ kind: 'lost', reason: 'cut again' });
    await clock.pass(1_000);
    attempts[0]?.end({ kind: 'refused', reason: 'too late' });
    expect(told).toEqual(['cut']);
    expect(attempts).toHaveLength(2);
  });

  test('a listener that throws is told of, and the stream goes on', async () => {
    const failing = (): void => {
      throw new Error('boom');
    };
    const { clock, attempts, notices, last } = desk({ listener: { onConnected: failing, onDisconnected: failing } });
    last().ready();
    last().end({ kind: 'lost', reason: 'cut' });
    await clock.pass(1_000);
    expect(attempts).toHaveLength(2);
    expect(notices.filter(({ code }) => code === 'ListenerFailed')).toHaveLength(2);
    expect(notices.find(({ code }) => code === 'ListenerFailed')?.detail).toContain('boom');
  });

  test('an opener that throws is an end like others', async () => {
    const clock = handClock();
    const told: string[] = [];
    let tries = 0;
    const supervised = superviseStream({
      name: 'stream',
      open: () => {
        tries += 1;
        throw new Error('no such host');
      },
      listener: { onConnected: () => told.push('connected'), onDisconnected: (reason) => told.push(reason) },
      timers: clock,
      jitter: seededJitter(1),
      timing: STREAM_TIMING,
      muteAfterMs: () => undefined,
    });
    await clock.pass(1_000);
    expect(tries).toBeGreaterThan(1);
    expect(told[0]).toBe('no such host');
    supervised.stop();
    const before = tries;
    await clock.pass(600_000);
    expect(tries).toBe(before);
    expect(clock.waiting()).toBe(0);
  });

  test('stopped, it leaves nothing behind', async () => {
    const { clock, supervised, last, told, closed, attempts } = desk();
    last().ready();
    supervised.stop();
    await clock.pass(600_000);
    expect({ told, closed: closed(), attempts: attempts.length, waiting: clock.waiting() }).toEqual({
      told: ['connected'],
      closed: 1,
      attempts: 1,
      waiting: 0,
    });
  });
});

describe('waits between tries', () => {
  test('double up to their bound, spread by half; the same seed gives the same', () => {
    const waits = (seed: number): readonly number[] => {
      const jitter = seededJitter(seed);
      return Array.from({ length: 12 }, (_, failures) => retryWaitMs('lost', failures, STREAM_TIMING, jitter));
    };
    expect(waits(3)).toEqual(waits(3));
    expect(waits(3)).not.toEqual(waits(4));
    for (const [failures, wait] of waits(5).entries()) {
      const base = Math.min(STREAM_TIMING.retryFirstMs * 2 ** failures, STREAM_TIMING.retryMsMax);
      expect(wait).toBeGreaterThanOrEqual(base / 2);
      expect(wait).toBeLessThan(base);
    }
  });

  test('a stream that falls as soon as it stands does not hammer', async () => {
    const { clock, attempts, last } = desk();
    for (let time = 0; time < 600; time += 1) {
      if (attempts.length > 0) last().ready();
      last().end({ kind: 'lost', reason: 'internal server error' });
      await clock.pass(1_000);
    }
    // Ten minutes: at first quickly, then every quarter of a minute to half a minute.
    expect(attempts.length).toBeLessThan(60);
  });
});
