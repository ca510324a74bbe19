/** A change of the shipped source: the text must stand there exactly once. */
export interface Edit {
  /** Path from `server/src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * A bug to be found. It is made by changing the source of the real part while a thread loads it, so that no switch that could weaken trading stands
 * in the shipped code.
 */
export interface Plant {
  readonly name: string;
  readonly what: string;
  readonly edits: readonly Edit[];
}
