import { rm } from 'node:fs/promises';
import { openEmbeddedJournal, openSegmentFile } from '../../journal/embedded.ts';
import type { SegmentFile } from '../../journal/embedded.ts';
import { decodeBody, HEADER_BYTES } from '../../journal/frames.ts';
import type { Journal } from '../../journal/journal.ts';
import { fileReader } from '../../journal/past/journal-reader.ts';
import { firstSeqIn, segmentNames, verifySegments } from '../../journal/segments.ts';
import { failure } from '../hazards.ts';
import type { Failing } from '../hazards.ts';
import type { StoreOptions } from '../store.ts';
import { Violated } from '../watch.ts';
import { emptyTables } from './projected-tables.ts';
import type { Count, Records, Tables, Writing } from './recorded-store.ts';

/** Small, so that a day has several files. */
const SEGMENT_BYTES_MAX = 128 * 1024;
const ZEROS_SHARE = 0.3;

/** A torn frame as it is found after a crash: its beginning, or its whole length with zeros where the rest did not come to the disk. */
function torn(bytes: Uint8Array, firstSeq: number, { dice, number }: StoreOptions): Uint8Array {
  const subject = `torn ${firstSeq}~${number(`torn ${firstSeq}`)}`;
  const kept = dice.whole(subject, 1, bytes.length - 1);
  if (dice.draw(`zeros ${subject}`) >= ZEROS_SHARE) return bytes.subarray(0, kept);
  const padded = new Uint8Array(bytes.length);
  padded.set(bytes.subarray(0, kept));
  return padded;
}

/** The real file, whose writes end as the day has it. */
function hazardousFile(file: SegmentFile, { ending }: Writing, left: (failed: Failing, bytes: Uint8Array, firstSeq: number) => Uint8Array) {
  let failed: Failing | undefined;
  const guarded: SegmentFile = {
    ...file,
    write: async (bytes, offset) => {
      const body = Buffer.from(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.length - HEADER_BYTES);
      const firstSeq = firstSeqIn(body);
      const last = decodeBody(body).at(-1)?.entry;
      if (last === undefined) throw new Error('Invariant: a frame holds entries');
      const end = await ending(firstSeq, { seq: last.seq, hash: last.hash });
      failed = end.kind === 'failed' ? end : undefined;
      await file.write(failed === undefined ? bytes : left(failed, bytes, firstSeq), offset);
      if (failed !== undefined && failed.left !== 'whole') throw failure(failed);
    },
    datasync: async () => {
      await file.datasync();
      // All of it has come to the disk, and nobody is told.
      if (failed !== undefined) throw failure(failed);
    },
  };
  return guarded;
}

/** The journal in files of its own, as on a machine without a database server; its tables in the embedded database. */
export function embeddedRecords(dir: string, { db, scratch }: Tables, options: StoreOptions, count: Count): Records {
  let tails = 0;
  /** Opening says once that a tail was torn, and only where one was. */
  const noteRecovery = (said: readonly string[]): void => {
    if (said.length !== tails || said.some((message) => !message.includes('torn write')))
      throw new Violated('store', `${tails} writes were torn since it was last open, and recovery says: ${said.join('; ') || 'nothing'}`);
    count('torn tails found and cut by recovery', tails);
    tails = 0;
  };
  const left = (failed: Failing, bytes: Uint8Array, firstSeq: number): Uint8Array => {
    if (failed.left === 'whole') return bytes;
    if (failed.left === 'lost') return bytes.subarray(0, 0);
    tails += 1;
    return torn(bytes, firstSeq, options);
  };
  const open = async (writing: Writing): Promise<Journal> => {
    const said: string[] = [];
    let opened = false;
    const journal = await openEmbeddedJournal({
      dir,
      nowMs: writing.nowMs,
      segmentBytesMax: SEGMENT_BYTES_MAX,
      onWarning: (message) => (opened ? writing.warn(message) : void said.push(message)),
      openFile: async (path) => hazardousFile(await openSegmentFile(path), writing, left),
    });
    opened = true;
    try {
      noteRecovery(said);
    } catch (error) {
      await journal.close();
      throw error;
    }
    return journal;
  };
  return {
    open,
    db,
    scratch,
    withJournal: false,
    reader: fileReader(dir),
    problem: async () => {
      const found = await verifySegments(dir);
      count('segment files', (await segmentNames(dir)).length);
      return found === undefined ? undefined : `${dir}: the chain breaks at entry ${found.seq}: ${found.problem}`;
    },
    dispose: async () => {
      await rm(dir, { recursive: true, force: true });
      await emptyTables(db);
    },
  };
}
