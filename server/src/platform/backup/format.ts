import { createHash } from 'node:crypto';
import type { Head } from '../../journal/chain.ts';

// A backup is lines of JSON, compressed as a whole: a header, the journal's entries with their hashes, the records' rows, and a last line with the hash of
// all the lines before. Without that last line it is not whole.

/** Since 2 a table's rows come before those that they refer to; before it came after them. */
export const BACKUP_FORMAT = 2;
const READABLE: readonly unknown[] = [1, BACKUP_FORMAT];

export interface BackupHeader {
  readonly tidemark: 'backup';
  readonly format: number;
  readonly createdAt: string;
  /** What the tables were made by: a restore makes them so before it fills them. */
  readonly migrations: readonly string[];
  readonly journal: Head;
  readonly tables: readonly string[];
}

/** A row as the database writes it as JSON: numbers, bytes and times come back exactly. */
export interface BackupRow {
  readonly table: string;
  readonly row: string;
}

export interface BackupEnd {
  readonly end: true;
  readonly lines: number;
  readonly sha256: string;
}

/** The file is no backup, is damaged, is not whole, or is of a version that this program does not read. */
export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable';
}

/** Counts and hashes lines: on both sides the same way. */
export function lineDigest(): { readonly add: (line: string) => void; readonly end: () => BackupEnd } {
  const hash = createHash('sha256');
  let lines = 0;
  return {
    add: (line) => {
      hash.update(line).update('\n');
      lines += 1;
    },
    end: () => ({ end: true, lines, sha256: hash.copy().digest('hex') }),
  };
}

export function parseHeader(line: string | undefined): BackupHeader {
  let header: unknown;
  try {
    header = JSON.parse(line ?? '');
  } catch (error) {
    throw new BackupUnusable('it does not begin as a backup does', { cause: error });
  }
  if (typeof header !== 'object' || header === null || !('tidemark' in header) || !('format' in header))
    throw new BackupUnusable('it does not begin as a backup does');
  if (!READABLE.includes(header.format))
    throw new BackupUnusable(`it has format ${String(header.format)}, and this version reads formats ${READABLE.join(' and ')}`);
  return header as BackupHeader;
}
