import type { Notice } from '../notice.ts';
import type { Jitter } from './jitter.ts';
import type { Timers } from './timers.ts';

/**
 * Why a connection ended. `occupied`: another one holds the place, and half-open ones linger. `refused`: keys or subscription are no good, and
 * asking again will not help. `silent`: no answer to the log-in. `mute`: it stands, and tells nothing. `lost`: everything else.
 */
export type StreamEndKind = 'lost' | 'occupied' | 'refused' | 'silent' | 'mute';

export interface StreamEnd {
  readonly kind: StreamEndKind;
  readonly reason: string;
}

/** What one connection tells its supervisor. After its end nothing of it counts. */
export interface StreamAttempt {
  /** Logged in and subscribed: from here on nothing is missed. */
  readonly ready: () => void;
  /** Data have come. */
  readonly heard: () => void;
  readonly end: (end: StreamEnd) => void;
}

/** Opens one connection; gives the way to close it. */
export type OpenStream = (attempt: StreamAttempt) => () => void;

export interface StreamTiming {
  /** From opening the socket to being ready; then it is tried again. */
  readonly readyMsMax: number;
  readonly retryFirstMs: number;
  readonly retryMsMax: number;
  /** A place that another connection holds is free again after about this. */
  readonly occupiedMs: number;
  /** A connection that stood this long was a good one: the next wait is short again. */
  readonly steadyMs: number;
  readonly muteCheckMs: number;
}

export const STREAM_TIMING: StreamTiming = {
  readyMsMax: 12_000,
  retryFirstMs: 250,
  retryMsMax: 30_000,
  occupiedMs: 90_000,
  steadyMs: 10_000,
  muteCheckMs: 1_000,
};

export interface SupervisedListener {
  onConnected(): void;
  onDisconnected(reason: string): void;
  onNotice?(notice: Notice): void;
}

export interface SupervisorOptions {
  /** Of the stream, for people: "order stream". */
  readonly name: string;
  readonly open: OpenStream;
  readonly listener: SupervisedListener;
  readonly timers: Timers;
  readonly jitter: Jitter;
  readonly timing: StreamTiming;
  /** Data are due within this now; `undefined` where silence is natural. */
  readonly muteAfterMs: () => number | undefined;
}

export interface Supervised {
  /** Ends the connection that stands, as if it had been lost, and makes another. */
  readonly interrupt: (end: StreamEnd) => void;
  readonly stop: () => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Milliseconds until the next try. Grows from failure to failure, spread by half so that many clients do not come back together. */
export function retryWaitMs(kind: StreamEndKind, failures: number, timing: StreamTiming, jitter: Jitter): number {
  if (kind === 'occupied') return timing.occupiedMs * (1 + jitter() / 10);
  const base = Math.min(timing.retryFirstMs * 2 ** Math.min(failures, 30), timing.retryMsMax);
  return base * (0.5 + jitter() / 2);
}

/** Watches that a connection on which data are due is not mute. Silence counts from when data became due. */
class MuteWatch {
  #quietSince: number;
  #limit: number | undefined;

  constructor(nowMs: number) {
    this.#quietSince = nowMs;
  }

  heard(nowMs: number): void {
    this.#quietSince = nowMs;
  }

