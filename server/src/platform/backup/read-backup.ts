import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createZstdDecompress } from 'node:zlib';
import { EMPTY_HEAD, linkProblem } from '../../journal/chain.ts';
import type { Head } from '../../journal/chain.ts';
import { decodeBody } from '../../journal/frames.ts';
import type { FramedEntry } from '../../journal/frames.ts';
import { BackupUnusable, lineDigest, parseHeader } from './format.ts';
import type { BackupEnd, BackupHeader, BackupRow } from './format.ts';

export interface BackupReader {
  readonly onHeader?: (header: BackupHeader) => Promise<void> | void;
  readonly onEntries?: (entries: readonly FramedEntry[]) => Promise<void> | void;
  readonly onRows?: (table: string, rows: readonly string[]) => Promise<void> | void;
}

const BATCH = 500;

const isEnd = (line: string): boolean => line.startsWith('{"end":true');

/** Reads a backup to its end, and gives its header. Throws {@link BackupUnusable} where it is damaged or not whole, if only at its very end. */
export async function readBackup(path: string, reader: BackupReader): Promise<BackupHeader> {
  const digest = lineDigest();
  const state: Reading = { header: undefined, head: EMPTY_HEAD, entries: [], rows: [], table: '', end: undefined };
  try {
    await eachLine(path, async (line) => {
      if (state.end !== undefined) throw new BackupUnusable('something follows its end');
      if (isEnd(line)) state.end = JSON.parse(line) as BackupEnd;
      else {
        digest.add(line);
        await takeLine(state, line, reader);
      }
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(?:ZSTD_|Z_|ERR_STREAM_PREMATURE)/.test(String(error.code)))
      throw new BackupUnusable('it is damaged, or no backup', { cause: error });
    if (error instanceof SyntaxError) throw new BackupUnusable('one of its lines is damaged', { cause: error });
    throw error;
  }
  await flush(state, reader);
  const found = digest.end();
  if (state.header === undefined || state.end === undefined) throw new BackupUnusable('it is not whole: its end is missing');
  if (state.end.lines !== found.lines || state.end.sha256 !== found.sha256) throw new BackupUnusable('its content does not match its hash');
  const { journal } = state.header;
  if (state.head.seq !== journal.seq || state.head.hash !== journal.hash)
    throw new BackupUnusable(`its journal ends at entry ${state.head.seq}, and should end at entry ${journal.seq}`);
  return state.header;
}

/** Gives the lines of a compressed file one after the other. Rejects where the file is damaged, or breaks off, or a line is refused. */
async function eachLine(path: string, take: (line: string) => Promise<void>): Promise<void> {
  await pipeline(createReadStream(path), createZstdDecompress(), async (chunks: AsyncIterable<Buffer>) => {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for await (const chunk of chunks) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) await take(line);
    }
    if (rest !== '') throw new BackupUnusable('it is not whole: its last line is cut off');
  });
}

interface Reading {
  header: BackupHeader | undefined;
  head: Head;
  entries: FramedEntry[];
  rows: string[];
  table: string;
  end: BackupEnd | undefined;
}

async function flush(state: Reading, reader: BackupReader): Promise<void> {
  const [entries, rows] = [state.entries.splice(0), state.rows.splice(0)];
  if (entries.length > 0) await reader.onEntries?.(entries);
  if (rows.length > 0) await reader.onRows?.(state.table, rows);
}

async function takeLine(state: Reading, line: string, reader: BackupReader): Promise<void> {
  if (state.header === undefined) {
    state.header = parseHeader(line);
    await reader.onHeader?.(state.header);
    return;
  }
  if (line.startsWith('{"hash":')) {
    const [entry] = decodeBody(Buffer.from(line));
    if (entry === undefined) throw new BackupUnusable('one of its lines is damaged');
    const problem = linkProblem(state.head, entry.entry, entry.text);
    if (problem !== undefined) throw new BackupUnusable(`its journal is broken at entry ${state.head.seq + 1}: ${problem}`);
    state.head = { seq: entry.entry.seq, hash: entry.entry.hash };
    state.entries.push(entry);
  } else {
    const { table, row } = JSON.parse(line) as BackupRow;
    if (!state.header.tables.includes(table))
      throw new BackupUnusable(`it holds a row of ${table}, which its header does not name`);
    if (table !== state.table) await flush(state, reader);
    state.table = table;
    state.rows.push(row);
  }
  if (state.entries.length >= BATCH || state.rows.length >= BATCH) await flush(state, reader);
}
