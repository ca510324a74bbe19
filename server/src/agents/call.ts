import type { Instant } from '../money/instant.ts';
import { visibleText } from './visible-text.ts';

/** The most bytes of JSON that a call's arguments may have: what is longer is refused, since it could not be written down whole. */
export const ARGUMENT_BYTES_MAX = 16_384;
/** The most of an answer that is kept: a summary is shorter, a page of a whole answer too. */
export const ANSWER_LENGTH_MAX = 12_000;
/** The most characters of what a client says of itself: why it calls, and in which turn of its conversation. */
export const NOTE_LENGTH_MAX = 200;

/** `failed`: it was done as asked, and the answer is that it could not be. `refused`: nothing was done. */
export const CALL_OUTCOMES = ['answered', 'failed', 'refused'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** What is written before anything is done. */
export interface CallBeginning {
  /** As the journal names it: `agent:<key id>`. */
  readonly actor: string;
  readonly tool: string;
  /** JSON, at most {@link ARGUMENT_BYTES_MAX} bytes. */
  readonly arguments: string;
  /** Why, in the client's own words; none where it gave none. */
  readonly cause: string | undefined;
  readonly turn: string | undefined;
}

/** What is written before the answer leaves. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly durationMs: number;
  /** Fields of GraphQL that it cost, as the limits count them. */
  readonly cost: number;
  /** SHA-256 of the answer's JSON, in hex; none where it was refused. */
  readonly resultHash: string | undefined;
  /** What the agent was told, at most {@link ANSWER_LENGTH_MAX} characters of it; none where it was refused. */
  readonly answer: string | undefined;
  /** The id of the one thing that the answer was about, as the order that was proposed; none where it was about several, or about none. */
  readonly about: string | undefined;
  /** Why it was refused. */
  readonly refusal: string | undefined;
}

/** A call as it stands in the record; without an end where it was cut off. */
export interface AgentCall extends CallBeginning {
  readonly id: string;
  readonly at: Instant;
  readonly end: CallEnd | undefined;
}

/** As much of a client's note as is kept. */
export const noteOf = (said: unknown): string | undefined =>
  typeof said === 'string' && said !== '' ? visibleText(said).slice(0, NOTE_LENGTH_MAX) : undefined;
