/** How long the shell waits for what, in real milliseconds. */
export interface SessionTiming {
  /** From an unclear outcome to the first question, doubled at each further one. */
  readonly resolveFirstMs: number;
  readonly resolveStepMsMax: number;
  /** The broker has not known an order for this long before it counts as never sent: a 404 just after a time-out proves nothing. */
  readonly notFoundAfterMs: number;
  readonly cancelCheckMs: number;
  /** An order that is older than this when its record is durable was approved for another market: it is not sent. */
  readonly approvalMsMax: number;
  /** An exit that could not leave this machine is sent again after this, and for this long in all. */
  readonly unsentAgainMs: number;
  readonly unsentExitMsMax: number;
  /** Open orders are compared this often; money and positions each so many times. */
  readonly reconcileEveryMs: number;
  readonly positionsEvery: number;
  readonly clockEveryMs: number;
  /** A difference is looked at again after this. */
  readonly reconcileAgainMs: number;
  /** Without a successful reconcile for this long, entries are off. */
  readonly reconcileOverdueMs: number;
  /** At most one mark a symbol in this time; the newest wins. */
  readonly markEveryMs: number;
}

export const DEFAULT_TIMING: SessionTiming = {
  resolveFirstMs: 250,
  resolveStepMsMax: 5_000,
  notFoundAfterMs: 20_000,
  cancelCheckMs: 2_000,
  approvalMsMax: 30_000,
  unsentAgainMs: 500,
  unsentExitMsMax: 60_000,
  reconcileEveryMs: 5_000,
  positionsEvery: 6,
  clockEveryMs: 30_000,
  reconcileAgainMs: 1_000,
  reconcileOverdueMs: 60_000,
  markEveryMs: 250,
};
