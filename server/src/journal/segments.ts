import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY_HEAD, linkProblem } from './chain.ts';
import type { Head } from './chain.ts';
import { bodyIntact, bodyLength, decodeBody, HEADER_BYTES } from './frames.ts';
import type { FramedEntry } from './frames.ts';

/** Where the journal is broken, and how. */
export interface JournalProblem {
  readonly seq: number;
  readonly problem: string;
}

/** The journal's files are damaged before their end: nothing may be appended until a person has looked. */
export class JournalCorrupted extends Error {
  override readonly name = 'JournalCorrupted';
  readonly seq: number;
  readonly problem: string;
  constructor({ seq, problem }: JournalProblem) {
    super(`The journal is damaged at entry ${seq}: ${problem}. Restore it from a backup; projections can be rebuilt from it.`);
    this.seq = seq;
    this.problem = problem;
  }
}

const SEGMENT = /^(\d{16})\.journal$/;
export const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(16, '0')}.journal`;

/** Names of segment files, oldest first. */
export const segmentNames = async (dir: string): Promise<string[]> => (await readdir(dir)).filter((name) => SEGMENT.test(name)).sort();
export const firstSeqOf = (name: string): number => Number(SEGMENT.exec(name)?.[1]);

/** A frame in a segment's bytes. */
export interface FramePlace {
  readonly offset: number;
  /** Header and body. */
  readonly length: number;
  readonly body: Buffer;
}

/** The frames from `offset` to the first that is not whole; `end` is where that is. */
export function intactFrames(bytes: Buffer, offset = 0): { readonly frames: readonly FramePlace[]; readonly end: number } {
  const frames: FramePlace[] = [];
  let end = offset;
  for (;;) {
    const header = bytes.subarray(end, end + HEADER_BYTES);
    const length = bodyLength(header);
    if (length === undefined || end + HEADER_BYTES + length > bytes.length) return { frames, end };
    const body = bytes.subarray(end + HEADER_BYTES, end + HEADER_BYTES + length);
    if (!bodyIntact(header, body)) return { frames, end };
    frames.push({ offset: end, length: HEADER_BYTES + length, body });
    end += HEADER_BYTES + length;
  }
}

/** Sequence number of a body's first entry, without parsing its payload. */
export function firstSeqIn(body: Buffer): number {
  const lineEnd = body.indexOf('\n');
  const line = body.toString('utf8', 0, lineEnd === -1 ? body.length : lineEnd);
  return Number.parseInt(line.slice(line.lastIndexOf('"seq":') + '"seq":'.length), 10);
}

const checkEntries = (previous: Head, entries: readonly FramedEntry[]): Head | JournalProblem => {
  let head = previous;
  for (const { entry, text } of entries) {
    const problem = linkProblem(head, entry, text);
    if (problem !== undefined) return { seq: head.seq + 1, problem };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return head;
};

const isProblem = (found: Head | JournalProblem): found is JournalProblem => 'problem' in found;

/** The first entry that a damaged frame no longer shows truthfully. */
function locate(previous: Head, bytes: Buffer, offset: number, file: string): JournalProblem {
  const damage = `the frame at byte ${offset} of ${file} is incomplete or fails its checksum`;
  const length = bodyLength(bytes.subarray(offset, offset + HEADER_BYTES));
  if (length === undefined) return { seq: previous.seq + 1, problem: damage };
  let seq = previous.seq + 1;
  let tip = previous;
  for (const line of bytes.toString('utf8', offset + HEADER_BYTES, offset + HEADER_BYTES + length).split('\n')) {
    const found = tryEntries(tip, line);
    if (found === undefined || isProblem(found)) break;
    tip = found;
    seq = found.seq + 1;
  }
  return { seq, problem: damage };
}

function tryEntries(previous: Head, line: string): Head | JournalProblem | undefined {
  try {
    return checkEntries(previous, decodeBody(Buffer.from(line)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Walks the files of a journal from the first entry to `until` (to the end where absent). Returns the first problem, or `undefined`. Works
 * on a journal that nobody has open, too.
 */
export async function verifySegments(dir: string, until?: Head): Promise<JournalProblem | undefined> {
  let head: Head = EMPTY_HEAD;
  for (const name of await segmentNames(dir)) {
    if (until !== undefined && head.seq >= until.seq) break;
    const bytes = await readFile(join(dir, name));
    const { frames, end } = intactFrames(bytes);
    for (const { body, offset } of frames) {
      if (until !== undefined && head.seq >= until.seq) break;
      const entries = parseBody(body);
      if (entries === undefined) return { seq: head.seq + 1, problem: `the frame at byte ${offset} of ${name} does not hold entries` };
      const found = checkEntries(head, entries);
      if (isProblem(found)) return { ...found, problem: `${found.problem} (in the frame at byte ${offset} of ${name})` };
      head = found;
    }
    const wholeRead = end === bytes.length || (until !== undefined && head.seq >= until.seq);
    if (!wholeRead) return locate(head, bytes, end, name);
  }
  if (until !== undefined && head.seq < until.seq) return { seq: head.seq + 1, problem: `the files end before entry ${until.seq}` };
  return undefined;
}

function parseBody(body: Buffer): FramedEntry[] | undefined {
  try {
    return decodeBody(body);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
