import type { Instant } from '../../money/instant.ts';

/** A fact is what an agent found out; a note is everything else that it wants to know later. */
export const MEMORY_KINDS = ['note', 'fact'] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** The most UTF-16 units of one text. */
export const MEMORY_LENGTH_MAX = 2_000;
/** The most entries of one agent that are neither erased nor expired. */
export const MEMORY_ENTRIES_MAX = 500;
/** The most bytes of UTF-8 that their texts have together. */
export const MEMORY_BYTES_MAX = 262_144;
/** How many days an entry is recalled. */
export const MEMORY_DAYS = { min: 1, usual: 90, max: 365 } as const;
/** The most ids that an entry is about. */
export const ABOUT_MAX = 10;
/** The most characters of a search. */
export const MEMORY_QUERY_LENGTH_MAX = 200;

/** What an agent asks to be kept. */
export interface MemoryText {
  readonly kind: MemoryKind;
  readonly text: string;
  /** Where it is from: `call:`, `run:` or `turn:` and an id. */
  readonly source: string;
  /** Ids of runs, orders and strategies. */
  readonly about?: readonly string[] | undefined;
  readonly expiresAfterDays?: number | undefined;
}

/** Who took a text away, when and why. */
export interface MemoryErasure {
  readonly at: Instant;
  /** As the journal names them: `user:<id>`, or {@link EXPIRY_ACTOR}. */
  readonly by: string;
  readonly reason: string;
}

/** An entry of an agent's memory. */
export interface Memory {
  readonly id: string;
  readonly at: Instant;
  /** Whose it is: `agent:<key id>`. */
  readonly actor: string;
  readonly kind: MemoryKind;
  /** As it came, hidden characters too: data, never an instruction. `undefined` once it was erased. */
  readonly text: string | undefined;
  /** SHA-256 of the text's UTF-8, in hex: it stays when the text goes. */
  readonly textHash: string;
  readonly source: string;
  readonly about: readonly string[];
  readonly expiresAt: Instant;
  readonly erasure: MemoryErasure | undefined;
}

/** Why something is not remembered: which field, why, and what to do. */
export interface MemoryProblem {
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** Erases what nobody asked to erase. */
export const EXPIRY_ACTOR = 'system:expiry';

const SOURCE = /^(?:call|run|turn):[\x21-\x7e]{1,128}$/;
/** Ids are ours, and short. */
const ID = /^[A-Za-z0-9_.:-]{1,128}$/;
/** Controls other than line breaks and tabs: an editor may hide them, and none says anything. */
const CONTROLS = /(?![\n\t])\p{Cc}/u;
/** A key opens the platform, or another one: it is no memory. */
const KEY = /tmk_[A-Za-z0-9_-]{8,}/;

function textProblem(text: string): MemoryProblem | undefined {
  const field = 'text';
  if (text.trim() === '' || text.length > MEMORY_LENGTH_MAX)
    return {
      field,
      message: `text must be 1 to ${MEMORY_LENGTH_MAX} characters, got ${text.length}`,
      hint: 'Say it shorter, or in two entries.',
    };
  if (CONTROLS.test(text) || !text.isWellFormed())
    return { field, message: 'text holds control characters or half a character', hint: 'Write plain text; line breaks may stand in it.' };
  if (KEY.test(text)) return { field, message: 'text holds a key', hint: 'Leave the key out: none is remembered.' };
  return undefined;
}

/** What about an entry cannot stand, its size beside others apart; `undefined` where all can. Nothing of the text is repeated. */
export function memoryProblem({ text, source, about = [], expiresAfterDays }: MemoryText): MemoryProblem | undefined {
  const wrong = textProblem(text);
  if (wrong !== undefined) return wrong;
  if (!SOURCE.test(source))
    return { field: 'source', message: 'source is call:, run: or turn: and an id', hint: 'Name the call, run or turn that it is from.' };
  if (about.length > ABOUT_MAX || about.some((id) => !ID.test(id)))
    return { field: 'about', message: `about holds at most ${ABOUT_MAX} ids`, hint: 'Name runs, orders and strategies by their ids.' };
  const days = expiresAfterDays ?? MEMORY_DAYS.usual;
  if (!Number.isSafeInteger(days) || days < MEMORY_DAYS.min || days > MEMORY_DAYS.max)
    return {
      field: 'expiresAfterDays',
      message: `expiresAfterDays must be ${MEMORY_DAYS.min} to ${MEMORY_DAYS.max}`,
      hint: `Leave it out for ${MEMORY_DAYS.usual} days.`,
    };
  return undefined;
}

/** What an agent has already. */
export interface MemoryUse {
  readonly entries: number;
  readonly bytes: number;
}

/** Why one text more has no place; `undefined` where it has. */
export function roomProblem({ entries, bytes }: MemoryUse, textBytes: number): MemoryProblem | undefined {
  const hint = 'Go on without it, or ask a person to erase what is not needed, on the page Agents. Entries also end by themselves.';
  if (entries >= MEMORY_ENTRIES_MAX)
    return { field: 'text', message: `The memory is full: it holds ${MEMORY_ENTRIES_MAX} entries at most`, hint };
  if (bytes + textBytes > MEMORY_BYTES_MAX)
    return {
      field: 'text',
      message: `The memory is full: ${bytes} of ${MEMORY_BYTES_MAX} bytes are used, and this has ${textBytes}`,
      hint,
    };
  return undefined;
}