  /** Milliseconds of silence where they are too many. */
  check(limit: number | undefined, nowMs: number): number | undefined {
    const stricter = limit === undefined || this.#limit === undefined || limit < this.#limit;
    if (stricter) this.#quietSince = Math.max(this.#quietSince, nowMs);
    this.#limit = limit;
    const silence = nowMs - this.#quietSince;
    return limit !== undefined && silence >= limit ? silence : undefined;
  }
}

/**
 * Keeps one stream connected for as long as nobody stops it: every end is told, and followed by another try, without a limit to their number. Only
 * a refusal of the keys is final: it is told as critical, and nothing is tried again before a restart.
 */
export function superviseStream(options: SupervisorOptions): Supervised {
  const { name, open, listener, timers, jitter, timing } = options;
  let stopped = false;
  let failures = 0;
  let endCurrent: ((end: StreamEnd) => void) | undefined;
  let cancelRetry = (): void => undefined;

  const notice = (given: Omit<Notice, 'subject'>): void => guard(() => listener.onNotice?.({ subject: name, ...given }));
  /** A listener that throws must not take the stream with it; it is told once, by a notice that cannot throw again. */
  const guard = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      failedListener(error);
    }
  };
  const failedListener = (error: unknown): void => {
    const detail = `${messageOf(error)}. The connection goes on.`;
    try {
      listener.onNotice?.({
        code: 'ListenerFailed',
        subject: name,
        severity: 'critical',
        title: `A listener of the ${name} failed`,
        detail,
      });
    } catch (again) {
      queueMicrotask(() => {
        throw again;
      });
    }
  };

  const tellEnd = ({ kind, reason }: StreamEnd): void => {
    guard(() => listener.onDisconnected(reason));
    if (kind === 'occupied')
      notice({
        code: 'StreamOccupied',
        severity: 'warning',
        title: `The ${name} is taken`,
        detail: `${reason}. It is tried again in about ${Math.round(timing.occupiedMs / 1000)} s.`,
      });
    if (kind === 'mute')
      notice({ code: 'StreamMute', severity: 'warning', title: `The ${name} was mute`, detail: `${reason}. It is connected anew.` });
    if (kind === 'refused')
      notice({
        code: 'StreamRefused',
        severity: 'critical',
        title: `The ${name} was refused`,
        detail: `${reason}. It is not tried again: check keys and subscription, then restart.`,
      });
  };
  const tellReady = (): void => {
    for (const code of ['StreamOccupied', 'StreamMute', 'StreamRefused'])
      notice({ code, severity: 'info', title: '', detail: '', over: true });
    guard(() => listener.onConnected());
  };

  const attempt = (): void => {
    const openedAt = timers.elapsedMs();
    const watch = new MuteWatch(openedAt);
    let readyAt: number | undefined;
    let over = false;
    let close = (): void => undefined;
    let cancelTimer = (): void => undefined;
    const end = (why: StreamEnd): void => {
      if (over) return;
      over = true;
      endCurrent = undefined;
      cancelTimer();
      guard(() => close());
      if (stopped) return;
      failures = readyAt !== undefined && timers.elapsedMs() - readyAt >= timing.steadyMs ? 0 : failures + 1;
      tellEnd(why);
      if (why.kind !== 'refused') cancelRetry = timers.after(retryWaitMs(why.kind, failures, timing, jitter), attempt);
    };
    const watchForMute = (): void => {
      const silence = watch.check(options.muteAfterMs(), timers.elapsedMs());
      if (silence === undefined) cancelTimer = timers.after(timing.muteCheckMs, watchForMute);
      else end({ kind: 'mute', reason: `nothing was heard for ${Math.round(silence / 1000)} s` });
    };
    const ready = (): void => {
      if (over || readyAt !== undefined) return;
      cancelTimer();
      readyAt = timers.elapsedMs();
      watch.heard(readyAt);
      cancelTimer = timers.after(timing.muteCheckMs, watchForMute);
      tellReady();
    };
    cancelTimer = timers.after(timing.readyMsMax, () =>
      end({ kind: 'silent', reason: `no answer within ${timing.readyMsMax} ms of connecting` }),
    );
    endCurrent = end;
    try {
      close = open({ ready, heard: () => watch.heard(timers.elapsedMs()), end });
    } catch (error) {
      end({ kind: 'lost', reason: messageOf(error) });
    }
    if (over) guard(() => close());
  };

  attempt();
  return {
    interrupt: (end) => endCurrent?.(end),
    stop: () => {
      stopped = true;
      cancelRetry();
      endCurrent?.({ kind: 'lost', reason: 'closing' });
    },
  };
}
