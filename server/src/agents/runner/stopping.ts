import type { RunEnd } from './agent.ts';

/** Why a run ends before its model says so: the reason of an abort signal. */
export class Stopping extends Error {
  readonly end: RunEnd;

  constructor(end: RunEnd) {
    super(end.reason);
    this.end = end;
  }
}

/** What an aborted run ends with. */
export const endBy = (signal: AbortSignal): RunEnd =>
  signal.reason instanceof Stopping ? signal.reason.end : { outcome: 'stopped', reason: 'The run was stopped.' };

/** What the work gives, or a rejection as soon as the signal aborts. The work itself may go on: its answer is in the record of calls. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
