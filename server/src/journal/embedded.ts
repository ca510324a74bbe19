import { fstatSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockDirectory } from './directory-lock.ts';
import { decodeBody, encodeFrame, HEADER_BYTES, bodyLength } from './frames.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { notePoint, scanSegments, syncDirectory } from './segment-files.ts';
import type { ScannedJournal, Segment } from './segment-files.ts';
import { firstSeqIn, intactFrames, JournalCorrupted, segmentName, verifySegments } from './segments.ts';
import { EMPTY_HEAD } from './chain.ts';
import type { ChainedEntry } from './chain.ts';
import { journalWriter } from './writer.ts';

/** What the journal does with a file: so that a full disk can be played in tests. */
export interface SegmentFile {
  /** Bytes that it has now. */
  size(): Promise<number>;
  /** All of the bytes, at the offset. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface EmbeddedJournalOptions {
  readonly dir: string;
  readonly nowMs?: () => number;
  readonly onWarning?: (message: string) => void;
  /** A new file is begun when the current one would grow beyond this. */
  readonly segmentBytesMax?: number;
  readonly openFile?: (path: string) => Promise<SegmentFile>;
}

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
/**
 * What is written into the system's memory without a turn through the thread pool, where every commit would wait for a thread; only the way to the disk is
 * waited for. More than this could hold up the process while the system makes room.
 */
const AT_ONCE_BYTES_MAX = 64 * 1024;
/** Newest entries kept in memory: live readers follow the end and need no file. */
const RECENT_MAX = 4_096;

/**
 * A journal in files of its own: see docs/data-contracts.md for their layout. Locks the directory. Throws `DirectoryLocked`,
 * {@link JournalCorrupted}.
 */
