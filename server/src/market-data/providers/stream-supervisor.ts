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

/** Tells a listener, whose failures must not take the stream with them. */
class Teller {
  readonly #name: string;
  readonly #listener: SupervisedListener;

  constructor(name: string, listener: SupervisedListener) {
    this.#name = name;
    this.#listener = listener;
  }

  guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      const detail = `${messageOf(error)}. The stream goes on.`;
      const title = `A listener of the ${this.#name} failed`;
      this.#listener.onNotice?.({ code: 'ListenerFailed', subject: this.#name, severity: 'critical', title, detail });
    }
  }

  ready(): void {
    for (const code of ['StreamOccupied', 'StreamMute', 'StreamRefused'])
      this.#notice({ code, severity: 'info', title: '', detail: '', over: true });
    this.guard(() => this.#listener.onConnected());
  }

  ended({ kind, reason }: StreamEnd, { occupiedMs }: StreamTiming): void {
    this.guard(() => this.#listener.onDisconnected(reason));
    const name = this.#name;
    if (kind === 'occupied') {
      const detail = `${reason}. It is tried again in about ${Math.round(occupiedMs / 1000)} s.`;
      this.#notice({ code: 'StreamOccupied', severity: 'warning', title: `The ${name} is taken`, detail });
    }
    if (kind === 'mute')
      this.#notice({ code: 'StreamMute', severity: 'warning', title: `The ${name} was mute`, detail: `${reason}. It is connected anew.` });
    if (kind === 'refused') {
      const detail = `${reason}. It is not tried again: check keys and subscription, then restart.`;
      this.#notice({ code: 'StreamRefused', severity: 'critical', title: `The ${name} was refused`, detail });
    }
  }

  #notice(given: Omit<Notice, 'subject'>): void {
    this.guard(() => this.#listener.onNotice?.({ subject: this.#name, ...given }));
  }
}

/** One connection from its opening to its end, which comes once. */
class Attempt {
  readonly #options: SupervisorOptions;
  readonly #teller: Teller;
  readonly #onEnd: (end: StreamEnd, readyForMs: number | undefined) => void;
  readonly #watch: MuteWatch;
  #readyAt: number | undefined;
  #over = false;
  #close = (): void => undefined;
  #cancelTimer: () => void;

  constructor(options: SupervisorOptions, teller: Teller, onEnd: (end: StreamEnd, readyForMs: number | undefined) => void) {
    const { timers, timing } = options;
    this.#options = options;
    this.#teller = teller;
    this.#onEnd = onEnd;
    this.#watch = new MuteWatch(timers.elapsedMs());
    const late = `no answer within ${timing.readyMsMax} ms of connecting`;
    this.#cancelTimer = timers.after(timing.readyMsMax, () => this.end({ kind: 'silent', reason: late }));
  }

  open(): void {
    try {
      this.#close = this.#options.open({
        ready: () => this.#ready(),
        heard: () => this.#watch.heard(this.#options.timers.elapsedMs()),
        end: (end) => this.end(end),
      });
    } catch (error) {
      this.end({ kind: 'lost', reason: messageOf(error) });
    }
    // It may have ended while it was opened, before there was a way to close it.
    if (this.#over) this.#teller.guard(() => this.#close());
  }

  end(why: StreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#teller.guard(() => this.#close());
    this.#onEnd(why, this.#readyAt === undefined ? undefined : this.#options.timers.elapsedMs() - this.#readyAt);
  }

  #ready(): void {
    if (this.#over || this.#readyAt !== undefined) return;
    const { timers, timing } = this.#options;
    this.#cancelTimer();
    this.#readyAt = timers.elapsedMs();
    this.#watch.heard(this.#readyAt);
    this.#cancelTimer = timers.after(timing.muteCheckMs, () => this.#lookForMute());
    this.#teller.ready();
  }

  #lookForMute(): void {
    const { timers, timing, muteAfterMs } = this.#options;
    const silence = this.#watch.check(muteAfterMs(), timers.elapsedMs());
    if (silence === undefined) this.#cancelTimer = timers.after(timing.muteCheckMs, () => this.#lookForMute());
    else this.end({ kind: 'mute', reason: `nothing was heard for ${Math.round(silence / 1000)} s` });
  }
}

/**
 * Keeps one stream connected for as long as nobody stops it: every end is told, and followed by another try, without a limit to their number. Only
 * a refusal of the keys is final: it is told as critical, and nothing is tried again before a restart.
 */
export function superviseStream(options: SupervisorOptions): Supervised {
  const { timers, timing, jitter } = options;
  const teller = new Teller(options.name, options.listener);
  let stopped = false;
  let failures = 0;
  let current: Attempt | undefined;
  let cancelRetry = (): void => undefined;

  const onEnd = (end: StreamEnd, readyForMs: number | undefined): void => {
    current = undefined;
    if (stopped) return;
    failures = readyForMs !== undefined && readyForMs >= timing.steadyMs ? 0 : failures + 1;
    teller.ended(end, timing);
    if (end.kind !== 'refused') cancelRetry = timers.after(retryWaitMs(end.kind, failures, timing, jitter), connect);
  };
  const connect = (): void => {
    current = new Attempt(options, teller, onEnd);
    current.open();
  };
  connect();
  return {
    interrupt: (end) => current?.end(end),
    stop: () => {
      stopped = true;
      cancelRetry();
      current?.end({ kind: 'lost', reason: 'closing' });
    },
  };
}
