import type { Role } from '../../approvals/roles.ts';
import type { Timeframe } from '../../market-data/bar.ts';
import type { LimitName } from '../../risk/limits.ts';
import type { RestrictionList } from '../../risk/restrictions.ts';
import type { ExecutionMode } from '../../strategies/execution.ts';
import type { FileName } from './files.ts';

/** What is sent to the server, or done beside it, for one change. Strategies go by name: those to be made have no id yet. */
export type Step =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly version: string;
      readonly timeframe: Timeframe;
      readonly symbols: readonly string[];
      readonly parameters: Readonly<Record<string, string>>;
      readonly allocation?: string | undefined;
      readonly size?: string | undefined;
    }
  | {
      readonly kind: 'configure';
      readonly name: string;
      readonly symbols?: readonly string[] | undefined;
      readonly parameters?: Readonly<Record<string, string>> | undefined;
      readonly allocation?: string | undefined;
      readonly size?: string | undefined;
    }
  | { readonly kind: 'execution'; readonly name: string; readonly mode: ExecutionMode; readonly waitMinutes?: number | undefined }
  | { readonly kind: 'enable' | 'disable'; readonly name: string }
  | { readonly kind: 'limit'; readonly limit: LimitName; readonly value: string; readonly strategy?: string }
  | { readonly kind: 'symbols'; readonly list: RestrictionList; readonly symbols: readonly string[] }
  | { readonly kind: 'role'; readonly personId: string; readonly role: Role }
  | { readonly kind: 'alert-rules'; readonly text: string };

/**
 * What a change does, in the order in which changes are carried out: what stops or tightens before what starts or lets more through. `asks` takes a
 * second person; `restart` holds when the server starts again.
 */
export const EFFECTS = ['stops', 'changes', 'tightens', 'starts', 'asks', 'roles', 'restart'] as const;
export type Effect = (typeof EFFECTS)[number];

export interface PlannedChange {
  readonly file: FileName;
  /** What it is about, for people. */
  readonly subject: string;
  /** From what to what; one line each. */
  readonly lines: readonly string[];
  readonly effect: Effect;
  readonly step: Step;
  /** Asked for already, and not yet in force: there is nothing to be sent. */
  readonly waits?: string;
}

/** What the files come to on this server: all that is wrong, or what would change. */
export interface Plan {
  readonly problems: readonly string[];
  readonly changes: readonly PlannedChange[];
}

export const inOrder = (changes: readonly PlannedChange[]): readonly PlannedChange[] =>
  changes.toSorted((left, right) => EFFECTS.indexOf(left.effect) - EFFECTS.indexOf(right.effect));

/** Lets more through, or begins to trade: not tried where something before it was refused. */
export const isBold = ({ effect }: PlannedChange): boolean => effect === 'starts' || effect === 'asks';
