import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY_HEAD } from './chain.ts';
import type { Head } from './chain.ts';
import { decodeBody, nextIntactFrame } from './frames.ts';
import { firstSeqIn, firstSeqOf, intactFrames, JournalCorrupted, segmentNames } from './segments.ts';
import type { FramePlace } from './segments.ts';

/** A file of the journal as this process knows it. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: number;
  /** Durable bytes: nothing beyond them is read. */
  bytes: number;
  /** Places to begin reading at, in order, at least {@link POINT_BYTES} apart. */
  readonly points: { readonly seq: number; readonly offset: number }[];
}

/** A reader scans this much at worst before it finds its entry. */
const POINT_BYTES = 64 * 1024;

export function notePoint({ points }: Segment, seq: number, offset: number): void {
  const last = points.at(-1);
  if (last === undefined || offset - last.offset >= POINT_BYTES) points.push({ seq, offset });
}

export interface ScannedJournal {
  readonly segments: Segment[];
  readonly head: Head;
}

/**
 * Reads the files of a journal: checks each frame's checksum and order, and cuts a torn tail (what a crash left of a write that was never
 * acknowledged), keeping its bytes beside the segment. Throws {@link JournalCorrupted} on damage anywhere else.
 */
export async function scanSegments(dir: string, onWarning: (message: string) => void): Promise<ScannedJournal> {
  const names = await segmentNames(dir);
  const segments: Segment[] = [];
  let head: Head = EMPTY_HEAD;
  for (const name of names) {
    const path = join(dir, name);
    const bytes = await readFile(path);
    const segment: Segment = { path, firstSeq: firstSeqOf(name), bytes: 0, points: [] };
    const { frames, end } = intactFrames(bytes);
    if (segment.firstSeq !== head.seq + 1)
      throw new JournalCorrupted({ seq: head.seq + 1, problem: `the file before ${name} ends too early or is missing` });
    head = followFrames(segment, frames, head);
    if (end < bytes.length) {
      const cuttable = name === names.at(-1) && nextIntactFrame(bytes, end + 1) === undefined;
      if (!cuttable) throw new JournalCorrupted({ seq: head.seq + 1, problem: `${name} is damaged at byte ${end}` });
      await cutTail(path, bytes, end);
      onWarning(`The journal ended in a torn write: ${bytes.length - end} bytes after entry ${head.seq} were set aside beside ${name}`);
    }
    segment.bytes = end;
    segments.push(segment);
  }
  return { segments, head };
}

function followFrames(segment: Segment, frames: readonly FramePlace[], before: Head): Head {
  let expected = before.seq + 1;
  for (const { body, offset } of frames) {
    const seq = firstSeqIn(body);
    if (seq !== expected) throw new JournalCorrupted({ seq: expected, problem: `found entry ${seq} in its place` });
    notePoint(segment, seq, offset);
    expected += countLines(body);
  }
  const last = frames.at(-1);
  const entry = last === undefined ? undefined : decodeBody(last.body).at(-1)?.entry;
  return entry === undefined ? before : { seq: entry.seq, hash: entry.hash };
}

function countLines(body: Buffer): number {
  let lines = 1;
  for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) lines += 1;
  return lines;
}

async function cutTail(path: string, bytes: Buffer, end: number): Promise<void> {
  await writeFile(`${path}.torn-${end}`, bytes.subarray(end), { mode: 0o600 });
  await truncate(path, end);
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a new name in a directory durable. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
