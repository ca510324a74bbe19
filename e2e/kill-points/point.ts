import type { Edit } from '../../server/src/simulation/plants/plant.ts';

/** When the process is to die: at its start, in the middle of trading, while the kill switch works, or while it is stopped in good order. */
export type Phase = 'starting' | 'trading' | 'killing' | 'stopping';

/** A place in the shipped source at which the process dies by SIGKILL. The source is changed while it is loaded, in the test's process alone. */
export interface KillPoint {
  readonly name: string;
  readonly phase: Phase;
  readonly edits: readonly Edit[];
  /** At which pass it dies; the first where absent. */
  readonly pass?: number;
  /** Faults that the exchange has meanwhile. */
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  /** What the kill switch does with positions. */
  readonly flatten?: true;
}

/** Asks whether this pass is the last; the loader defines it. */
const DIES = 'if (globalThis.tidemarkDies()) process.kill(process.pid, "SIGKILL");';

export const dying = (condition?: string): string => (condition === undefined ? DIES : `if (${condition}) { ${DIES} }`);

/** Dies just before that text of the source, where the condition holds. */
export const before = (file: string, find: string, condition?: string): Edit => ({ file, find, replace: `${dying(condition)} ${find}` });
/** Dies just after it. */
export const after = (file: string, find: string, condition?: string): Edit => ({ file, find, replace: `${find} ${dying(condition)}` });
/** Puts another text in its place. */
export const instead = (file: string, find: string, replace: string): Edit => ({ file, find, replace });
