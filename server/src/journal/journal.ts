import type { Instant } from '../money/instant.ts';

/** Anything JSON can hold once bigints are tagged: see `codec.ts`. */
export type JournalPayload = unknown;

/** What a writer gives; the journal adds sequence number and hashes. */
export interface JournalDraft {
  /** An event's kind (`BarsClosed`) or a fact's (`OrderChanged`). */
  readonly kind: string;
  readonly type: 'event' | 'fact' | 'action';
  /** Venue time of what happened. */
  readonly at: Instant;
  /** Who or what: `strategy:<id>`, `user:<id>`, `agent:<id>`, `broker`, `feed`, `engine`. */
  readonly actor: string;
  /** Sequence number of the entry that caused this one; `undefined` for causes from outside. */
  readonly cause: number | undefined;
  readonly payload: JournalPayload;
}

export interface JournalEntry extends JournalDraft {
  /** 1, 2, 3, …: no gaps. */
  readonly seq: number;
  /** Wall-clock milliseconds when it was written. */
  readonly writtenAtMs: number;
  /** SHA-256 in hex over the previous hash and this entry's canonical text. */
  readonly hash: string;
  readonly previousHash: string;
}

/** Append-only, hash-chained, durable. One writer; any number of readers. */
export interface Journal {
  /** Resolves when the entries are durable (`fdatasync`, or a commit). All of the batch, or none. `cause` may be 'first': the first entry of this batch. */
  append(
    batch: readonly (Omit<JournalDraft, 'cause'> & { readonly cause: number | 'first' | undefined })[],
  ): Promise<readonly JournalEntry[]>;
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
  head(): { readonly seq: number; readonly hash: string };
  /** Of a journal that several processes see: the head then holds all that anybody can have read of it until now, and listeners have been called. */
  catchUp?(): Promise<void>;
  /** Called after each durable append, in order. Returns the way to stop. */
  onAppended(listener: (entries: readonly JournalEntry[]) => void): () => void;
  /** Walks the chain from the start; the first broken entry, or `undefined`. */
  verify(): Promise<{ readonly seq: number; readonly problem: string } | undefined>;
  close(): Promise<void>;
}
