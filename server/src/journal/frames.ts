import { crc32 } from 'node:zlib';
import { entryFromText } from './chain.ts';
import type { ChainedEntry } from './chain.ts';
import type { JournalEntry } from './journal.ts';

// A frame is what one write and one `fdatasync` made durable: magic, length and CRC-32 of the body, little-endian, then the body, one
// line of JSON for each entry. Because a frame is all or nothing, only the last one can be torn.

const MAGIC = Buffer.from('TMK1', 'latin1');
export const HEADER_BYTES = 12;
/** A frame longer than this is not one of ours. */
export const BODY_BYTES_MAX = 512 * 1024 * 1024;

const LINE_START = '{"hash":"';
const LINE_MIDDLE = '","previousHash":"';
const LINE_ENTRY = '","entry":';
const HASH_LENGTH = 64;
const PREVIOUS_AT = LINE_START.length + HASH_LENGTH + LINE_MIDDLE.length;
const TEXT_AT = PREVIOUS_AT + HASH_LENGTH + LINE_ENTRY.length;

export function encodeFrame(entries: readonly ChainedEntry[]): Buffer<ArrayBuffer> {
  const lines = entries.map(({ entry, text }) => `${LINE_START}${entry.hash}${LINE_MIDDLE}${entry.previousHash}${LINE_ENTRY}${text}}`);
  const body = Buffer.from(lines.join('\n'), 'utf8');
  if (body.length > BODY_BYTES_MAX)
    throw new Error(`Invariant: a group of journal entries takes ${body.length} bytes, more than ${BODY_BYTES_MAX}`);
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header, 0);
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([header, body]);
}

/** Body length from a header; `undefined` where it is not one. */
export function bodyLength(header: Buffer): number | undefined {
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const length = header.readUInt32LE(4);
  return length === 0 || length > BODY_BYTES_MAX ? undefined : length;
}

export const bodyIntact = (header: Buffer, body: Buffer): boolean => crc32(body) === header.readUInt32LE(8);

/** One entry of a body: its text is under the hash. */
export interface FramedEntry {
  readonly entry: JournalEntry;
  readonly text: string;
}

/** The entries of a body, or `count` of them from the one at `start` on. Throws SyntaxError on a body that does not hold entries. */
export const decodeBody = (body: Buffer, start = 0, count = Number.POSITIVE_INFINITY): FramedEntry[] =>
  body
    .toString('utf8')
    .split('\n')
    .slice(start, start + count)
    .map(decodeLine);

function decodeLine(line: string): FramedEntry {
  const ownHash = line.slice(LINE_START.length, LINE_START.length + HASH_LENGTH);
  const previousHash = line.slice(PREVIOUS_AT, PREVIOUS_AT + HASH_LENGTH);
  const text = line.slice(TEXT_AT, -1);
  return { entry: entryFromText(text, previousHash, ownHash), text };
}

/** Where the next intact frame begins at or after `from`; `undefined` where there is none. Tells a torn tail from damage in the middle. */
export function nextIntactFrame(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MAGIC, from); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    const header = bytes.subarray(at, at + HEADER_BYTES);
    const length = bodyLength(header);
    if (length === undefined || at + HEADER_BYTES + length > bytes.length) continue;
    if (bodyIntact(header, bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length))) return at;
  }
  return undefined;
}