export async function openEmbeddedJournal(options: EmbeddedJournalOptions): Promise<Journal> {
  const { dir, nowMs = Date.now, onWarning = (message: string) => process.emitWarning(message), openFile = openSegmentFile } = options;
  const lock = await lockDirectory(dir);
  try {
    const scanned = await scanSegments(dir, onWarning);
    const files = segmentWriter(dir, scanned, openFile, options.segmentBytesMax ?? SEGMENT_BYTES_MAX);
    const recent = recentEntries();
    const writer = journalWriter({
      head: scanned.head,
      nowMs,
      commit: async (entries) => {
        await files.commit(entries);
        recent.add(entries);
      },
      onListenerError: (error) => onWarning(`A listener of the journal failed: ${String(error)}`),
    });
    return {
      append: writer.append,
      head: writer.head,
      onAppended: writer.onAppended,
      read: async (after, limit) => recent.read(after, limit) ?? (await readSegments(scanned.segments, after, limit, writer.head().seq)),
      verify: async () => await verifySegments(dir, writer.head()),
      close: async () => {
        await writer.close();
        await files.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Writes entries that are chained already into an empty folder: for a restore. The folder must be locked. */
export const openSegmentWriter = (dir: string): SegmentWriter =>
  segmentWriter(dir, { segments: [], head: EMPTY_HEAD }, openSegmentFile, SEGMENT_BYTES_MAX);

interface SegmentWriter {
  commit(entries: readonly ChainedEntry[]): Promise<void>;
  close(): Promise<void>;
}

function segmentWriter(
  dir: string,
  { segments }: ScannedJournal,
  openFile: (path: string) => Promise<SegmentFile>,
  bytesMax: number,
): SegmentWriter {
  let file: SegmentFile | undefined;
  const begin = async (firstSeq: number): Promise<Segment> => {
    await file?.close();
    const segment: Segment = { path: join(dir, segmentName(firstSeq)), firstSeq, bytes: 0, points: [] };
    file = await openFile(segment.path);
    await syncDirectory(dirname(segment.path));
    segments.push(segment);
    return segment;
  };
  return {
    commit: async (entries) => {
      const first = entries[0];
      if (first === undefined) return;
      const frame = encodeFrame(entries);
      let segment = segments.at(-1);
      if (segment === undefined || (segment.bytes > 0 && segment.bytes + frame.length > bytesMax)) segment = await begin(first.entry.seq);
      file ??= await openFile(segment.path);
      await checkUntouched(file, segment);
      await file.write(frame, segment.bytes);
      await file.datasync();
      notePoint(segment, first.entry.seq, segment.bytes);
      segment.bytes += frame.length;
    },
    close: async () => await file?.close(),
  };
}

/** The lock keeps others out. Where it was lost (its file was removed, or the folder copied over), their writes must not be written over. */
async function checkUntouched(file: SegmentFile, { path, bytes }: Segment): Promise<void> {
  const size = await file.size();
  if (size !== bytes)
    throw new Error(
      `${path} has ${size} bytes and should have ${bytes}: somebody else has written to it. Let only one process use the folder.`,
    );
}

/** A file of the journal on the real disk, made where it is missing. */
export async function openSegmentFile(path: string): Promise<SegmentFile> {
  const handle = await open(path, 'a+', 0o600).then(async (created) => {
    await created.close();
    return await open(path, 'r+');
  });
  return {
    size: () => Promise.resolve(fstatSync(handle.fd).size),
    write: async (bytes, offset) => {
      for (let done = 0; done < bytes.length;) {
        const rest = bytes.length - done;
        done +=
          bytes.length <= AT_ONCE_BYTES_MAX
            ? writeSync(handle.fd, bytes, done, rest, offset + done)
            : (await handle.write(bytes, done, rest, offset + done)).bytesWritten;
      }
    },
    datasync: async () => await handle.datasync(),
    close: async () => await handle.close(),
  };
}

/** The newest entries, without a gap; `read` answers `undefined` when the wish goes further back. */
function recentEntries(): {
  add(entries: readonly ChainedEntry[]): void;
  read(after: number, limit: number): readonly JournalEntry[] | undefined;
} {
  let kept: JournalEntry[] = [];
  return {
    add: (entries) => {
      for (const { entry } of entries) kept.push(entry);
      if (kept.length > 2 * RECENT_MAX) kept = kept.slice(-RECENT_MAX);
    },
    read: (after, limit) => {
      const first = kept[0]?.seq;
      if (first === undefined || after + 1 < first) return undefined;
      return kept.slice(after + 1 - first, after + 1 - first + limit);
    },
  };
}

async function readSegments(segments: readonly Segment[], after: number, limit: number, headSeq: number): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = [];
  let next = Math.max(0, after) + 1;
  while (found.length < limit && next <= headSeq) {
    const segment = segments.findLast(({ firstSeq }) => firstSeq <= next);
    if (segment === undefined) throw new Error(`Invariant: no file of the journal holds entry ${next}`);
    const upTo = Math.min(headSeq, next + (limit - found.length) - 1);
    const entries = await readSegment(segment, next, upTo);
    if (entries.length === 0) throw new JournalCorrupted({ seq: next, problem: `${segment.path} does not hold it` });
    for (const entry of entries) found.push(entry);
    next += entries.length;
  }
  return found;
}

/** Entries `from` to `upTo` of one file, as far as it goes. */
async function readSegment(segment: Segment, from: number, upTo: number): Promise<JournalEntry[]> {
  let offset = segment.points.findLast(({ seq }) => seq <= from)?.offset ?? 0;
  const found: JournalEntry[] = [];
  const handle = await open(segment.path, 'r');
  try {
    while (offset < segment.bytes) {
      const { frames, end } = intactFrames(await readFrames(handle, offset, segment.bytes));
      if (end === 0)
        throw new JournalCorrupted({
          seq: from + found.length,
          problem: `the frame at byte ${offset} of ${segment.path} fails its checksum`,
        });
      for (const { body } of frames) {
        const first = firstSeqIn(body);
        // A frame may hold thousands of entries: only those in the range are parsed.
        for (const { entry } of decodeBody(body, Math.max(0, from - first), upTo - Math.max(first, from) + 1)) found.push(entry);
        if (found.at(-1)?.seq === upTo) return found;
      }
      offset += end;
    }
    return found;
  } finally {
    await handle.close();
  }
}

/** Bytes from `offset` that hold at least one whole frame, where the file does. */
async function readFrames(handle: FileHandle, offset: number, endOfFile: number): Promise<Buffer> {
  const bytes = await readBytes(handle, offset, Math.min(READ_BYTES, endOfFile - offset));
  const length = HEADER_BYTES + (bodyLength(bytes) ?? 0);
  return length <= bytes.length ? bytes : await readBytes(handle, offset, Math.min(length, endOfFile - offset));
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}
