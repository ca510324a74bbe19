import { hash } from 'node:crypto';
import { instantFromMs } from '../money/instant.ts';
import { decode, encode } from './codec.ts';
import type { JournalDraft, JournalEntry } from './journal.ts';

/** What the first entry is chained to. */
export const GENESIS_HASH = '0'.repeat(64);

export interface Head {
  readonly seq: number;
  readonly hash: string;
}
export const EMPTY_HEAD: Head = { seq: 0, hash: GENESIS_HASH };

/** An entry and the canonical text that its hash covers. */
export interface ChainedEntry {
  readonly entry: JournalEntry;
  readonly text: string;
  readonly payloadText: string;
}

/** Everything of an entry but its hashes. */
export type EntryFields = Omit<JournalEntry, 'hash' | 'previousHash' | 'payload'>;

/** The text of an entry under the hash: canonical JSON with the keys in this order. */
export const entryText = ({ actor, at, cause, kind, seq, type, writtenAtMs }: EntryFields, payloadText: string): string =>
  `{"actor":${encode(actor)},"at":${encode(at)},"cause":${cause ?? 'null'},"kind":${encode(kind)},"payload":${payloadText},` +
  `"seq":${seq},"type":${encode(type)},"writtenAtMs":${writtenAtMs}}`;

/** SHA-256 in hex over the previous hash, a line feed, and the entry's text. */
export const hashOf = (previousHash: string, text: string): string => hash('sha256', `${previousHash}\n${text}`, 'hex');

/** The next link. Throws where the payload has no canonical text. */
export function link(previous: Head, draft: JournalDraft, writtenAtMs: number): ChainedEntry {
  const payloadText = encode(draft.payload);
  const fields = { ...draft, seq: previous.seq + 1, writtenAtMs };
  const text = entryText(fields, payloadText);
  return { entry: { ...fields, hash: hashOf(previous.hash, text), previousHash: previous.hash }, text, payloadText };
}

/** A parsed entry from its text and hashes; throws SyntaxError on text that is not one. */
export function entryFromText(text: string, previousHash: string, ownHash: string): JournalEntry {
  const fields = decode(text) as Omit<JournalEntry, 'hash' | 'previousHash' | 'cause'> & { readonly cause: number | null };
  return { ...fields, at: instantFromMs(fields.at), cause: fields.cause ?? undefined, hash: ownHash, previousHash };
}

/** What is wrong with an entry that should follow `previous`; `undefined` where nothing is. */
export function linkProblem(previous: Head, entry: Pick<JournalEntry, 'seq' | 'hash' | 'previousHash'>, text: string): string | undefined {
  if (entry.seq !== previous.seq + 1) return `expected entry ${previous.seq + 1}, found entry ${entry.seq}`;
  if (entry.previousHash !== previous.hash) return 'its previous hash is not the hash of the entry before';
  if (hashOf(previous.hash, text) !== entry.hash) return 'its content does not match its hash';
  return undefined;
}
